import Synchronization
import Tensors

/// Which blocks of a column's file have been compared with their checksums.
final class BlockChecks: Sendable {
  private let table: BlockTable
  private let isChecked: Mutex<[Bool]>
  /// Blocks that are not.
  private let left: Atomic<Int>

  init(_ table: BlockTable) {
    self.table = table
    let count = table.blocks.count
    isChecked = Mutex(Array(repeating: false, count: count))
    left = Atomic(count)
  }

  /// Whoever reads again asks for every run of rows, so it takes no lock.
  private var isDone: Bool { left.load(ordering: .acquiring) == 0 }

  /// Checks the blocks in which a range of the file's bytes lies, those that have not been yet.
  ///
  /// - Parameter checksum: computes that of a range of the file's bytes.
  func check(
    _ range: Range<Int>, _ checksum: (Range<Int>) throws(FeatureCacheError) -> UInt32
  ) throws(FeatureCacheError) {
    guard !range.isEmpty, !isDone else { return }
    for block in block(of: range.lowerBound)...block(of: range.upperBound - 1)
    where !isChecked.withLock({ $0[block] }) {
      try table.check(block: block, checksum(table.blocks[block]))
      isChecked.withLock { isChecked in
        // Another thread may have checked it meanwhile.
        if !isChecked[block] { left.subtract(1, ordering: .releasing) }
        isChecked[block] = true
      }
    }
  }

  /// The same for rows of so many bytes each.
  func check(
    rows: Range<Int>, rowBytes: Int, _ checksum: (Range<Int>) throws(FeatureCacheError) -> UInt32
  ) throws(TensorsError) {
    let start = table.blocks.range.lowerBound
    do throws(FeatureCacheError) {
      try check(start + rows.lowerBound * rowBytes..<start + rows.upperBound * rowBytes, checksum)
    } catch {
      throw TensorsError(error)
    }
  }

  /// The same for some rows, in any order, each less `first`.
  func check(
    _ rows: ArraySlice<Int>, from first: Int, rowBytes: Int,
    _ checksum: (Range<Int>) throws(FeatureCacheError) -> UInt32
  ) throws(TensorsError) {
    guard !isDone else { return }
    let start = table.blocks.range.lowerBound
    let unchecked = isChecked.withLock { isChecked in
      rows.filter { row in
        let row = start + (row - first) * rowBytes
        // A long row has blocks of its own between those that it shares.
        return (block(of: row)...block(of: row + rowBytes - 1)).contains { !isChecked[$0] }
      }
    }
    for row in unchecked { try check(rows: row - first..<row - first + 1, rowBytes: rowBytes, checksum) }
  }

  private func block(of byte: Int) -> Int { (byte - table.blocks.range.lowerBound) / CacheFormat.blockBytes }
}

extension TensorsError {
  /// What a matrix says of a file that cannot be read or is damaged.
  init(_ error: FeatureCacheError) {
    self.init(error.code == .io ? .io : .malformed, error.message)
  }
}
