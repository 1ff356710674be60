/// The checksums of a file's blocks as a record writes them, eight hexadecimal digits each: a file of gigabytes has
/// thousands, of which a reader who wants a few rows needs a few.
struct ChecksumList: Hashable, Sendable {
  private let digits: [UInt8]

  init(_ checksums: [UInt32]) {
    digits = Array(checksums.map(Checksum.text).joined().utf8)
  }

  /// `nil` where the text is missing, has room for another number of checksums, or has something else than digits.
  init?(_ text: String?, count: Int) {
    guard let text, text.utf8.count == 8 * count else { return nil }
    digits = Array(text.utf8)
    guard digits.allSatisfy(Self.isDigit) else { return nil }
  }

  var text: String { String(decoding: digits, as: UTF8.self) }

  /// Traps where there is no such block.
  subscript(block: Int) -> UInt32 {
    digits[8 * block..<8 * block + 8].reduce(0) { sum, digit in
      sum << 4 | (UInt32(digit & 15) + (digit > UInt8(ascii: "9") ? 9 : 0))
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    let isLetter = byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "f")
    return isLetter || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
  }
}
