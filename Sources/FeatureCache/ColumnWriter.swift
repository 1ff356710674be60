import Tensors

/// Streams the rows of one column into its file.
///
/// The header is written last: until then the file starts with zeros, which is no safetensors file.
struct ColumnWriter {
  let output: OutputDescription
  /// The content of each row so far, ascending.
  private(set) var rowContents: [UInt64] = []
  /// The scale of each row so far.
  private(set) var scales: [Float] = []

  private let encoder: RowEncoder
  private let file: OpenFile
  /// Bytes of whole rows that are not yet written.
  private var pending: [UInt8] = []
  private var written = CacheFormat.rowsOffset
  /// Checksums of full blocks, and of the block under way.
  private var checksums: [UInt32] = []
  private var blockChecksum: UInt32 = 0
  private var blockFill = 0

  /// Bytes a write; a divisor of the block that a checksum covers.
  private static let pieceBytes = 1 << 18

  init(
    _ output: OutputDescription, storage: StorageType, path: String, files: Files
  ) throws(FeatureCacheError) {
    self.output = output
    encoder = RowEncoder(storage: storage)
    file = try files.create(path)
  }

  /// - Returns: why the row cannot be stored, if it cannot; the column is then as before.
  mutating func append(_ row: FeatureRow, content: Int) throws(FeatureCacheError) -> PictureFailure? {
    do throws(PictureFailure) {
      scales.append(try encoder.append(row, to: &pending))
    } catch {
      return error
    }
    rowContents.append(UInt64(content))
    try flush(upTo: pending.count / Self.pieceBytes * Self.pieceBytes)
    return nil
  }

  private mutating func flush(upTo count: Int) throws(FeatureCacheError) {
    guard count > 0 else { return }
    try file.write(Array(pending[..<count]), at: written)
    written += count
    var rest = pending[..<count]
    while !rest.isEmpty {
      let piece = rest.prefix(CacheFormat.blockBytes - blockFill)
      blockChecksum = Checksum.crc32c(Array(piece), continuing: blockChecksum)
      blockFill += piece.count
      rest = rest.dropFirst(piece.count)
      if blockFill == CacheFormat.blockBytes { endBlock() }
    }
    pending.removeFirst(count)
  }

  private mutating func endBlock() {
    checksums.append(blockChecksum)
    blockChecksum = 0
    blockFill = 0
  }

  /// Writes what is left and the header, and makes the file durable.
  ///
  /// - Returns: the column, its file not named yet.
  mutating func finish() throws(FeatureCacheError) -> ShardRecord.Column {
    try flush(upTo: pending.count)
    if blockFill > 0 { endBlock() }
    let header = try header()
    try file.write(header, at: 0)
    try file.sync()
    try file.close()
    return ShardRecord.Column(
      name: output.column, dimension: output.dimension, rowCount: rowContents.count,
      file: DataFile(
        name: "", byteCount: written, dataOffset: CacheFormat.rowsOffset,
        checksums: [Checksum.crc32c(header)] + checksums))
  }

  private func header() throws(FeatureCacheError) -> [UInt8] {
    do throws(TensorsError) {
      return try SafetensorsWriter.header(
        [("features", encoder.storage.elementType, [rowContents.count, output.dimension])],
        metadata: ["column": output.column], dataOffset: CacheFormat.rowsOffset)
    } catch {
      throw FeatureCacheError(.invalidArgument, "column \(output.column): \(error.message)")
    }
  }
}
