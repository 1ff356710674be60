import Synchronization
import Tensors

/// The rows of one column of one shard, mapped, each block checked before it is first read.
final class MappedRows: RowStorage {
  let rowCount: Int
  let dimension: Int
  let elementType: ElementType
  private let file: DataFile
  private let bytes: FileBytes
  private let rows: StoredRows
  private let checksOnTouch: Bool
  /// Which blocks have been found right.
  private let checked: Mutex<[Bool]>

  init(
    _ column: ShardRecord.Column, _ shard: Shard, _ place: Int, _ cache: CacheRoot, _ checking: ChecksumPolicy
  ) throws(FeatureCacheError) {
    rowCount = column.rowCount
    dimension = column.dimension
    elementType = shard.record.storage
    file = column.file
    bytes = try column.file.open(in: cache.path, cache.files).map()
    try file.check(block: 0, of: bytes)
    let scales = elementType == .int8 ? try shard.index.scales[place] : nil
    do throws(TensorsError) {
      rows = try StoredRows(
        bytes, at: file.dataOffset, rowCount: rowCount, dimension: dimension, elementType: elementType,
        scales: scales)
    } catch {
      throw FeatureCacheError(.damaged, error.message)
    }
    checksOnTouch = checking == .touched
    checked = Mutex(Array(repeating: false, count: file.blockCount))
    if checking == .whole {
      for block in 1..<file.blockCount { try file.check(block: block, of: bytes) }
    }
  }

  func read(_ range: Range<Int>, into output: UnsafeMutableBufferPointer<Float>) throws(TensorsError) {
    if checksOnTouch { try check(range) }
    unsafe rows.read(range, into: output)
  }

  private func check(_ range: Range<Int>) throws(TensorsError) {
    guard !range.isEmpty else { return }
    let rowBytes = dimension * elementType.byteCount
    let first = 1 + range.lowerBound * rowBytes / CacheFormat.blockBytes
    let last = 1 + (range.upperBound * rowBytes - 1) / CacheFormat.blockBytes
    for block in first...last where !checked.withLock({ $0[block] }) {
      do throws(FeatureCacheError) {
        try file.check(block: block, of: bytes)
      } catch {
        throw TensorsError(.malformed, error.message)
      }
      checked.withLock { $0[block] = true }
    }
  }
}
