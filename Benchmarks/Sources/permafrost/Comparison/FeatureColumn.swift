import Heads

/// One column of a cache: the features of one layer of one network.
struct FeatureColumn {
  /// Names the network where several are compared, or the cache where two are of one network.
  let source: String
  /// As L or L:POOL.
  let name: String
  let data: LabeledFeatures

  /// For progress and JSON.
  var title: String { source.isEmpty ? name : "\(source) \(name)" }
}
