import Synchronization
import Tensors

/// Which blocks of a file of data have been compared with their checksums.
final class BlockChecks: Sendable {
  private let file: DataFile
  private let checked: Mutex<[Bool]>

  init(_ file: DataFile) {
    self.file = file
    checked = Mutex(Array(repeating: false, count: file.blockCount))
  }

  /// Checks the blocks behind the header in which a range of data bytes lies, those that have not been yet.
  func check(
    _ range: Range<Int>, _ check: (_ block: Int) throws(FeatureCacheError) -> Void
  ) throws(TensorsError) {
    guard !range.isEmpty else { return }
    let first = 1 + range.lowerBound / CacheFormat.blockBytes
    let last = 1 + (range.upperBound - 1) / CacheFormat.blockBytes
    for block in first...last where !checked.withLock({ $0[block] }) {
      do throws(FeatureCacheError) {
        try check(block)
      } catch {
        throw TensorsError(error.code == .io ? .io : .malformed, error.message)
      }
      checked.withLock { $0[block] = true }
    }
  }

  /// The same for rows of so many bytes each, in any order.
  func check(
    _ rows: ArraySlice<Int>, from first: Int, rowBytes: Int,
    _ check: (_ block: Int) throws(FeatureCacheError) -> Void
  ) throws(TensorsError) {
    let unchecked = checked.withLock { checked in
      rows.filter { row in
        let start = (row - first) * rowBytes
        return !checked[1 + start / CacheFormat.blockBytes]
          || !checked[1 + (start + rowBytes - 1) / CacheFormat.blockBytes]
      }
    }
    for row in unchecked {
      let start = (row - first) * rowBytes
      try self.check(start..<start + rowBytes, check)
    }
  }
}
