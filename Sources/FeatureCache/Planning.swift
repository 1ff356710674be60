import Tensors

extension FeatureStore {
  /// Fixes the samples of a cache and their order before anything is computed, so that runs need no data set
  /// of their own. Does nothing where the cache's newest plan has these samples and files already.
  ///
  /// - Parameter shards: into how many parts the samples are cut, for as many workers or more.
  /// - Throws: `.invalidArgument`, `.io`, `.damaged`.
  public static func plan(
    _ dataSet: DataSet, in root: String, shards: Int = 1
  ) throws(FeatureCacheError) {
    guard shards > 0, shards <= PlanRecord.largestShardCount else {
      throw FeatureCacheError(
        .invalidArgument, "a plan has from 1 to \(PlanRecord.largestShardCount) shards, not \(shards)")
    }
    let cache = CacheRoot(root, POSIXFiles())
    try cache.files.makeDurableFolders(root)
    while true {
      let contents = try cache.read()
      if let newest = contents.plans.last, newest.shards == shards,
        case let table = try cache.table(newest), table.isEqual(to: dataSet), table.hasFiles(of: dataSet)
      {
        return
      }
      let generation = (contents.plans.last?.generation ?? 0) + 1
      let table = try cache.newTable(generation, dataSet)
      if try cache.makePlan(generation: generation, shards: shards, table: table) != nil { return }
      try? cache.files.operations.remove(cache.file(table.name))
    }
  }

  /// The samples of a cache's newest plan, as a data set that `precompute` takes.
  ///
  /// - Throws: `.noCache` where there is no plan, `.io`, `.damaged`.
  public static func plannedDataSet(in root: String) throws(FeatureCacheError) -> DataSet {
    let cache = CacheRoot(root, POSIXFiles())
    guard let plan = try cache.read().plans.last else {
      throw FeatureCacheError(.noCache, "\(root) holds no plan")
    }
    let table = try cache.table(plan)
    return try DataSet(samples: Array(table), classes: table.classes, folder: table.folder)
  }
}

extension CacheRoot {
  /// The identity of the cache: the one asked for where the cache is new.
  ///
  /// - Throws: `.identityMismatch` where the cache belongs to another.
  func claim(for asked: CacheIdentity) throws(FeatureCacheError) -> CacheContents.Identity {
    if try !files.list(path).contains(CacheIdentity.fileName) {
      _ = try publish(Record.bytes(asked.members), as: CacheIdentity.fileName)
    }
    let identity = try identity()
    try identity.value.require(asked, root: path)
    return identity
  }

  /// The plan by which a run over a whole data set publishes: one that waits for it, or a new generation.
  ///
  /// - Returns: `nil` where another run has published a plan meanwhile.
  func plan(for dataSet: DataSet, in contents: CacheContents) throws(FeatureCacheError) -> PlanRecord? {
    let newest = contents.plans.last
    let isFree = !contents.shards.contains { $0.record.generation == newest?.generation }
    var isSame = false
    var hasFiles = false
    if let newest, case let table = try table(newest), table.isEqual(to: dataSet) {
      isSame = true
      hasFiles = table.hasFiles(of: dataSet)
    }
    if let newest, isSame, isFree, newest.shards == 1 { return newest }
    let generation = (newest?.generation ?? 0) + 1
    if hasFiles, let table = newest?.table {
      return try makePlan(generation: generation, shards: 1, table: table)
    }
    let table = try newTable(generation, dataSet)
    let plan = try makePlan(generation: generation, shards: 1, table: table)
    if plan == nil { try? files.operations.remove(file(table.name)) }
    return plan
  }

  /// Publishes a plan.
  ///
  /// - Parameter table: the file that holds the samples.
  /// - Returns: `nil` where another run has published one for this generation meanwhile.
  func makePlan(
    generation: Int, shards: Int, table: DataFile
  ) throws(FeatureCacheError) -> PlanRecord? {
    let name = PlanRecord.name(generation)
    let members = PlanRecord.members(generation: generation, shards: shards, table: table)
    guard try publish(Record.bytes(members), as: name) else { return nil }
    return try PlanRecord(Record(path: file(name), files: files), path: file(name), generation: generation)
  }

  fileprivate func newTable(_ generation: Int, _ dataSet: DataSet) throws(FeatureCacheError) -> DataFile {
    let attempt = String(UInt64.random(in: .min ... .max), radix: 36)
    let (bytes, table) = try SampleTable.file("plan-\(generation)-\(attempt).safetensors", dataSet)
    try files.write(bytes, to: file(table.name))
    return table
  }

  /// Writes a record under a temporary name and publishes it.
  func publish(_ bytes: [UInt8], as name: String) throws(FeatureCacheError) -> Bool {
    let folder = file("wip/\(String(UInt64.random(in: .min ... .max), radix: 36))")
    try files.makeFolders(folder)
    let temporary = Path.join(folder, "record")
    defer {
      try? files.operations.remove(temporary)
      try? files.operations.removeFolder(folder)
    }
    try files.write(bytes, to: temporary)
    try files.syncFolder(path)
    let published = try files.publish(temporary, as: file(name))
    try files.syncFolder(path)
    return published
  }
}
