import Tensors

/// How a record describes one immutable file of data: its name, its exact size, and a CRC-32C of each of its ends.
/// These are the header, and the table behind the data that has the checksums of the data's blocks.
struct DataFile: Hashable, Sendable {
  var name: String
  /// What lies between header and table.
  var data: Blocks
  var headerChecksum: UInt32
  var tableChecksum: UInt32

  /// More bytes than any file has; sums of a few such numbers do not overflow.
  private static let largest = 1 << 56

  var byteCount: Int { data.range.upperBound + data.count * BlockTable.entryBytes }
  var header: Range<Int> { 0..<data.range.lowerBound }
  var table: Range<Int> { data.range.upperBound..<byteCount }

  var members: [JSONMember] {
    [
      JSONMember("file", .string(name)), JSONMember("bytes", .integer(byteCount)),
      JSONMember("data_offset", .integer(data.range.lowerBound)),
      JSONMember("table_offset", .integer(data.range.upperBound)),
      JSONMember("crc32c", .string(Checksum.text(headerChecksum) + Checksum.text(tableChecksum))),
    ]
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

  /// Compares a header with its checksum.
  ///
  /// - Parameters:
  ///   - checksum: computed from the header's bytes.
  ///   - path: what a message calls the file.
  func check(header checksum: UInt32, of path: String) throws(FeatureCacheError) {
    guard checksum == headerChecksum else { throw .damaged(path, header) }
  }
}

extension DataFile {
  /// - Throws: `.damaged` where a member is missing or breaks a rule.
  init(_ value: JSONValue, in path: String) throws(FeatureCacheError) {
    func fail(_ what: String) -> FeatureCacheError { FeatureCacheError(.damaged, "\(path) \(what)") }
    guard let name = value["file"]?.string, Path.isPlainName(name) else {
      throw fail("names a file by \(value["file"]?.text() ?? "nothing"), which is no plain file name")
    }
    guard let byteCount = value["bytes"]?.integer, let dataOffset = value["data_offset"]?.integer,
      let tableOffset = value["table_offset"]?.integer,
      dataOffset >= 8, tableOffset >= dataOffset, byteCount >= tableOffset, byteCount < Self.largest
    else { throw fail("gives no sizes for \(name)") }
    guard let digits = value["crc32c"]?.string.flatMap(bytes(hexadecimal:)), digits.count == 8 else {
      throw fail("gives no checksums for the ends of \(name)")
    }
    func checksum(_ digits: ArraySlice<UInt8>) -> UInt32 { digits.reduce(0) { $0 << 8 | UInt32($1) } }
    self.init(
      name: name, data: Blocks(dataOffset..<tableOffset), headerChecksum: checksum(digits[..<4]),
      tableChecksum: checksum(digits[4...]))
    guard byteCount == self.byteCount else {
      throw fail("gives \(name) a table of another size than its blocks need")
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
