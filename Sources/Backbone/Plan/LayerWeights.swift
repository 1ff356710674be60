internal import CPermafrostKernels
import Tensors

/// The weights of a convolution or linear layer as plain numbers, with a batch norm folded in where there is
/// one.
struct LayerWeights {
  /// [outputs][kernel height][kernel width][inputs of a group]
  var values: [Float]
  /// One an output; none where the layer has neither bias nor batch norm.
  var bias: [Float]?

  init(values: [Float], bias: [Float]) {
    self.values = values
    self.bias = bias
  }

  /// - Parameters:
  ///   - node: the convolution or linear layer
  ///   - batchNorm: what follows it and is folded in
  ///   - input: shape of what the layer reads; a linear layer's weights are reordered from its channel,
  ///     height, width order to the order in memory
  /// - Throws: `.missingWeights`
  init(
    _ node: Graph.Node, batchNorm: Graph.Node?, input: FeatureShape, _ parameters: Parameters
  ) throws(BackboneError) {
    let outputs: Int
    let channels: Int
    let pixels: Int
    switch node.operation {
    case .convolution(let convolution):
      outputs = convolution.channels
      channels = input.channels / convolution.groups
      pixels = convolution.kernel * convolution.kernel
    default:
      outputs = input.isTokens ? node.shape.channels : node.shape.count
      channels = input.channels
      pixels = input.isTokens ? 1 : input.pixels
    }
    let raw = try parameters.floats(node.name + ".weight")
    values = Self.channelsLast(raw, outputs: outputs, channels: channels, pixels: pixels)
    let hasBias = node.parameters.contains { $0.name == node.name + ".bias" }
    bias = hasBias ? try parameters.floats(node.name + ".bias") : nil
    if let batchNorm { fold(try ChannelAffine(batchNorm, parameters), outputs: outputs) }
  }

  /// [outputs][channels][pixels] to [outputs][pixels][channels].
  private static func channelsLast(_ raw: [Float], outputs: Int, channels: Int, pixels: Int) -> [Float] {
    if pixels == 1 || channels == 1 { return raw }
    var values = [Float](repeating: 0, count: raw.count)
    let size = channels * pixels
    for output in 0..<outputs {
      for channel in 0..<channels {
        let source = output * size + channel * pixels
        for pixel in 0..<pixels { values[output * size + pixel * channels + channel] = raw[source + pixel] }
      }
    }
    return values
  }

  /// In float64, rounded once: the folded layer is then as near to the exact one as its own arithmetic is.
  private mutating func fold(_ affine: ChannelAffine, outputs: Int) {
    let size = values.count / outputs
    var folded = [Float](repeating: 0, count: outputs)
    for output in 0..<outputs {
      for index in output * size..<(output + 1) * size {
        values[index] = Float(Double(values[index]) * affine.scale[output])
      }
      folded[output] = Float(Double(bias?[output] ?? 0) * affine.scale[output] + affine.shift[output])
    }
    bias = folded
  }
}

/// A batch norm in evaluation mode as x * scale + shift, one pair a channel.
struct ChannelAffine {
  let scale: [Double]
  let shift: [Double]

  /// - Throws: `.missingWeights`
  init(_ node: Graph.Node, _ parameters: Parameters) throws(BackboneError) {
    guard case .batchNorm(let epsilon) = node.operation else {
      throw BackboneError(.invalidGraph, "layer \(node.name) is no batch norm")
    }
    let weight = try parameters.floats(node.name + ".weight")
    let bias = try parameters.floats(node.name + ".bias")
    let mean = try parameters.floats(node.name + ".running_mean")
    let variance = try parameters.floats(node.name + ".running_var")
    let scale = zip(weight, variance).map { Double($0) / (Double($1) + epsilon).squareRoot() }
    self.scale = scale
    shift = bias.indices.map { Double(bias[$0]) - Double(mean[$0]) * scale[$0] }
  }
}
