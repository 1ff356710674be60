import Tensors

/// The checksums of the blocks of a file's data, which the file itself ends with: a file of gigabytes has thousands
/// of them, and a record that listed them would take longer to hash and parse than all else that opening a cache
/// takes.
struct BlockTable: Sendable {
  /// The blocks that the checksums cover, in order.
  let blocks: Blocks
  /// As the file has them.
  private let entries: [UInt8]
  private let path: String

  /// The tensor's name.
  static let name = "crc32c"
  static let entryBytes = 4

  /// The table as a file has it: little-endian.
  static func bytes(_ checksums: [UInt32]) -> [UInt8] { bytesInMemory(checksums.map(\.littleEndian)) }

  /// - Parameters:
  ///   - path: what a message calls the file.
  ///   - read: gives a range of the file's bytes.
  /// - Throws: `.damaged` where the table fails its own checksum, which the record has.
  init(
    _ file: DataFile, path: String, read: (Range<Int>) throws(FeatureCacheError) -> [UInt8]
  ) throws(FeatureCacheError) {
    self.path = path
    blocks = file.data
    entries = try read(file.table)
    guard Checksum.crc32c(entries) == file.tableChecksum else { throw .damaged(path, file.table) }
  }

  init(_ file: DataFile, of bytes: FileBytes) throws(FeatureCacheError) {
    try self.init(file, path: bytes.name) { range throws(FeatureCacheError) in bytes.copy(range) }
  }

  /// Compares one block's checksum, computed from its bytes, with the table's. Traps where there is no such block.
  func check(block: Int, _ checksum: UInt32) throws(FeatureCacheError) {
    let entry = entries[block * Self.entryBytes..<(block + 1) * Self.entryBytes]
    guard entry.reversed().reduce(0, { $0 << 8 | UInt32($1) }) == checksum else {
      throw .damaged(path, blocks[block])
    }
  }
}
