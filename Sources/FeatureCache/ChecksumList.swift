/// The checksums of a file's blocks as a record writes them, eight hexadecimal digits each: a file of gigabytes has
/// thousands, of which a reader who wants a few rows needs a few.
struct ChecksumList: Hashable, Sendable {
  private let digits: [UInt8]

  init(_ checksums: [UInt32]) {
    digits = Array(checksums.map(Checksum.text).joined().utf8)
  }

  /// `nil` where the text is missing or has room for another number of checksums.
  init?(_ text: String?, count: Int) {
    guard let text, text.utf8.count == 8 * count else { return nil }
    digits = Array(text.utf8)
  }

  var text: String { String(decoding: digits, as: UTF8.self) }

  /// `nil` where the text has something else than digits there. Traps where there is no such block.
  subscript(block: Int) -> UInt32? {
    UInt32(String(decoding: digits[8 * block..<8 * block + 8], as: UTF8.self), radix: 16)
  }
}
