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
  private let pieces: PieceWriter
  /// Whole rows that are not yet written, and room for one more.
  private var pending: [UInt8]
  private var pendingBytes = 0
  private let rowBytes: Int
  private var written = CacheFormat.rowsOffset
  /// Checksums of full blocks, and of the block under way.
  private var checksums: [UInt32] = []
  private var blockChecksum: UInt32 = 0
  private var blockFill = 0
  /// Of what the journal does not know yet: the first row, and the checksum of all that is written.
  private var unjournalled = (row: 0, checksum: UInt32(0))

  /// Bytes a write.
  private static let pieceBytes = 1 << 20

  init(
    _ output: OutputDescription, storage: StorageType, path: String, files: Files
  ) throws(FeatureCacheError) {
    self.output = output
    encoder = RowEncoder(storage: storage)
    rowBytes = output.dimension * storage.elementType.byteCount
    pending = Array(repeating: 0, count: Self.pieceBytes + rowBytes)
    file = try files.create(path)
    pieces = PieceWriter(file)
  }

  /// - Returns: why the row cannot be stored, if it cannot; the column is then as before.
  mutating func append(_ row: FeatureRow, content: Int) throws(FeatureCacheError) -> PictureFailure? {
    do throws(PictureFailure) {
      scales.append(try encoder.encode(row, into: &pending, at: pendingBytes))
    } catch {
      return error
    }
    try appended(content)
    return nil
  }

  /// Takes over a row as another attempt stored it.
  mutating func append(stored row: StoredRow, content: Int) throws(FeatureCacheError) {
    pending.replaceSubrange(pendingBytes..<pendingBytes + rowBytes, with: row.bytes)
    scales.append(row.scale)
    try appended(content)
  }

  private mutating func appended(_ content: Int) throws(FeatureCacheError) {
    rowContents.append(UInt64(content))
    pendingBytes += rowBytes
    if pendingBytes >= Self.pieceBytes { try handOver() }
  }

  /// Makes all rows so far durable.
  ///
  /// - Parameter digests: those of all contents.
  /// - Returns: the rows since the last call.
  mutating func checkpoint(_ digests: [Digest]) throws(FeatureCacheError) -> JournalEntry.Rows {
    let new = unjournalled.row..<rowContents.count
    guard !new.isEmpty else { return JournalEntry.Rows() }
    try flush()
    try file.syncData()
    defer { unjournalled = (rowContents.count, 0) }
    return JournalEntry.Rows(
      digests: rowContents[new].map { digests[Int($0)] },
      scales: encoder.storage == .int8 ? Array(scales[new]) : [], checksum: unjournalled.checksum)
  }

  /// Has the whole pieces of what is pending written while rows go on coming.
  private mutating func handOver() throws(FeatureCacheError) {
    let count = pendingBytes / Self.pieceBytes * Self.pieceBytes
    addChecksums(ofPending: count)
    let rest = Array(pending[count..<pendingBytes])
    try pieces.write(&pending, count: count, at: written)
    written += count
    pending.replaceSubrange(..<rest.count, with: rest)
    pendingBytes = rest.count
  }

  /// Returns when all rows are written.
  private mutating func flush() throws(FeatureCacheError) {
    try pieces.wait()
    addChecksums(ofPending: pendingBytes)
    try file.write(pending[..<pendingBytes], at: written)
    written += pendingBytes
    pendingBytes = 0
  }

  private mutating func addChecksums(ofPending count: Int) {
    var start = 0
    while start < count {
      let end = min(start + CacheFormat.blockBytes - blockFill, count)
      add(Checksum.crc32c(pending[start..<end], continuing: 0), of: end - start)
      start = end
    }
  }

  /// Counts bytes of one block, whose checksum this is, in both checksums.
  private mutating func add(_ checksum: UInt32, of count: Int) {
    unjournalled.checksum = Checksum.joined(unjournalled.checksum, checksum, count: count)
    blockChecksum = Checksum.joined(blockChecksum, checksum, count: count)
    blockFill += count
    if blockFill == CacheFormat.blockBytes { endBlock() }
  }

  private mutating func endBlock() {
    checksums.append(blockChecksum)
    blockChecksum = 0
    blockFill = 0
  }

  /// Writes what is left, the table of checksums and the header, and makes the file durable.
  ///
  /// - Returns: the column, its file not named yet.
  mutating func finish() throws(FeatureCacheError) -> ShardRecord.Column {
    try flush()
    if blockFill > 0 { endBlock() }
    let table = BlockTable.bytes(checksums)
    try file.write(table, at: written)
    let header = try header()
    try file.write(header, at: 0)
    try file.sync()
    try file.close()
    return ShardRecord.Column(
      name: output.column, dimension: output.dimension, rowCount: rowContents.count,
      file: DataFile(
        name: "", data: Blocks(CacheFormat.rowsOffset..<written), headerChecksum: Checksum.crc32c(header),
        tableChecksum: Checksum.crc32c(table)))
  }

  private func header() throws(FeatureCacheError) -> [UInt8] {
    do throws(TensorsError) {
      return try SafetensorsWriter.header(
        [
          ("features", encoder.storage.elementType, [rowContents.count, output.dimension]),
          (BlockTable.name, .uint32, [checksums.count]),
        ],
        metadata: ["column": output.column], dataOffset: CacheFormat.rowsOffset)
    } catch {
      throw FeatureCacheError(.invalidArgument, "column \(output.column): \(error.message)")
    }
  }
}
