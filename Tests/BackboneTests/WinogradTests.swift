import Backbone
import CPermafrostKernels
import Tensors
import Testing

/// Winograd's method in all its forms on small pictures: every kind of tile, borders, groups, pools, residuals.
@Suite struct WinogradTests {
  static let side = 28

  /// Every scheme of the cost table, with what can be fused to it.
  static let architecture = Architecture("winograd", inputSize: side) { g in
    var x = g.input(channels: 16)
    x = g.relu("relu0", g.convolution("conv0", x, to: 32, kernel: 1))
    let shortcut = x
    x = g.relu("relu1", g.batchNorm("bn1", g.convolution("conv1", x, to: 32, kernel: 3, padding: 1)))
    x = g.relu("relu2", g.add(g.convolution("conv2", x, to: 32, kernel: 3, padding: 1), shortcut))
    x = g.relu("relu3", g.convolution("conv3", x, to: 64, kernel: 3, padding: 1, bias: true))
    x = g.maxPool("pool3", x, kernel: 2, stride: 2)  // [64, 14, 14]
    x = g.relu6("relu4", g.convolution("conv4", x, to: 32, kernel: 5, padding: 2, bias: true))
    x = g.relu("relu5", g.convolution("conv5", x, to: 64, kernel: 3, padding: 1, groups: 1))
    x = g.convolution("conv6", x, to: 128, kernel: 3, padding: 0, groups: 2)  // [128, 12, 12]
    _ = g.adaptiveAveragePool("avgpool", x)
  }

  static func network(_ architecture: Architecture = architecture) throws -> Network {
    let preprocessing = try Preprocessing(
      resizing: .none, crop: PictureSize(width: architecture.inputSize, height: architecture.inputSize),
      mean: [0, 0, 0], standardDeviation: [1, 1, 1])
    return try Network(architecture, weights: .seed(11), preprocessing: preprocessing)
  }

  /// Values in -1..<1 by number: picture i is the same whatever the batch.
  static func pictures(_ numbers: Range<Int>, channels: Int = 16, side: Int = side) throws -> Tensor {
    let count = channels * side * side
    let values = numbers.flatMap { picture in
      (0..<count).map { (i: Int) -> Float in
        Float(splitMix64(UInt64(picture * count + i)) >> 40) * 0x1p-23 - 1
      }
    }
    return try Tensor(shape: [numbers.count, channels, side, side], values: values)
  }

  @Test func theTableChoosesWinograd() throws {
    let graph = try Self.architecture.graph()
    let algorithms = try Self.architecture.algorithms()
    #expect(algorithms["conv1"]?.hasPrefix("Winograd") == true)
    #expect(algorithms["conv4"] == "Winograd F(4x4, 5x5)")
    #expect(algorithms["pool3"] == "fused into conv3")
    #expect(algorithms["conv6"]?.hasPrefix("Winograd") == true)
    #expect(graph.nodes.count == algorithms.count)
  }

  @Test func batchPositionAndThreadsChangeNoBit() throws {
    let network = try Self.network()
    let plan = try network.plan(tapping: ["avgpool", "pool3", "relu2"])
    let reference = try (0..<17).map { try plan.run(Self.pictures($0..<$0 + 1)) }
    for batch in [1, 3, 16, 17] {
      for threads in [1, 2, 3] {
        let outputs = try plan.run(Self.pictures(0..<batch), threads: threads)
        for (index, output) in outputs.enumerated() {
          let alone = reference[0..<batch].flatMap { $0[index].values.map(\.bitPattern) }
          let isSame = output.values.map(\.bitPattern) == alone
          #expect(isSame, "tap \(index) \(batch) \(threads)")
        }
      }
    }
  }

  @Test func tapsAndHooksChangeNoBit() throws {
    let network = try Self.network()
    let pictures = try Self.pictures(0..<3)
    let deepest = try network.plan(tapping: ["avgpool"]).run(pictures)[0]
    let alone = try network.plan(tapping: ["pool3"]).run(pictures)[0]
    for node in network.graph.nodes where node.name != "avgpool" {
      let outputs = try network.plan(tapping: ["avgpool", Tap(node.name)]).run(pictures)
      let isSame = outputs[0] == deepest
      #expect(isSame, "\(node.name)")
      if node.name == "pool3" { #expect(outputs[1] == alone) }
    }
    let both = try network.plan(tapping: ["relu3", "pool3"]).run(pictures)
    #expect(both[1] == alone)
    var hooks = HookSet()
    for node in network.graph.nodes.dropFirst() { hooks.add(after: node.name) { _ in } }
    #expect(try network.plan(tapping: ["avgpool"], hooks: hooks).run(pictures, threads: 2)[0] == deepest)
  }

  @Test func everyTableGivesTheSumsOfTheDefinition() throws {
    let network = try Self.network()
    let pictures = try Self.pictures(0..<2)
    let taps = network.graph.nodes.map { Tap($0.name) }
    let plain = try network.plan(
      tapping: taps, isa: PF_ISA_PORTABLE, algorithms: .forced(.implicitProduct)
    ).run(pictures)
    for isa in KernelTableTests.tables {
      let outputs = try network.plan(tapping: taps, isa: isa).run(pictures, threads: 2)
      for (tap, (a, b)) in zip(taps, zip(outputs, plain)) {
        let largest = b.values.map(abs).max() ?? 0
        let error = zip(a.values, b.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
        #expect(error <= 2e-5 * largest, "\(tap.layer) \(isa)")
      }
    }
  }

  /// Sizes that no tile divides, and pictures smaller than a tile.
  @Test(arguments: [1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 13, 17, 22, 25])
  func everySizeIsCovered(side: Int) throws {
    for (kernel, tiles) in [(3, ConvolutionAlgorithm.Tiles.sixAndFour), (3, .fourAndThree), (5, .fourByFive)]
    {
      let architecture = Architecture("size", inputSize: side) { g in
        let x = g.input(channels: 16)
        let y = g.convolution("conv", x, to: 48, kernel: kernel, padding: kernel / 2, bias: true)
        _ = g.add(y, g.convolution("side", x, to: 48, kernel: 1))
      }
      let network = try Self.network(architecture)
      let pictures = try Self.pictures(0..<2, side: side)
      let plain = try network.plan(
        tapping: ["add"], isa: pf_isa_best(), algorithms: .forced(.implicitProduct)
      ).run(pictures)[0]
      let largest = plain.values.map(abs).max() ?? 0
      for isa in KernelTableTests.tables {
        let plan = try network.plan(tapping: ["add"], isa: isa, algorithms: .forced(.winograd(tiles)))
        let output = try plan.run(pictures, threads: 2)[0]
        let error = zip(output.values, plain.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
        #expect(error <= 2e-5 * largest, "\(tiles) \(isa)")
      }
    }
  }
}
