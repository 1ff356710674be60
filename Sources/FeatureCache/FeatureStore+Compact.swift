import Tensors

extension FeatureStore {
  /// What compacting did.
  public struct CompactReport: Hashable, Sendable {
    /// Rows of all columns now.
    public var rows: Int
    /// Rows of pictures that the cache no longer shows, and of ones that were there twice.
    public var droppedRows: Int
  }

  /// Writes the rows that the cache in a folder shows anew, each column in one file in the order of the samples,
  /// and declares everything before it superfluous: `collect` then removes that. Rows of pictures that are no
  /// longer among the samples are left out.
  ///
  /// Programs that have the cache open see what they saw. No number changes a bit.
  ///
  /// - Throws: `.noCache`, `.damaged`, `.io`, `.cancelled`, and `.planChanged` where another run has published
  ///   meanwhile; the cache is then as that run left it.
  @discardableResult
  public static func compact(_ root: String) throws(FeatureCacheError) -> CompactReport {
    try compact(root, operations: POSIXFiles())
  }

  package static func compact(
    _ root: String, operations: any FileOperations
  ) throws(FeatureCacheError) -> CompactReport {
    let root = CacheRoot(root, operations)
    let contents = try root.read()
    guard let identity = contents.identity, let current = contents.current else {
      throw FeatureCacheError(.noCache, "\(root.path) holds no cache with a complete run")
    }
    var compaction = try Compaction(contents, current, root, identity)
    do throws(FeatureCacheError) {
      try compaction.copy()
      try compaction.publish()
    } catch {
      compaction.writer.removeFolder()
      throw error
    }
    compaction.writer.removeFolder()
    let before = contents.shards.reduce(0) { $0 + $1.record.columns.reduce(0) { $0 + $1.rowCount } }
    return CompactReport(rows: compaction.rows, droppedRows: before - compaction.rows)
  }
}

/// The rows of a cache's current samples on their way to one new shard.
private struct Compaction {
  private let contents: CacheContents
  private let current: Generation
  private let root: CacheRoot
  private let columns: [OutputDescription]
  var writer: ShardWriter
  private(set) var rows = 0
  private var digests: [Digest] = []
  private var sampleContents: [Int64] = []

  init(
    _ contents: CacheContents, _ current: Generation, _ root: CacheRoot, _ identity: CacheContents.Identity
  ) throws(FeatureCacheError) {
    self.contents = contents
    self.current = current
    self.root = root
    columns = contents.columns
    // Nothing of it is worth a journal: it can all be copied again.
    writer = try ShardWriter(
      root: root, identity: identity, work: .all, outputs: columns,
      journal: JournalInterval(bytes: .max, seconds: .infinity))
  }

  mutating func copy() throws(FeatureCacheError) {
    var numbers: [Digest: Int] = [:]
    var known: [Digest] = []
    var samples: [Int64] = []
    try current.forEachSample { _, index, content in
      guard let digest = content.map({ index.digests[$0] }) else { return samples.append(-1) }
      if numbers[digest] == nil {
        numbers[digest] = known.count
        known.append(digest)
      }
      samples.append(Int64(numbers[digest] ?? -1))
    }
    (digests, sampleContents) = (known, samples)
    for column in columns.indices { try copy(column, numbers) }
    try copyFailures(numbers)
  }

  private mutating func copy(_ column: Int, _ numbers: [Digest: Int]) throws(FeatureCacheError) {
    let name = columns[column].column
    var sources: [(shard: Shard, place: Int, file: CheckedFile)] = []
    var places = [(source: Int, row: Int)?](repeating: nil, count: digests.count)
    for shard in contents.shards {
      guard let place = shard.record.columns.firstIndex(where: { $0.name == name }) else { continue }
      let index = try shard.index
      for (row, content) in index.rowContents[place].elements.enumerated() {
        guard let number = numbers[index.digests[Int(content)]], places[number] == nil else { continue }
        places[number] = (sources.count, row)
      }
      sources.append((shard, place, try CheckedFile(shard.record.columns[place].file, shard.columns[place])))
    }
    for (content, place) in places.enumerated() {
      guard let place else { continue }
      guard !Task.isCancelled else { throw FeatureCacheError(.cancelled, "compacting was cancelled") }
      let source = sources[place.source]
      let size = columns[column].dimension * source.shard.record.storage.byteCount
      let start = CacheFormat.rowsOffset + place.row * size
      let row = StoredRow(
        bytes: try source.file.read(start..<start + size),
        scale: try source.shard.index.scales[source.place]?[place.row] ?? 1)
      try writer.append(stored: row, column: column, content: content)
      rows += 1
    }
  }

  private mutating func copyFailures(_ numbers: [Digest: Int]) throws(FeatureCacheError) {
    var first = 0
    for shard in contents.shards {
      let index = try shard.index
      for failure in index.failures {
        guard case .content(let content, let column) = failure.subject,
          let number = numbers[index.digests[content]]
        else { continue }
        let place = column.flatMap { column in
          columns.firstIndex { $0.column == shard.record.columns[column].name }
        }
        if let place {
          writer.fail(content: number, column: place, failure.failure)
        } else {
          writer.fail(content: number, failure.failure)
        }
      }
    }
    for shard in current.shards {
      for failure in try shard.index.failures {
        if case .sample(let sample) = failure.subject { writer.fail(sample: first + sample, failure.failure) }
      }
      first += shard.record.sampleCount
    }
  }

  mutating func publish() throws(FeatureCacheError) {
    let sealed = try writer.seal(sampleContents: sampleContents, digests: digests)
    let changed = FeatureCacheError(
      .planChanged, "\(root.path) has changed while it was compacted: begin again")
    let generation = (contents.plans.last?.generation ?? 0) + 1
    guard let plan = try root.makePlan(generation: generation, shards: 1, table: current.plan.table),
      try sealed.publish(as: ShardName(generation: generation, shard: 0, shards: 1), of: plan, in: root),
      try root.read().plans.last?.generation == generation
    else { throw changed }
    let manifest = Manifest(number: (contents.manifest?.number ?? 0) + 1, firstGeneration: generation)
    guard try root.publish(Record.bytes(manifest.members), as: Manifest.name(manifest.number)) else {
      throw changed
    }
  }
}

/// A file of data of which every block is checked before it is first read.
private final class CheckedFile {
  private let bytes: FileBytes
  private let checks: BlockChecks

  init(_ file: DataFile, _ access: DataAccess) throws(FeatureCacheError) {
    let bytes = try access.whole
    self.bytes = bytes
    checks = BlockChecks(try BlockTable(file, of: bytes))
  }

  func read(_ range: Range<Int>) throws(FeatureCacheError) -> [UInt8] {
    try checks.check(range) { range throws(FeatureCacheError) in Checksum.crc32c(bytes, range) }
    return bytes.copy(range)
  }
}
