import Tensors

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
  func plan(for dataSet: DataSet, in contents: CacheContents) throws(FeatureCacheError) -> PlanRecord {
    let newest = contents.plans.last
    let isNewestFree = !contents.shards.contains { $0.record.generation == newest?.generation }
    let isSame = try newest.map { (plan) throws(FeatureCacheError) in try table(plan).isEqual(to: dataSet) }
    if let newest, isNewestFree, newest.shards == 1, isSame == true { return newest }
    return try makePlan(
      generation: (newest?.generation ?? 0) + 1, shards: 1, table: isSame == true ? newest?.table : nil,
      dataSet)
  }

  /// Publishes a plan.
  ///
  /// - Parameter table: a file that holds the samples already.
  /// - Throws: `.io` also where another run has published one meanwhile.
  func makePlan(
    generation: Int, shards: Int, table: DataFile?, _ dataSet: DataSet
  ) throws(FeatureCacheError) -> PlanRecord {
    var table = table
    if table == nil {
      let attempt = String(UInt64.random(in: .min ... .max), radix: 36)
      let bytes = try SampleTable.bytes(dataSet)
      let description = DataFile(name: "plan-\(generation)-\(attempt).safetensors", bytes: bytes)
      try files.write(bytes, to: file(description.name))
      table = description
    }
    guard let table else { throw FeatureCacheError(.io, "no sample table") }
    let members = PlanRecord.members(generation: generation, shards: shards, table: table)
    let name = PlanRecord.name(generation)
    guard try publish(Record.bytes(members), as: name) else {
      throw FeatureCacheError(.io, "another run has published \(file(name)) meanwhile; run again")
    }
    return try PlanRecord(Record(path: file(name), files: files), path: file(name), generation: generation)
  }

  /// Writes a record under a temporary name and publishes it.
  private func publish(_ bytes: [UInt8], as name: String) throws(FeatureCacheError) -> Bool {
    let folder = file("wip/\(String(UInt64.random(in: .min ... .max), radix: 36))")
    try files.makeFolders(folder)
    let temporary = Path.join(folder, "record")
    defer {
      try? files.operations.remove(temporary)
      try? files.operations.removeFolder(folder)
      try? files.operations.removeFolder(file("wip"))
    }
    try files.write(bytes, to: temporary)
    try files.syncFolder(path)
    let published = try files.publish(temporary, as: file(name))
    try files.syncFolder(path)
    return published
  }
}
