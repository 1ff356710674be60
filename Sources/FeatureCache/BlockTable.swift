import Tensors

/// The checksums of a column's blocks of rows, which its own file ends with: a file of gigabytes has thousands of
/// them, and a record that listed them would take longer to hash and parse than all else takes when a cache is
/// opened.
struct BlockTable: Sendable {
  /// The blocks that the checksums cover, in order.
  let blocks: Blocks
  private let checksums: [UInt32]
  private let path: String

  /// The tensor's name.
  static let name = "crc32c"
  static let entryBytes = 4

  /// The table as the file has it: little-endian.
  static func bytes(_ checksums: [UInt32]) -> [UInt8] { bytesInMemory(checksums.map(\.littleEndian)) }

  /// - Parameter read: gives a range of the file's bytes.
  /// - Throws: `.damaged` where the table fails its own checksum, which the record has.
  init(
    _ file: DataFile, path: String, read: (Range<Int>) throws(FeatureCacheError) -> [UInt8]
  ) throws(FeatureCacheError) {
    self.path = path
    blocks = file.data
    let bytes = try read(file.data.range.upperBound..<file.byteCount)
    try file.check(part: 1, Checksum.crc32c(bytes), of: path)
    checksums = unsafe bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / Self.entryBytes).map { entry in
        unsafe UInt32(
          littleEndian: bytes.loadUnaligned(fromByteOffset: entry * Self.entryBytes, as: UInt32.self))
      }
    }
  }

  /// Compares one block's checksum, computed from its bytes, with the table's. Traps where there is no such block.
  func check(block: Int, _ checksum: UInt32) throws(FeatureCacheError) {
    guard checksum == checksums[block] else { throw .damaged(path, blocks[block]) }
  }
}
