import Backbone
import CPermafrostKernels
import Tensors
import Testing

/// Every instruction set that this machine has, against sums in float64 and against one another.
@Suite struct KernelTableTests {
  static let tables = [PF_ISA_PORTABLE, PF_ISA_AVX2, PF_ISA_AVX512, PF_ISA_NEON].filter {
    pf_isa_supported($0)
  }

  private struct Settings {
    var channels, kernel, stride, padding, dilation, groups: Int
  }

  /// A convolution of random shape, from a case's number.
  private struct Case {
    let channels: Int
    let side: Int
    let settings: Settings

    init(_ number: Int) {
      var state = UInt64(number) &* 0x1234_5678_9ABC_DEF1
      func pick(_ range: ClosedRange<Int>) -> Int {
        state &+= 1
        return range.lowerBound + Int(splitMix64(splitMix64(state)) % UInt64(range.count))
      }
      let groups = [1, 1, 1, 2, 5].randomElement(by: pick)
      let depthwise = number % 4 == 3
      channels = depthwise ? pick(1...70) : groups * pick(1...12)
      let kernel = pick(1...5)
      let dilation = pick(1...2)
      side = dilation * (kernel - 1) + pick(1...14)
      settings = Settings(
        channels: depthwise ? channels : groups * pick(1...40), kernel: kernel, stride: pick(1...3),
        padding: pick(0...kernel / 2), dilation: dilation, groups: depthwise ? channels : groups)
    }

    var architecture: Architecture {
      let (channels, settings) = (channels, settings)
      return Architecture("case", inputSize: side) { g in
        let x = g.input(channels: channels)
        let y = g.convolution(
          "conv", x, to: settings.channels, kernel: settings.kernel, stride: settings.stride,
          padding: settings.padding, dilation: settings.dilation, groups: settings.groups, bias: true)
        _ = g.relu(y)
      }
    }
  }

  @Test(arguments: 0..<80)
  func convolutionsAreTheSumsTheyShouldBe(number: Int) throws {
    let test = Case(number)
    let seed = SeededWeights(seed: UInt64(number))
    let preprocessing = try Preprocessing(
      resizing: .none, crop: PictureSize(width: test.side, height: test.side), mean: [0, 0, 0],
      standardDeviation: [1, 1, 1])
    let network = try Network(test.architecture, weights: .seed(seed.seed), preprocessing: preprocessing)
    let conv = network.graph.nodes[1]
    let pictures = try Self.pictures([2, test.channels, test.side, test.side])
    let weights = try seed.floats("conv.weight", shape: conv.parameters[0].shape)
    let bias = try seed.floats("conv.bias", shape: conv.parameters[1].shape)
    let expected = Self.reference(pictures, weights, bias, test.settings, conv.shape)
    let largest = expected.reduce(0) { max($0, abs($1)) }
    for isa in Self.tables {
      let plan = try network.plan(tapping: ["conv", "relu"], isa: isa)
      let outputs = try plan.run(pictures, threads: 2)
      for (ours, theirs) in zip(outputs[0].values, expected) {
        #expect(abs(Double(ours) - theirs) <= 1e-5 * largest, "\(test) \(isa)")
      }
      #expect(outputs[1].values == outputs[0].values.map { max($0, 0) })
    }
  }

  @Test(arguments: [0, 1])
  func everyOperationAgreesBetweenTables(number: Int) throws {
    let network = try TinyNetwork.network(TinyNetwork.architectures[number])
    let pictures = try TinyNetwork.pictures(0..<3)
    let taps = network.graph.nodes.map { Tap($0.name) }
    let portable = try network.plan(tapping: taps, isa: PF_ISA_PORTABLE).run(pictures)
    for isa in Self.tables {
      let outputs = try network.plan(tapping: taps, isa: isa).run(pictures)
      for (tap, (a, b)) in zip(taps, zip(outputs, portable)) {
        let largest = b.values.map(abs).max() ?? 0
        for (x, y) in zip(a.values, b.values) { #expect(abs(x - y) <= 1e-5 * largest, "\(tap) \(isa)") }
      }
    }
  }

  /// Values in -1..<1.
  private static func pictures(_ shape: [Int]) throws -> Tensor {
    let count = shape.reduce(1, *)
    let values = (0..<count).map { (i: Int) -> Float in
      2 * Float(splitMix64(UInt64(i)) >> 40) * 0x1p-24 - 1
    }
    return try Tensor(shape: shape, values: values)
  }

  /// The definition, summed in float64: [pictures, channels, height, width].
  private static func reference(
    _ x: Tensor, _ weights: [Float], _ bias: [Float], _ s: Settings, _ shape: FeatureShape
  ) -> [Double] {
    let (channels, height, width) = (x.shape[1], x.shape[2], x.shape[3])
    let inputs = channels / s.groups
    var output: [Double] = []
    for picture in 0..<x.shape[0] {
      for o in 0..<s.channels {
        let first = o / (s.channels / s.groups) * inputs
        for row in 0..<shape.height {
          for column in 0..<shape.width {
            var sum = Double(bias[o])
            for i in 0..<inputs {
              for ky in 0..<s.kernel {
                for kx in 0..<s.kernel {
                  let y = row * s.stride - s.padding + ky * s.dilation
                  let z = column * s.stride - s.padding + kx * s.dilation
                  guard (0..<height).contains(y), (0..<width).contains(z) else { continue }
                  let value = x.values[((picture * channels + first + i) * height + y) * width + z]
                  sum += Double(value) * Double(weights[((o * inputs + i) * s.kernel + ky) * s.kernel + kx])
                }
              }
            }
            output.append(sum)
          }
        }
      }
    }
    return output
  }
}

extension [Int] {
  fileprivate func randomElement(by pick: (ClosedRange<Int>) -> Int) -> Int { self[pick(0...count - 1)] }
}
