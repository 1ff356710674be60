/// Heads on the same features, shown together: a control beside the compared heads.
public struct HeadGroup: Sendable {
  /// What the heads stand on, such as "random weights".
  public var name: String
  public var heads: [HeadResult]

  public init(name: String, heads: [HeadResult]) {
    self.name = name
    self.heads = heads
  }
}
