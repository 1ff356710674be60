import Tensors

/// How a record describes one immutable file of data: its name, its exact size, and a CRC-32C for each of its
/// parts. These are the header, and then either blocks of what follows, or, where there may be gigabytes of it, the
/// table at the end of the file that has the blocks' checksums.
struct DataFile: Hashable, Sendable {
  var name: String
  var byteCount: Int
  /// What lies between the header and the end of the file, or the table there.
  var data: Blocks
  /// Whether the file ends with a `BlockTable`.
  let hasTable: Bool
  /// Of the parts, in order.
  var checksums: [UInt32]

  /// More bytes than any file has; sums of a few such numbers do not overflow.
  private static let largest = 1 << 56

  var partCount: Int { 1 + (hasTable ? 1 : data.count) }

  func range(ofPart part: Int) -> Range<Int> {
    guard part > 0 else { return 0..<data.range.lowerBound }
    return hasTable ? data.range.upperBound..<byteCount : data[part - 1]
  }

  /// The description of a file whose bytes are in memory.
  init(name: String, bytes: [UInt8]) {
    let header = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    self.name = name
    byteCount = bytes.count
    data = Blocks(8 + header..<bytes.count)
    hasTable = false
    checksums = []
    checksums = (0..<partCount).map { Checksum.crc32c(bytes[range(ofPart: $0)], continuing: 0) }
  }

  /// A file that ends with the checksums of its blocks, not named yet.
  ///
  /// - Parameter checksums: of its header and of the table.
  init(data: Blocks, checksums: [UInt32]) {
    name = ""
    byteCount = data.range.upperBound + data.count * BlockTable.entryBytes
    self.data = data
    hasTable = true
    self.checksums = checksums
  }

  var members: [JSONMember] {
    [
      JSONMember("file", .string(name)), JSONMember("bytes", .integer(byteCount)),
      JSONMember("data_offset", .integer(data.range.lowerBound)),
      JSONMember("crc32c", .string(checksums.map(Checksum.text).joined())),
    ] + (hasTable ? [JSONMember("table_offset", .integer(data.range.upperBound))] : [])
  }

  /// - Parameter hasTable: whether it must end with a table, or must not.
  /// - Throws: `.damaged` where a member is missing or breaks a rule.
  init(_ value: JSONValue, hasTable: Bool, in path: String) throws(FeatureCacheError) {
    func fail(_ what: String) -> FeatureCacheError { FeatureCacheError(.damaged, "\(path) \(what)") }
    guard let name = value["file"]?.string, Path.isPlainName(name) else {
      throw fail("names a file by \(value["file"]?.text() ?? "nothing"), which is no plain file name")
    }
    guard let byteCount = value["bytes"]?.integer, let dataOffset = value["data_offset"]?.integer,
      let dataEnd = hasTable ? value["table_offset"]?.integer : byteCount,
      dataOffset >= 8, dataEnd >= dataOffset, byteCount >= dataEnd, byteCount < Self.largest
    else { throw fail("gives no sizes for \(name)") }
    let data = Blocks(dataOffset..<dataEnd)
    guard byteCount - dataEnd == (hasTable ? data.count * BlockTable.entryBytes : 0) else {
      throw fail("gives \(name) a table of another size than its blocks need")
    }
    self.name = name
    self.byteCount = byteCount
    self.data = data
    self.hasTable = hasTable
    checksums = []
    guard let digits = value["crc32c"]?.string.flatMap(bytes(hexadecimal:)),
      digits.count == 4 * partCount
    else { throw fail("gives no checksum for each part of \(name)") }
    checksums = stride(from: 0, to: digits.count, by: 4).map { start in
      digits[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
  }

  /// Opens the file in `root` and checks its size.
  func open(in root: String, _ files: Files) throws(FeatureCacheError) -> OpenFile {
    let path = Path.join(root, name)
    let file = try files.open(path)
    guard file.byteCount == byteCount else {
      throw FeatureCacheError(.damaged, "\(path) has \(file.byteCount) bytes, its record says \(byteCount)")
    }
    return file
  }

  /// Compares one part of the mapped file with its checksum.
  func check(part: Int, of bytes: FileBytes) throws(FeatureCacheError) {
    try check(part: part, Checksum.crc32c(bytes, range(ofPart: part)), of: bytes.name)
  }

  /// The same where the part's checksum has been computed.
  func check(part: Int, _ checksum: UInt32, of path: String) throws(FeatureCacheError) {
    guard checksum == checksums[part] else { throw .damaged(path, range(ofPart: part)) }
  }

  /// The mapped file as safetensors, after checking all of it.
  func tables(_ bytes: FileBytes) throws(FeatureCacheError) -> SafetensorsFile {
    for part in 0..<partCount { try check(part: part, of: bytes) }
    do throws(TensorsError) {
      return try SafetensorsFile(bytes)
    } catch {
      throw FeatureCacheError(.damaged, error.message)
    }
  }
}

extension FeatureCacheError {
  /// Bytes of a file that fail their checksum.
  static func damaged(_ path: String, _ range: Range<Int>) -> FeatureCacheError {
    FeatureCacheError(
      .damaged, "\(path) is damaged: bytes \(range.lowerBound) to \(range.upperBound) fail their checksum")
  }
}
