import Synchronization
import Tensors

/// Which blocks of a column's file have been compared with their checksums.
final class BlockChecks: Sendable {
  private let table: BlockTable
  private let checked: Mutex<[Bool]>

  init(_ table: BlockTable) {
    self.table = table
    checked = Mutex(Array(repeating: false, count: table.blocks.count))
  }

  /// Checks the blocks in which a range of the file's bytes lies, those that have not been yet.
  ///
  /// - Parameter checksum: computes that of a range of the file's bytes.
  func check(
    _ range: Range<Int>, _ checksum: (Range<Int>) throws(FeatureCacheError) -> UInt32
  ) throws(FeatureCacheError) {
    guard !range.isEmpty else { return }
    for block in block(of: range.lowerBound)...block(of: range.upperBound - 1)
    where !checked.withLock({ $0[block] }) {
      try table.check(block: block, checksum(table.blocks[block]))
      checked.withLock { $0[block] = true }
    }
  }

  /// The same for rows of so many bytes each, in any order.
  func check(
    _ rows: ArraySlice<Int>, from first: Int, rowBytes: Int,
    _ checksum: (Range<Int>) throws(FeatureCacheError) -> UInt32
  ) throws(FeatureCacheError) {
    let start = table.blocks.range.lowerBound
    func range(_ row: Int) -> Range<Int> {
      start + (row - first) * rowBytes..<start + (row - first + 1) * rowBytes
    }
    let unchecked = checked.withLock { checked in
      rows.filter { row in
        let range = range(row)
        // A long row has blocks of its own between those that it shares.
        return (block(of: range.lowerBound)...block(of: range.upperBound - 1)).contains { !checked[$0] }
      }
    }
    for row in unchecked { try check(range(row), checksum) }
  }

  private func block(of byte: Int) -> Int { (byte - table.blocks.range.lowerBound) / CacheFormat.blockBytes }
}

extension TensorsError {
  /// What a matrix says of a file that cannot be read or is damaged.
  init(_ error: FeatureCacheError) {
    self.init(error.code == .io ? .io : .malformed, error.message)
  }
}
