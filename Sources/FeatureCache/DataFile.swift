import Tensors

/// How a record describes one immutable file of data: its name, its exact size, and a CRC-32C for its header
/// and for each block (`CacheFormat.blockBytes`) after it.
struct DataFile: Hashable, Sendable {
  var name: String
  var byteCount: Int
  /// Where the header ends and the data starts.
  var dataOffset: Int
  var checksums: ChecksumList

  /// More bytes than any file has; sums of a few such numbers do not overflow.
  private static let largest = 1 << 56

  /// The byte ranges that the checksums cover, in order.
  var blockCount: Int { Self.blockCount(byteCount: byteCount, dataOffset: dataOffset) }

  static func blockCount(byteCount: Int, dataOffset: Int) -> Int {
    1 + (byteCount - dataOffset + CacheFormat.blockBytes - 1) / CacheFormat.blockBytes
  }

  func range(ofBlock block: Int) -> Range<Int> {
    guard block > 0 else { return 0..<dataOffset }
    let start = dataOffset + (block - 1) * CacheFormat.blockBytes
    return start..<min(start + CacheFormat.blockBytes, byteCount)
  }

  /// The description of a file whose bytes are in memory.
  init(name: String, bytes: [UInt8]) {
    let header = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    self.name = name
    byteCount = bytes.count
    dataOffset = 8 + header
    checksums = ChecksumList([])
    checksums = ChecksumList(
      (0..<blockCount).map { Checksum.crc32c(bytes[range(ofBlock: $0)], continuing: 0) })
  }

  init(name: String, byteCount: Int, dataOffset: Int, checksums: ChecksumList) {
    self.name = name
    self.byteCount = byteCount
    self.dataOffset = dataOffset
    self.checksums = checksums
  }

  var members: [JSONMember] {
    [
      JSONMember("file", .string(name)), JSONMember("bytes", .integer(byteCount)),
      JSONMember("data_offset", .integer(dataOffset)),
      JSONMember("crc32c", .string(checksums.text)),
    ]
  }

  /// - Throws: `.damaged` where a member is missing or breaks a rule.
  init(_ value: JSONValue, in path: String) throws(FeatureCacheError) {
    func fail(_ what: String) -> FeatureCacheError { FeatureCacheError(.damaged, "\(path) \(what)") }
    guard let name = value["file"]?.string, Path.isPlainName(name) else {
      throw fail("names a file by \(value["file"]?.text() ?? "nothing"), which is no plain file name")
    }
    guard let byteCount = value["bytes"]?.integer, let dataOffset = value["data_offset"]?.integer,
      dataOffset >= 8, byteCount >= dataOffset, byteCount < Self.largest
    else { throw fail("gives no sizes for \(name)") }
    guard
      let checksums = ChecksumList(
        value["crc32c"]?.string, count: Self.blockCount(byteCount: byteCount, dataOffset: dataOffset))
    else { throw fail("gives no checksum for each block of \(name)") }
    self.init(name: name, byteCount: byteCount, dataOffset: dataOffset, checksums: checksums)
  }

  /// Opens the file in `root` and checks its size.
  func open(in root: String, _ files: Files) throws(FeatureCacheError) -> OpenFile {
    let path = Path.join(root, name)
    let file = try files.open(path)
    try check(size: file.byteCount, of: path)
    return file
  }

  /// Compares one block of the mapped file with its checksum.
  func check(block: Int, of bytes: FileBytes) throws(FeatureCacheError) {
    try check(block: block, Checksum.crc32c(bytes, range(ofBlock: block)), of: bytes.name)
  }

  /// The same where the block's checksum has been computed.
  func check(block: Int, _ checksum: UInt32, of name: String) throws(FeatureCacheError) {
    guard checksum == checksums[block] else {
      let range = range(ofBlock: block)
      throw FeatureCacheError(
        .damaged, "\(name) is damaged: bytes \(range.lowerBound) to \(range.upperBound) fail their checksum")
    }
  }

  private func check(size: Int, of path: String) throws(FeatureCacheError) {
    guard size == byteCount else {
      throw FeatureCacheError(.damaged, "\(path) has \(size) bytes, its record says \(byteCount)")
    }
  }

  /// The mapped file as safetensors, after checking all of it.
  func tables(_ bytes: FileBytes) throws(FeatureCacheError) -> SafetensorsFile {
    for block in 0..<blockCount { try check(block: block, of: bytes) }
    do throws(TensorsError) {
      return try SafetensorsFile(bytes)
    } catch {
      throw FeatureCacheError(.damaged, error.message)
    }
  }
}
