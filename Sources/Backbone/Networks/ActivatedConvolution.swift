extension GraphBuilder {
  /// torchvision's Conv2dNormActivation: a convolution `0` padded to keep the size, a batch norm `1` and an
  /// activation `2`, in a scope of the given name.
  mutating func activatedConvolution(
    _ name: String, _ x: Value, to channels: Int, kernel: Int, stride: Int = 1, groups: Int = 1,
    by activation: Operation.Activation, epsilon: Double = 1e-5
  ) -> Value {
    scope(name) { g in
      let convolved = g.convolution(
        "0", x, to: channels, kernel: kernel, stride: stride, padding: (kernel - 1) / 2, groups: groups)
      return g.activation("2", activation, g.batchNorm("1", convolved, epsilon: epsilon))
    }
  }
}
