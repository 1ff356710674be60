import Backbone
import CPermafrostKernels
import Tensors
import Testing

/// Every distinct convolution of the built-in networks, by every algorithm that can compute it, against sums in
/// float64 at some hundred places.
@Suite(.serialized) struct LayerErrorTests {
  struct Layer: Hashable, CustomStringConvertible {
    let convolution: Operation.Convolution
    let channels: Int
    let height: Int
    let width: Int

    var description: String {
      let c = convolution
      return "\(channels)x\(height)x\(width) to \(c.channels), \(c.kernel)x\(c.kernel), stride \(c.stride), "
        + "\(c.groups) groups"
    }
  }

  /// By kernel and stride, so that the cases run beside one another.
  static let layers: [Layer] = {
    var seen: Set<Layer> = []
    var layers: [Layer] = []
    for architecture in Architecture.all {
      guard let graph = try? architecture.graph() else { continue }
      for node in graph.nodes {
        guard case .convolution(let convolution) = node.operation else { continue }
        let input = graph.nodes[node.inputs[0]].shape
        let layer = Layer(
          convolution: convolution, channels: input.channels, height: input.height, width: input.width)
        if seen.insert(layer).inserted { layers.append(layer) }
      }
    }
    return layers
  }()

  /// What an algorithm may be off by, over the largest output. About three times what was seen.
  private static func bound(_ algorithm: ConvolutionAlgorithm) -> Double {
    switch algorithm {
    case .implicitProduct, .depthwise: 3e-6
    case .winograd(.fourAndThree): 1e-5
    case .winograd(.sixAndFour): 5e-5
    case .winograd(.fourByFive): 2e-5
    }
  }

  @Test func everyLayerOfEveryNetworkIsListed() {
    #expect(Self.layers.count > 60)
    #expect(Self.layers.contains { $0.convolution.kernel == 5 } && Self.layers.contains { $0.height == 7 })
  }

  @Test(arguments: layers)
  func errorIsWithinItsBound(layer: Layer) throws {
    let c = layer.convolution
    let architecture = Architecture("layer", inputSize: layer.height) { g in
      let x = g.input(channels: layer.channels)
      _ = g.convolution(
        "conv", x, to: c.channels, kernel: c.kernel, stride: c.stride, padding: c.padding,
        dilation: c.dilation, groups: c.groups, bias: c.bias)
    }
    let preprocessing = try Preprocessing(
      resizing: .none, crop: PictureSize(width: layer.width, height: layer.height), mean: [0, 0, 0],
      standardDeviation: [1, 1, 1])
    let network = try Network(architecture, weights: .seed(5), preprocessing: preprocessing)
    let pictures = try Self.picture(layer)
    let samples = try Samples(layer, network.graph.nodes[1], pictures)
    let input = network.graph.nodes[0].shape
    let output = network.graph.nodes[1].shape
    let table = ConvolutionAlgorithm(c, input: input, output: output)
    var tried: Set<ConvolutionAlgorithm> = []
    let all: [ConvolutionAlgorithm] = [
      table, .implicitProduct, .winograd(.sixAndFour), .winograd(.fourAndThree), .winograd(.fourByFive),
    ]
    for wanted in all {
      let choice: ConvolutionAlgorithm.Choice = wanted == table ? .table : .forced(wanted)
      let algorithm = ConvolutionAlgorithm(c, input: input, output: output, choice)
      guard tried.insert(algorithm).inserted else { continue }
      let plan = try network.plan(tapping: ["conv"], isa: pf_isa_best(), algorithms: choice)
      let values = try plan.run(pictures, threads: 2)[0].values
      let error = zip(samples.places, samples.values).reduce(0) { max($0, abs(Double(values[$1.0]) - $1.1)) }
      #expect(error <= Self.bound(algorithm) * samples.largest, "\(algorithm): \(error / samples.largest)")
    }
  }

  /// Half of the values zero, as behind a ReLU, except for a first layer's.
  private static func picture(_ layer: Layer) throws -> Tensor {
    let shape = [1, layer.channels, layer.height, layer.width]
    let values = (0..<shape.reduce(1, *)).map { (i: Int) -> Float in
      let value = Float(splitMix64(UInt64(i)) >> 40) * 0x1p-23 - 1
      return layer.channels == 3 ? value : max(0, value)
    }
    return try Tensor(shape: shape, values: values)
  }

  /// Outputs at places spread over the layer, corners included, by the definition.
  private struct Samples {
    var places: [Int] = []
    var values: [Double] = []
    var largest = 0.0

    init(_ layer: Layer, _ node: Graph.Node, _ x: Tensor) throws {
      let c = layer.convolution
      let seeded = SeededWeights(seed: 5)
      let weights = try seeded.floats("conv.weight", shape: node.parameters[0].shape)
      let bias = c.bias ? try seeded.floats("conv.bias", shape: [c.channels]) : []
      let (height, width) = (node.shape.height, node.shape.width)
      let inputs = layer.channels / c.groups
      for number in 0..<160 {
        let random = splitMix64(UInt64(number))
        let channel = Int(random % UInt64(c.channels))
        var row = Int(random >> 20 % UInt64(height))
        var column = Int(random >> 40 % UInt64(width))
        if number < 8 { (row, column) = (number % 2 * (height - 1), number / 2 % 2 * (width - 1)) }
        row %= height
        column %= width
        var sum = c.bias ? Double(bias[channel]) : 0
        let first = channel / (c.channels / c.groups) * inputs
        for ky in 0..<c.kernel {
          let y = row * c.stride - c.padding + ky * c.dilation
          guard (0..<layer.height).contains(y) else { continue }
          for kx in 0..<c.kernel {
            let z = column * c.stride - c.padding + kx * c.dilation
            guard (0..<layer.width).contains(z) else { continue }
            for i in 0..<inputs {
              let value = x.values[((first + i) * layer.height + y) * layer.width + z]
              let weight = weights[((channel * inputs + i) * c.kernel + ky) * c.kernel + kx]
              sum += Double(value) * Double(weight)
            }
          }
        }
        places.append((channel * height + row) * width + column)
        values.append(sum)
        largest = max(largest, abs(sum))
      }
    }
  }
}
