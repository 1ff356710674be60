/// A layer whose features were compared.
public struct LayerFacts: Sendable, Hashable {
  /// As in `HeadResult`.
  public var network: String
  /// The cache column, such as `layer4:average`.
  public var layer: String
  /// Numbers in a feature row.
  public var dimension: Int

  public init(network: String = "", layer: String, dimension: Int) {
    self.network = network
    self.layer = layer
    self.dimension = dimension
  }
}
