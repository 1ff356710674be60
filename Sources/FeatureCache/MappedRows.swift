import Tensors

/// The rows of one column of one shard, mapped, each block checked before it is first read.
final class MappedRows: RowStorage {
  let rowCount: Int
  let dimension: Int
  let elementType: ElementType
  private let file: DataFile
  private let bytes: FileBytes
  private let rows: StoredRows
  private let checks: BlockChecks?

  init(
    _ column: ShardRecord.Column, _ bytes: FileBytes, _ elementType: ElementType, scales: [Float]?,
    _ checking: ChecksumPolicy
  ) throws(FeatureCacheError) {
    rowCount = column.rowCount
    dimension = column.dimension
    self.elementType = elementType
    self.bytes = bytes
    file = column.file
    try file.check(block: 0, of: bytes)
    do throws(TensorsError) {
      rows = try StoredRows(
        bytes, at: file.dataOffset, rowCount: rowCount, dimension: dimension, elementType: elementType,
        scales: scales)
    } catch {
      throw FeatureCacheError(.damaged, error.message)
    }
    checks = checking == .touched ? BlockChecks(file) : nil
    if checking == .whole {
      for block in 1..<file.blockCount { try file.check(block: block, of: bytes) }
    }
  }

  func read(_ range: Range<Int>, into output: UnsafeMutableBufferPointer<Float>) throws(TensorsError) {
    let rowBytes = dimension * elementType.byteCount
    try checks?.check(range.lowerBound * rowBytes..<range.upperBound * rowBytes) {
      block throws(FeatureCacheError) in try file.check(block: block, of: bytes)
    }
    unsafe rows.read(range, into: output)
  }

  func gather(
    _ rows: ArraySlice<Int>, from first: Int, into output: UnsafeMutableBufferPointer<Float>
  ) throws(TensorsError) {
    try checks?.check(rows, from: first, rowBytes: dimension * elementType.byteCount) {
      block throws(FeatureCacheError) in try file.check(block: block, of: bytes)
    }
    unsafe self.rows.gather(rows, from: first, into: output)
  }

  var isInMemory: Bool { true }

  func willRead(_ range: Range<Int>) { rows.willRead(range) }

  func lend(_ range: Range<Int>, _ body: (UnsafeBufferPointer<Float>) -> Void) throws(TensorsError) -> Bool {
    let rowBytes = dimension * elementType.byteCount
    try checks?.check(range.lowerBound * rowBytes..<range.upperBound * rowBytes) {
      block throws(FeatureCacheError) in try file.check(block: block, of: bytes)
    }
    return unsafe rows.lend(range, body)
  }
}
