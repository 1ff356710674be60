import Tensors

/// The rows of one column of one shard, mapped, each block checked before it is first read.
final class MappedRows: RowStorage {
  let rowCount: Int
  let dimension: Int
  let elementType: ElementType
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
    let file = column.file
    try file.check(header: Checksum.crc32c(bytes, file.header), of: bytes.name)
    do throws(TensorsError) {
      rows = try StoredRows(
        bytes, at: CacheFormat.rowsOffset, rowCount: rowCount, dimension: dimension, elementType: elementType,
        scales: scales)
    } catch {
      throw FeatureCacheError(.damaged, error.message)
    }
    checks = checking == .never ? nil : BlockChecks(try BlockTable(file, of: bytes))
    if checking == .whole {
      try checks?.check(file.data.range) { range throws(FeatureCacheError) in Checksum.crc32c(bytes, range) }
    }
  }

  private func check(_ range: Range<Int>) throws(TensorsError) {
    let rowBytes = dimension * elementType.byteCount
    let start = CacheFormat.rowsOffset
    do throws(FeatureCacheError) {
      try checks?.check(start + range.lowerBound * rowBytes..<start + range.upperBound * rowBytes) {
        range throws(FeatureCacheError) in Checksum.crc32c(bytes, range)
      }
    } catch {
      throw TensorsError(error)
    }
  }

  func read(_ range: Range<Int>, into output: UnsafeMutableBufferPointer<Float>) throws(TensorsError) {
    try check(range)
    unsafe rows.read(range, into: output)
  }

  func gather(
    _ rows: ArraySlice<Int>, from first: Int, into output: UnsafeMutableBufferPointer<Float>
  ) throws(TensorsError) {
    do throws(FeatureCacheError) {
      try checks?.check(rows, from: first, rowBytes: dimension * elementType.byteCount) {
        range throws(FeatureCacheError) in Checksum.crc32c(bytes, range)
      }
    } catch {
      throw TensorsError(error)
    }
    unsafe self.rows.gather(rows, from: first, into: output)
  }

  var isInMemory: Bool { true }

  func willRead(_ range: Range<Int>) { rows.willRead(range) }

  func lend(_ range: Range<Int>, _ body: (UnsafeBufferPointer<Float>) -> Void) throws(TensorsError) -> Bool {
    try check(range)
    return unsafe rows.lend(range, body)
  }
}
