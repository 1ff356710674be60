public import Tensors

extension FeatureStore {
  /// Stores rows that are there already as a new cache of one column in one shard, by the writer of
  /// `precompute` and as durably. No pictures stand behind them, so contents go by the numbers of their
  /// samples: nothing that should be extended later. For measuring the cache by itself.
  ///
  /// - Parameter row: the features of a sample; asked for in order.
  /// - Throws: `.invalidArgument` where the folder holds a cache already or a row cannot be stored, `.io`.
  @_spi(Benchmarks)
  public static func store(
    _ dataSet: DataSet, as output: OutputDescription, storage: StorageType, into root: String,
    row: (_ sample: Int) -> FeatureRow
  ) throws(FeatureCacheError) {
    let cache = CacheRoot(root, POSIXFiles())
    try cache.files.makeDurableFolders(root)
    let extractor = ExtractorIdentity(
      network: "ready rows", weights: "", preprocessing: [:], semanticsVersion: 1)
    let identity = try cache.claim(for: CacheIdentity(extractor: extractor, storage: storage))
    let contents = try cache.read()
    guard contents.plans.isEmpty, let plan = try cache.plan(for: dataSet, in: contents) else {
      throw FeatureCacheError(.invalidArgument, "\(root) holds a cache already")
    }
    var writer = try ShardWriter(
      root: cache, identity: identity, work: .all, outputs: [output], journal: .standard)
    defer { writer.removeFolder() }
    for sample in dataSet.samples.indices {
      if let failure = try writer.append(row(sample), column: 0, content: sample) {
        throw FeatureCacheError(.invalidArgument, "\(dataSet.samples[sample].key): \(failure.reason)")
      }
    }
    let sealed = try writer.seal(
      sampleContents: dataSet.samples.indices.map { Int64($0) },
      digests: dataSet.samples.indices.map { Digest(number: UInt64($0)) })
    let shard = ShardName(generation: plan.generation, shard: 0, shards: 1)
    guard try sealed.publish(as: shard, of: plan, in: cache) else {
      throw FeatureCacheError(.invalidArgument, "\(root) was written by another meanwhile")
    }
  }
}

extension Digest {
  /// A digest of no bytes, different for every number.
  fileprivate init(number: UInt64) {
    // An odd factor keeps numbers apart and spreads them over the hash tables.
    let spread = number &* 0x9e37_79b9_7f4a_7c15
    self.init(words: (spread, number, ~number, ~spread))
  }
}
