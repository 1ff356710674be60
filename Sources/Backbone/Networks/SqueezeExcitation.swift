/// Squeeze-and-Excitation Networks (Hu et al., 2017): a factor for each channel of a map, out of the means of all
/// channels. <https://arxiv.org/abs/1709.01507>
enum SqueezeExcitation {
  /// torchvision's module, its two layers being 1 x 1 convolutions. The shape stays.
  ///
  /// - Parameters:
  ///   - channels: between the two layers
  ///   - activation: behind the first one
  static func build(
    _ g: inout GraphBuilder, _ input: GraphBuilder.Value, channels: Int,
    activation: Operation.Activation
  ) -> GraphBuilder.Value {
    var x = g.adaptiveAveragePool("avgpool", input)
    x = g.activation(
      "activation", activation, g.convolution("fc1", x, to: channels, kernel: 1, bias: true))
    x = g.convolution("fc2", x, to: input.channels, kernel: 1, bias: true)
    return g.multiply(g.activation("scale_activation", .sigmoid, x), input)
  }
}
