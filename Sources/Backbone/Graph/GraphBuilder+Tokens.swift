// What transformers are made of.
extension GraphBuilder {
  /// A map as tokens, in two steps under the names `reshape` and `permute`: [C, H, W] to [C, H * W] to
  /// [H * W, C].
  public mutating func tokens(_ x: Value) -> Value {
    if x.shape.kind != .map { fail("reshape", "cannot take tokens from \(x.shape)") }
    let positions = append(
      "reshape", .view(.reshape), [x], .positions(x.shape.channels, x.shape.pixels))
    return append(
      "permute", .view(.permute), [positions],
      .tokens(x.shape.pixels, x.shape.channels, hasClassToken: false))
  }

  /// A learned token in front of the others, under the names `expand` and `cat`: [tokens, C] to
  /// [1 + tokens, C]. The weight is `class_token`, [1, 1, C].
  public mutating func prependingClassToken(_ x: Value) -> Value {
    checkTokens("cat", x)
    let channels = x.shape.channels
    let token = append(
      "expand", .classToken, [], .tokens(1, channels, hasClassToken: true),
      scopeParameters: [("class_token", [1, 1, channels])])
    return append(
      "cat", .concatenateTokens, [token, x],
      .tokens(1 + x.shape.pixels, channels, hasClassToken: true))
  }

  /// x plus a learned tensor of its shape, under the name `add`. The weight stands in the same scope and has
  /// the shape [1, tokens, C].
  public mutating func addParameter(_ parameter: String, _ x: Value) -> Value {
    checkTokens("add", x)
    return append(
      "add", .addParameter, [x], x.shape,
      scopeParameters: [(parameter, [1, x.shape.pixels, x.shape.channels])])
  }

  /// torch.nn.LayerNorm over the channels of each token. The shape stays.
  public mutating func layerNorm(_ name: String, _ x: Value, epsilon: Double = 1e-5) -> Value {
    checkTokens(name, x)
    let channels = [x.shape.channels]
    return append(
      name, .layerNorm(epsilon: epsilon), [x], x.shape,
      parameters: [("weight", channels), ("bias", channels)])
  }

  /// torch.nn.MultiheadAttention of tokens to one another. The shape stays. The module returns a tuple, out of
  /// which `getitem` takes the tensor.
  public mutating func selfAttention(_ name: String, _ x: Value, heads: Int) -> Value {
    checkTokens(name, x)
    let (tokens, channels) = (x.shape.pixels, x.shape.channels)
    if heads < 1 || channels % heads != 0 {
      fail(name, "cannot split \(channels) channels into \(heads) heads")
    }
    let attended = append(
      name, .selfAttention(heads: heads), [x], x.shape,
      parameters: [
        ("in_proj_weight", [3 * channels, channels]), ("in_proj_bias", [3 * channels]),
        ("out_proj.weight", [channels, channels]), ("out_proj.bias", [channels]),
      ], multiplyAdds: tokens * channels * (4 * channels + 2 * tokens))
    return append("getitem", .view(.item), [attended], x.shape)
  }

  /// The first token: [tokens, C] to [C].
  public mutating func firstToken(_ name: String, _ x: Value) -> Value {
    checkTokens(name, x)
    return append(name, .view(.firstToken), [x], .vector(x.shape.channels))
  }

  private mutating func checkTokens(_ name: String, _ x: Value) {
    if !x.shape.isTokens { fail(name, "expects tokens, not \(x.shape)") }
  }
}
