extension GraphBuilder {
  /// An activation function, element by element. The shape stays.
  public mutating func activation(_ name: String, _ kind: Operation.Activation, _ x: Value) -> Value {
    append(name, .activation(kind), [x], x.shape)
  }

  /// max(x, 0). The shape stays.
  public mutating func relu(_ name: String, _ x: Value) -> Value { activation(name, .relu, x) }

  /// The same under the name `relu`.
  public mutating func relu(_ x: Value) -> Value { relu("relu", x) }

  /// min(max(x, 0), 6). The shape stays.
  public mutating func relu6(_ name: String, _ x: Value) -> Value { activation(name, .relu6, x) }

  /// Dropout, which does nothing in evaluation mode but has a name to hook. The shape stays.
  public mutating func dropout(_ name: String, _ x: Value) -> Value {
    append(name, .view(.dropout), [x], x.shape)
  }

  /// torchvision's StochasticDepth, which does nothing in evaluation mode. The shape stays.
  public mutating func stochasticDepth(_ x: Value) -> Value {
    scope("stochastic_depth") { g in
      g.append("stochastic_depth", .view(.stochasticDepth), [x], x.shape)
    }
  }

  /// torch.flatten, under the name `flatten`: [C, H, W] to [C * H * W].
  public mutating func flatten(_ x: Value) -> Value {
    if x.shape.isTokens { fail("flatten", "cannot flatten tokens") }
    return append("flatten", .view(.flatten), [x], x.shape.flattened)
  }
}
