extension GraphBuilder {
  /// torch.nn.Conv2d with a square kernel. [C, H, W] to [channels, H', W'] with
  /// H' = (H + 2 padding - dilation (kernel - 1) - 1) / stride + 1, rounded down.
  public mutating func convolution(
    _ name: String, _ x: Value, to channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    dilation: Int = 1, groups: Int = 1, bias: Bool = false
  ) -> Value {
    let settings = Operation.Convolution(
      channels: channels, kernel: kernel, stride: stride, padding: padding, dilation: dilation,
      groups: groups, bias: bias)
    guard channels > 0, kernel > 0, stride > 0, padding >= 0, dilation > 0, groups > 0,
      x.shape.channels % groups == 0, channels % groups == 0, x.shape.kind == .map
    else {
      fail(name, "cannot convolve \(x.shape) with \(settings)")
      return x
    }
    let span = dilation * (kernel - 1) + 1
    let shape = FeatureShape.map(
      channels, slidingCount(x.shape.height, span, stride, padding),
      slidingCount(x.shape.width, span, stride, padding))
    let inputsEach = x.shape.channels / groups
    var parameters = [("weight", [channels, inputsEach, kernel, kernel])]
    if bias { parameters.append(("bias", [channels])) }
    return append(
      name, .convolution(settings), [x], shape, parameters: parameters,
      multiplyAdds: shape.count * inputsEach * kernel * kernel)
  }

  /// torch.nn.BatchNorm2d in evaluation mode, by the running statistics. The shape stays.
  public mutating func batchNorm(_ name: String, _ x: Value, epsilon: Double = 1e-5) -> Value {
    let parameters = ["weight", "bias", "running_mean", "running_var"].map { ($0, [x.shape.channels]) }
    return append(name, .batchNorm(epsilon: epsilon), [x], x.shape, parameters: parameters)
  }

  /// torch.nn.MaxPool2d with a square window.
  public mutating func maxPool(
    _ name: String, _ x: Value, kernel: Int, stride: Int, padding: Int = 0, ceilMode: Bool = false
  ) -> Value {
    guard kernel > 0, stride > 0, padding >= 0, padding * 2 <= kernel, x.shape.kind == .map else {
      fail(name, "cannot pool \(x.shape) by windows of \(kernel), stride \(stride), padding \(padding)")
      return x
    }
    let window = Operation.Window(kernel: kernel, stride: stride, padding: padding, ceilMode: ceilMode)
    let shape = FeatureShape.map(
      x.shape.channels, slidingCount(x.shape.height, kernel, stride, padding, ceilMode: ceilMode),
      slidingCount(x.shape.width, kernel, stride, padding, ceilMode: ceilMode))
    return append(name, .maxPool(window), [x], shape)
  }

  /// torch.nn.AdaptiveAvgPool2d: [C, H, W] to [C, height, width].
  public mutating func adaptiveAveragePool(
    _ name: String, _ x: Value, height: Int = 1, width: Int = 1
  ) -> Value {
    append(
      name, .adaptiveAveragePool(height: height, width: width), [x],
      .map(x.shape.channels, height, width))
  }

  /// torch.nn.Linear over a vector or over each token: [n] to [features], [tokens, n] to [tokens, features].
  public mutating func linear(_ name: String, _ x: Value, to features: Int) -> Value {
    var shape = FeatureShape.vector(features)
    switch x.shape.kind {
    case .vector: break
    case .tokens(let hasClassToken):
      shape = .tokens(x.shape.pixels, features, hasClassToken: hasClassToken)
    case .map, .positions: fail(name, "cannot apply to \(x.shape)")
    }
    if features < 1 { fail(name, "cannot give \(features) features") }
    return append(
      name, .linear(features: features), [x], shape,
      parameters: [("weight", [features, x.channels]), ("bias", [features])],
      multiplyAdds: shape.count * x.channels)
  }

  /// a + b, of equal shape, under the name `add`.
  public mutating func add(_ a: Value, _ b: Value) -> Value {
    if a.shape != b.shape { fail("add", "cannot add \(a.shape) and \(b.shape)") }
    return append("add", .add, [a, b], a.shape)
  }

  /// A map times one factor a channel, [C, 1, 1], under the name `mul`.
  public mutating func multiply(_ factors: Value, _ x: Value) -> Value {
    if factors.shape != .map(x.shape.channels, 1, 1) || x.shape.kind != .map {
      fail("mul", "cannot multiply \(x.shape) by \(factors.shape)")
    }
    return append("mul", .multiply, [factors, x], x.shape)
  }

  /// torch.cat, under the name `cat`, over channels of maps of equal height and width.
  public mutating func concatenate(_ parts: [Value]) -> Value {
    guard let first = parts.first,
      parts.allSatisfy({
        $0.shape.kind == .map && $0.shape.height == first.shape.height && $0.shape.width == first.shape.width
      })
    else {
      fail("cat", "cannot concatenate \(parts.map(\.shape))")
      return parts.first ?? Value(node: 0, shape: .vector(1))
    }
    let channels = parts.reduce(0) { $0 + $1.shape.channels }
    return append("cat", .concatenate, parts, .map(channels, first.shape.height, first.shape.width))
  }

  /// Positions at which a window fits. With `ceilMode` one that hangs over the end counts too, unless it
  /// would start in the padding beyond the end (torch's rule). Zero or less where none fits.
  private func slidingCount(
    _ length: Int, _ span: Int, _ stride: Int, _ padding: Int, ceilMode: Bool = false
  ) -> Int {
    let slack = length + 2 * padding - span
    guard slack >= 0 else { return 0 }
    var count = (slack + (ceilMode ? stride - 1 : 0)) / stride + 1
    if ceilMode && (count - 1) * stride >= length + padding { count -= 1 }
    return count
  }
}
