/// One entry as the directory of a zip archive lists it, checked against the header before its bytes.
struct ZipHeader {
  let name: String
  private let nameBytes: [UInt8]
  private let flags: UInt16
  private let method: UInt16
  private let crc: UInt32
  private let compressedSize: UInt64
  private let size: UInt64
  private let headerOffset: UInt64

  /// Reads one directory entry.
  init(central cursor: inout ByteCursor) throws(BackboneError) {
    guard try cursor.integer(UInt32.self) == 0x0201_4b50 else {
      throw cursor.error("has a broken directory entry")
    }
    _ = try cursor.take(4)
    flags = try cursor.integer(UInt16.self)
    method = try cursor.integer(UInt16.self)
    _ = try cursor.take(4)
    crc = try cursor.integer(UInt32.self)
    var compressedSize = UInt64(try cursor.integer(UInt32.self))
    var size = UInt64(try cursor.integer(UInt32.self))
    let nameLength = Int(try cursor.integer(UInt16.self))
    let extraLength = Int(try cursor.integer(UInt16.self))
    let commentLength = Int(try cursor.integer(UInt16.self))
    _ = try cursor.take(8)
    var offset = UInt64(try cursor.integer(UInt32.self))
    nameBytes = try cursor.bytes(nameLength)
    var extra = ByteCursor(cursor.file, try cursor.take(extraLength))
    _ = try cursor.take(commentLength)

    // zip64: the fields that are all ones stand in an extra field instead, in this order.
    while extra.remaining >= 4 {
      let kind = try extra.integer(UInt16.self)
      var field = ByteCursor(extra.file, try extra.take(Int(try extra.integer(UInt16.self))))
      guard kind == 1 else { continue }
      if size == 0xffff_ffff { size = try field.integer(UInt64.self) }
      if compressedSize == 0xffff_ffff { compressedSize = try field.integer(UInt64.self) }
      if offset == 0xffff_ffff { offset = try field.integer(UInt64.self) }
    }
    (self.compressedSize, self.size, headerOffset) = (compressedSize, size, offset)

    guard let name = String(validating: nameBytes, as: UTF8.self), Self.isHarmless(name) else {
      throw cursor.error("has an entry with an unsafe name")
    }
    self.name = name
    guard flags & 1 == 0 else { throw cursor.error("has the encrypted entry \(name)") }
    guard method != 0 || compressedSize == size else {
      throw cursor.error("has the entry \(name) with two sizes")
    }
  }

  /// The entry's bytes, and the stretch of file that it occupies with its header.
  func locate(
    in file: FileBytes, before limit: Int
  ) throws(BackboneError) -> (entry: ZipArchive.Entry, extent: Range<Int>) {
    guard headerOffset <= UInt64(limit) else {
      throw .malformed(file.name, "is a zip archive whose entry \(name) lies outside it")
    }
    var cursor = ByteCursor(file, Int(headerOffset)..<limit)
    guard try cursor.integer(UInt32.self) == 0x0403_4b50 else { throw disagreement(file) }
    _ = try cursor.take(2)
    let localFlags = try cursor.integer(UInt16.self)
    let localMethod = try cursor.integer(UInt16.self)
    _ = try cursor.take(4)
    let localCRC = try cursor.integer(UInt32.self)
    let localCompressed = try cursor.integer(UInt32.self)
    let localSize = try cursor.integer(UInt32.self)
    let nameLength = Int(try cursor.integer(UInt16.self))
    let extraLength = Int(try cursor.integer(UInt16.self))
    let localName = try cursor.bytes(nameLength)
    _ = try cursor.take(extraLength)
    // With flag 3 the sizes follow the content, and the header may hold zeros.
    let follows = flags & 8 != 0
    let sizesAgree =
      Self.agree(localCompressed, compressedSize) && Self.agree(localSize, size) && localCRC == crc
    guard localFlags == flags, localMethod == method, localName == nameBytes,
      sizesAgree || (follows && localCRC == 0 && localCompressed == 0 && localSize == 0)
    else { throw disagreement(file) }
    guard compressedSize <= UInt64(cursor.remaining) else {
      throw .malformed(file.name, "is a zip archive whose entry \(name) lies outside it")
    }
    let range = try cursor.take(Int(compressedSize))
    return (ZipArchive.Entry(range: range, isStored: method == 0), Int(headerOffset)..<range.upperBound)
  }

  private func disagreement(_ file: FileBytes) -> BackboneError {
    .malformed(file.name, "is a zip archive whose two headers of the entry \(name) disagree")
  }

  /// Whether a 32-bit field says the same as the directory, or points to its zip64 field.
  private static func agree(_ narrow: UInt32, _ wide: UInt64) -> Bool {
    narrow == .max || UInt64(narrow) == wide
  }

  private static func isHarmless(_ name: String) -> Bool {
    let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return !name.isEmpty && !name.utf8.contains(0) && !name.utf8.contains(UInt8(ascii: "\\"))
      && !name.utf8.starts(with: "/".utf8) && !parts.contains { $0.elementsEqual("..".utf8) }
  }
}
