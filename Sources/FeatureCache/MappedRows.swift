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
    if checking == .whole { try checks?.check(file.data.range, checksum) }
  }

  private func checksum(_ range: Range<Int>) -> UInt32 { Checksum.crc32c(bytes, range) }

  func read(_ range: Range<Int>, into output: UnsafeMutableBufferPointer<Float>) throws(TensorsError) {
    try checks?.check(rows: range, rowBytes: dimension * elementType.byteCount, checksum)
    unsafe rows.read(range, into: output)
  }

  func gather(
    _ rows: ArraySlice<Int>, from first: Int, into output: UnsafeMutableBufferPointer<Float>
  ) throws(TensorsError) {
    try checks?.check(rows, from: first, rowBytes: dimension * elementType.byteCount, checksum)
    unsafe self.rows.gather(rows, from: first, into: output)
  }

  var isInMemory: Bool { true }

  func willRead(_ range: Range<Int>) { rows.willRead(range) }

  func lend(_ range: Range<Int>, _ body: (UnsafeBufferPointer<Float>) -> Void) throws(TensorsError) -> Bool {
    try checks?.check(rows: range, rowBytes: dimension * elementType.byteCount, checksum)
    return unsafe rows.lend(range, body)
  }
}
