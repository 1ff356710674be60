/// All that decides the bits of a feature, apart from the picture and the column: features with equal
/// identities may stand in one cache, and no others.
///
/// Batch size, thread count, instruction set, paths and times are left out on purpose: none of them changes
/// what a feature means.
public struct ExtractorIdentity: Hashable, Sendable, Codable {
  /// Name of the network, such as `mobilenet_v2`.
  public var network: String
  /// SHA-256 over the sorted (name, type, shape, bytes) of every weight, in hexadecimal.
  public var weights: String
  /// Every setting of the preprocessing, by name.
  public var preprocessing: [String: String]
  /// Version strings of replacing hooks, in order.
  public var hooks: [String]
  /// Raised whenever the meaning of a graph changes.
  public var semanticsVersion: Int

  public init(
    network: String, weights: String, preprocessing: [String: String], hooks: [String] = [],
    semanticsVersion: Int
  ) {
    self.network = network
    self.weights = weights
    self.preprocessing = preprocessing
    self.hooks = hooks
    self.semanticsVersion = semanticsVersion
  }
}
