import Tensors

/// The folder of a cache.
struct CacheRoot: Sendable {
  let path: String
  let files: Files
  let reading: ReadingMode

  init(_ path: String, _ operations: any FileOperations, reading: ReadingMode = .automatic) {
    self.path = path
    self.reading = reading
    files = Files(operations: operations)
  }

  func file(_ name: String) -> String { Path.join(path, name) }

  /// Everything that has been published so far and still counts. Files that no record names are nobody's
  /// business.
  func read() throws(FeatureCacheError) -> CacheContents {
    var names = try recordNames()
    while true {
      do throws(FeatureCacheError) {
        return try read(names)
      } catch {
        // Files that have become superfluous may go while they are read; a second look does not see them.
        let now = try recordNames()
        if now == names { throw error }
        names = now
      }
    }
  }

  private func recordNames() throws(FeatureCacheError) -> [String] {
    try files.list(path).filter { $0.hasSuffix(".json") }
  }

  private func read(_ names: [String]) throws(FeatureCacheError) -> CacheContents {
    var contents = CacheContents()
    if let number = names.compactMap(Manifest.number(ofName:)).max() {
      let path = file(Manifest.name(number))
      contents.manifest = try Manifest(Record(path: path, files: files), path: path, number: number)
    }
    let first = contents.manifest?.firstGeneration ?? 1
    if names.contains(CacheIdentity.fileName) { contents.identity = try identity() }
    for generation in names.compactMap(PlanRecord.generation(ofName:)).sorted() where generation >= first {
      let path = file(PlanRecord.name(generation))
      let record = try Record(path: path, files: files)
      contents.plans.append(try PlanRecord(record, path: path, generation: generation))
    }
    let shards = names.compactMap(ShardName.init(recordName:)).filter { $0.generation >= first }.sorted {
      ($0.generation, $0.shards, $0.shard) < ($1.generation, $1.shards, $1.shard)
    }
    for name in shards { contents.shards.append(try shard(name, in: contents)) }
    try contents.requireEqualDimensions(root: path)
    return contents
  }

  func identity() throws(FeatureCacheError) -> CacheContents.Identity {
    let path = file(CacheIdentity.fileName)
    let record = try Record(path: path, files: files)
    return CacheContents.Identity(value: try CacheIdentity(record, path: path), digest: record.digest)
  }

  /// Opens a shard: sizes are checked now, the index when it is first needed.
  private func shard(_ name: ShardName, in contents: CacheContents) throws(FeatureCacheError) -> Shard {
    let path = file(name.recordName)
    let record = try ShardRecord(Record(path: path, files: files), path: path, name: name)
    guard let identity = contents.identity, record.cache == identity.digest,
      record.storage == identity.value.storage.elementType
    else { throw FeatureCacheError(.damaged, "\(path) does not belong to the identity in \(self.path)") }
    guard let plan = contents.plans.first(where: { $0.generation == name.generation }),
      plan.shards == name.shards, plan.digest == record.plan
    else { throw FeatureCacheError(.damaged, "\(path) does not belong to the plan of its generation") }
    var columns: [DataAccess] = []
    for column in record.columns { columns.append(try open(column.file)) }
    return Shard(record, index: try open(record.index), columns: columns)
  }

  /// The sample table of a plan.
  func table(_ plan: PlanRecord) throws(FeatureCacheError) -> SampleTable {
    try openTable(plan).get()
  }

  /// The same, read when it is first needed.
  func openTable(_ plan: PlanRecord) throws(FeatureCacheError) -> Lazy<SampleTable> {
    let access = try open(plan.table)
    return Lazy { () throws(FeatureCacheError) in try SampleTable(plan.table.tables(access.whole)) }
  }

  /// Opens a file of data, whose bytes are not read yet.
  func open(_ file: DataFile) throws(FeatureCacheError) -> DataAccess {
    try DataAccess(file.open(in: path, files), reading)
  }
}

/// What a cache root has published, in order of generation.
struct CacheContents: Sendable {
  struct Identity: Sendable {
    var value: CacheIdentity
    /// Digest of `config.json`, the cache's own name.
    var digest: String
  }

  var manifest: Manifest?
  var identity: Identity?
  var plans: [PlanRecord] = []
  var shards: [Shard] = []

  /// The newest generation of which every shard is there; it says which samples the cache shows.
  var current: Generation? {
    for plan in plans.reversed() {
      let shards = shards.filter { $0.record.generation == plan.generation }
      if shards.count == plan.shards { return Generation(plan: plan, shards: shards) }
    }
    return nil
  }

  /// Names and dimensions of all columns, in the order in which they appeared.
  var columns: [OutputDescription] {
    var columns: [OutputDescription] = []
    var seen: Set<String> = []
    for shard in shards {
      for column in shard.record.columns where seen.insert(column.name).inserted {
        columns.append(OutputDescription(column: column.name, dimension: column.dimension))
      }
    }
    return columns
  }

  fileprivate func requireEqualDimensions(root: String) throws(FeatureCacheError) {
    let dimensions = Dictionary(
      columns.map { ($0.column, $0.dimension) }, uniquingKeysWith: { first, _ in first })
    for shard in shards {
      for column in shard.record.columns where dimensions[column.name] != column.dimension {
        throw FeatureCacheError(.damaged, "column \(column.name) of \(root) has two dimensions")
      }
    }
  }
}

/// One committed shard.
struct Shard: Sendable {
  let record: ShardRecord
  /// The rows of each column.
  let columns: [DataAccess]
  private let lazyIndex: Lazy<ShardIndex>

  /// Checked when it is first read.
  var index: ShardIndex { get throws(FeatureCacheError) { try lazyIndex.get() } }

  init(_ record: ShardRecord, index: DataAccess, columns: [DataAccess]) {
    self.record = record
    self.columns = columns
    lazyIndex = Lazy { () throws(FeatureCacheError) in
      try ShardIndex(record.index.tables(index.whole), record)
    }
  }

  /// Whether the rows of a column are simply those of the samples, in order.
  ///
  /// Contents are numbered in the order in which samples have them, and rows stand in the order of contents:
  /// where there are as many of each, they are the same. So a whole shard can be used without its index.
  func isPlain(_ column: Int) -> Bool {
    record.sampleCount == record.contentCount && record.columns[column].rowCount == record.contentCount
  }
}

/// A generation with all its shards, in order.
struct Generation: Sendable {
  var plan: PlanRecord
  var shards: [Shard]

  /// The content of each sample's file, in plan order; `nil` where it could not be read.
  func forEachSample(
    _ body: (_ sample: Int, _ index: ShardIndex, _ content: Int?) -> Void
  ) throws(FeatureCacheError) {
    var sample = 0
    for shard in shards {
      let index = try shard.index
      for content in index.sampleContents.elements {
        body(sample, index, content < 0 ? nil : Int(content))
        sample += 1
      }
    }
  }

  var sampleCount: Int { shards.reduce(0) { $0 + $1.record.sampleCount } }
}

extension CacheContents {
  /// - Throws: `.identityMismatch` where a column is here with another dimension.
  func require(_ outputs: [OutputDescription]) throws(FeatureCacheError) {
    for column in columns {
      if let output = outputs.first(where: { $0.column == column.column }), output != column {
        throw FeatureCacheError(
          .identityMismatch,
          "column \(column.column) has dimension \(column.dimension), the extractor gives \(output.dimension)"
        )
      }
    }
  }
}
