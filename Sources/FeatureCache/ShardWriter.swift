import Tensors

/// One attempt at a shard: what has been computed so far goes to files in `wip/<attempt>/`, which nobody
/// reads until a commit record names them.
struct ShardWriter {
  /// Unique; part of every name, so that files of two attempts never mix.
  let attempt = String(UInt64.random(in: .min ... .max), radix: 36)
  private let root: CacheRoot
  private let identity: CacheContents.Identity
  private let outputs: [OutputDescription]
  private var columns: [ColumnWriter?]
  private var failures: [(subject: Int, column: Int, failure: PictureFailure)] = []
  private var journal: Journal
  private let interval: JournalInterval
  /// What the journal has: failures, bytes of rows, and when it was last written.
  private var journalled: (failures: Int, bytes: Int, time: ContinuousClock.Instant)
  private var bytes = 0
  /// Whether the journal has anything in it.
  private(set) var isWorthKeeping = false
  private var folder: String { root.file("wip/\(attempt)") }

  init(
    root: CacheRoot, identity: CacheContents.Identity, work: Work, outputs: [OutputDescription],
    journal interval: JournalInterval
  ) throws(FeatureCacheError) {
    self.root = root
    self.identity = identity
    self.outputs = outputs
    self.interval = interval
    columns = Array(repeating: nil, count: outputs.count)
    let folder = root.file("wip/\(attempt)")
    try root.files.makeFolders(folder)
    let header = Journal.Header(cache: identity.digest, work: work.name, columns: outputs)
    journal = try Journal(in: folder, header, root.files)
    journalled = (0, 0, .now)
  }

  /// - Returns: why the row cannot be stored, if it cannot; that is on record then.
  mutating func append(
    _ row: FeatureRow, column: Int, content: Int
  ) throws(FeatureCacheError) -> PictureFailure? {
    try open(column)
    let failure = try columns[column]?.append(row, content: content)
    if let failure { fail(content: content, column: column, failure) } else { count(column) }
    return failure
  }

  /// Takes over a row as another attempt stored it.
  mutating func append(stored row: StoredRow, column: Int, content: Int) throws(FeatureCacheError) {
    try open(column)
    try columns[column]?.append(stored: row, content: content)
    count(column)
  }

  private mutating func open(_ column: Int) throws(FeatureCacheError) {
    guard columns[column] == nil else { return }
    columns[column] = try ColumnWriter(
      outputs[column], storage: identity.value.storage, path: Path.join(folder, Self.fileName(column)),
      files: root.files)
  }

  private mutating func count(_ column: Int) {
    bytes += outputs[column].dimension * identity.value.storage.elementType.byteCount
  }

  /// Notes in the journal what has been stored since the last time, if it is time to.
  ///
  /// - Parameter digests: those of all contents.
  mutating func checkpointIfDue(_ digests: [Digest]) throws(FeatureCacheError) {
    let time = ContinuousClock.now - journalled.time
    guard bytes - journalled.bytes >= interval.bytes || time >= .seconds(interval.seconds) else { return }
    try checkpoint(digests)
  }

  /// The same now.
  mutating func checkpoint(_ digests: [Digest]) throws(FeatureCacheError) {
    var entry = JournalEntry(columns: [])
    for column in columns.indices {
      entry.columns.append(try columns[column]?.checkpoint(digests) ?? JournalEntry.Rows())
    }
    for (subject, column, failure) in failures[journalled.failures...]
    where column != ShardIndex.unreadableSample {
      entry.failures.append(
        JournalEntry.Failure(
          digest: digests[subject], column: column == ShardIndex.everyColumn ? nil : column, failure: failure)
      )
    }
    if !entry.isEmpty {
      try journal.append(entry.members)
      isWorthKeeping = true
    }
    journalled = (failures.count, bytes, .now)
  }

  /// The file of a column in the attempt's folder.
  static func fileName(_ column: Int) -> String { "\(column).rows" }

  /// Records that a picture has no features in any column.
  mutating func fail(content: Int, _ failure: PictureFailure) {
    failures.append((content, ShardIndex.everyColumn, failure))
  }

  /// Records that a picture has no features in one column.
  mutating func fail(content: Int, column: Int, _ failure: PictureFailure) {
    failures.append((content, column, failure))
  }

  /// Records that a sample's file could not be read.
  mutating func fail(sample: Int, _ failure: PictureFailure) {
    failures.append((sample, ShardIndex.unreadableSample, failure))
  }

  /// Finishes the files; nothing can be appended afterwards.
  mutating func seal(
    sampleContents: [Int64], digests: [Digest]
  ) throws(FeatureCacheError) -> SealedShard {
    let used = outputs.indices.filter { columns[$0] != nil }
    var sealed: [ShardRecord.Column] = []
    for column in used {
      guard let description = try columns[column]?.finish() else { continue }
      sealed.append(description)
    }
    let (index, description) = try index(sampleContents, digests, used)
    try root.files.write(index, to: Path.join(folder, SealedShard.indexName))
    return SealedShard(
      attempt: attempt, folder: folder, cache: identity.digest, storage: identity.value.storage.elementType,
      sampleCount: sampleContents.count, contentCount: digests.count,
      columns: zip(used.map(Self.fileName), sealed).map { ($0, $1) },
      index: description)
  }

  /// Removes the attempt's own folder. Whatever cannot be removed is harmless.
  func removeFolder() { root.files.removeFolder(folder) }

  /// The index file: tensors as Docs/CacheFormat.md lists them.
  private func index(
    _ sampleContents: [Int64], _ digests: [Digest], _ used: [Int]
  ) throws(FeatureCacheError) -> (bytes: [UInt8], file: DataFile) {
    typealias Item = SafetensorsWriter.Item
    var items = [
      Item("sample_content", .int64, shape: [sampleContents.count], sampleContents),
      Item(
        "content_sha256", .uint8, shape: [digests.count, Digest.byteCount], bytes: digests.bytes),
    ]
    for writer in used.compactMap({ columns[$0] }) {
      let name = writer.output.column
      items.append(Item("rows.\(name)", .uint64, shape: [writer.rowContents.count], writer.rowContents))
      if identity.value.storage == .int8 {
        items.append(Item("scale.\(name)", shape: [writer.scales.count], writer.scales))
      }
    }
    // In the record a column goes by its place among those that have a file.
    let places = failures.map { $0.column < 0 ? $0.column : used.firstIndex(of: $0.column) ?? $0.column }
    items.append(Item("fail_subject", .uint64, shape: [failures.count], failures.map { UInt64($0.subject) }))
    items.append(Item("fail_column", .int32, shape: [failures.count], places.map { Int32($0) }))
    items.append(
      Item("fail_code", .uint16, shape: [failures.count], failures.map { $0.failure.code.rawValue }))
    items += StoredTexts.items("fail_reason", failures.lazy.map { $0.failure.reason })
    return try DataFile.make(name: SealedShard.indexName, items)
  }
}
