import Tensors

/// The rows of one column of one shard, read with calls, each block checked before something of it is first
/// used. A file that became shorter or cannot be read is an error and not the end of the process.
final class DirectRows: RowStorage {
  let rowCount: Int
  let dimension: Int
  let elementType: ElementType
  private let file: OpenFile
  private let scales: [Float]?
  private let checks: BlockChecks?

  init(
    _ column: ShardRecord.Column, _ file: OpenFile, _ elementType: ElementType, scales: [Float]?,
    _ checking: ChecksumPolicy
  ) throws(FeatureCacheError) {
    rowCount = column.rowCount
    dimension = column.dimension
    self.elementType = elementType
    self.scales = scales
    self.file = file
    let description = column.file
    try description.check(header: Checksum.crc32c(file.read(description.header)), of: file.path)
    checks =
      checking == .never
      ? nil : BlockChecks(try BlockTable(description, path: file.path, read: file.read))
    if checking == .whole { try checks?.check(description.data.range, checksum) }
  }

  private func checksum(_ range: Range<Int>) throws(FeatureCacheError) -> UInt32 {
    Checksum.crc32c(try file.read(range))
  }

  func read(_ range: Range<Int>, into output: UnsafeMutableBufferPointer<Float>) throws(TensorsError) {
    let rowBytes = dimension * elementType.byteCount
    try checks?.check(rows: range, rowBytes: rowBytes, checksum)
    // As many rows at a time as bound the memory that their bytes take.
    let step = max(1, CacheFormat.blockBytes / rowBytes)
    for first in stride(from: range.lowerBound, to: range.upperBound, by: step) {
      let part = first..<min(first + step, range.upperBound)
      let target = (first - range.lowerBound) * dimension
      try unsafe readPart(part, into: output.extracting(target..<target + part.count * dimension))
    }
  }

  private func readPart(
    _ range: Range<Int>, into output: UnsafeMutableBufferPointer<Float>
  ) throws(TensorsError) {
    let rowBytes = dimension * elementType.byteCount
    let start = CacheFormat.rowsOffset + range.lowerBound * rowBytes
    let bytes: [UInt8]
    do throws(FeatureCacheError) {
      bytes = try file.read(start..<start + range.count * rowBytes)
    } catch {
      throw TensorsError(error)
    }
    let rows = try StoredRows(
      FileBytes(copying: bytes, name: file.path), at: 0, rowCount: range.count, dimension: dimension,
      elementType: elementType, scales: scales.map { Array($0[range]) })
    unsafe rows.read(0..<range.count, into: output)
  }
}
