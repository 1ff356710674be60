import Backbone
import CPermafrostKernels
import Tensors
import Testing

/// Squeeze-and-excitation between a depthwise convolution and a projection: its average comes out of the one and its
/// scaling goes into the other, where nobody looks. Neither changes a bit.
@Suite struct SqueezeTests {
  struct Block: CustomTestStringConvertible {
    let side, inputs, hidden, outputs: Int
    /// Without an expansion in front of the depthwise convolution a pool by itself averages.
    var expands = true

    var testDescription: String { "\(self)" }

    var architecture: Architecture {
      Architecture("squeeze", inputSize: side) { g in
        let x = g.relu("stem", g.convolution("conv", g.input(channels: 16), to: inputs, kernel: 1))
        var y = x
        if expands { y = g.activation("silu", .silu, g.convolution("expand", x, to: hidden, kernel: 1)) }
        y = g.activation(
          "map", .silu,
          g.convolution("depthwise", y, to: y.channels, kernel: 3, padding: 1, groups: y.channels, bias: true)
        )
        let factors = g.convolution("fc", g.adaptiveAveragePool("avgpool", y), to: y.channels, kernel: 1)
        y = g.multiply(g.activation("sigmoid", .sigmoid, factors), y)
        y = g.batchNorm("bn", g.convolution("project", y, to: outputs, kernel: 1))
        if outputs == inputs { y = g.add(y, x) }
        _ = g.activation("last", .hardSwish, y)
      }
    }
  }

  /// Blocks of rows within a picture and over several; one to three blocks of the depth; channels that no vector
  /// divides.
  static let blocks = [
    Block(side: 30, inputs: 20, hidden: 70, outputs: 20),
    Block(side: 7, inputs: 33, hidden: 530, outputs: 33),
    Block(side: 12, inputs: 16, hidden: 96, outputs: 130),
    Block(side: 3, inputs: 24, hidden: 1200, outputs: 50),
    Block(side: 20, inputs: 37, hidden: 37, outputs: 9, expands: false),
  ]

  @Test(arguments: KernelTableTests.tables, blocks)
  func fusedIsOneAfterTheOther(isa: pf_isa, block: Block) throws {
    let network = try WinogradTests.network(block.architecture)
    let pictures = try WinogradTests.pictures(0..<5, side: block.side)
    let apart = try network.plan(tapping: network.graph.nodes.map { Tap($0.name) }, isa: isa).run(pictures)
    let taps = Array(network.graph.nodes.indices.suffix(2)) + [try network.graph.node(named: "avgpool")]
    for threads in [1, 2, 3] {
      for index in taps {
        let fused = try network.plan(tapping: [Tap(network.graph.nodes[index].name)], isa: isa)
          .run(pictures, threads: threads)
        let (a, b) = (fused[0].values.map(\.bitPattern), apart[index].values.map(\.bitPattern))
        // Compared as a whole, since a list of the differences would have no end.
        let agrees = a == b && !a.isEmpty
        #expect(agrees, "\(network.graph.nodes[index].name) \(threads)")
      }
    }
  }

  @Test func bothAreFused() throws {
    let algorithms = try Self.blocks[0].architecture.algorithms()
    #expect(algorithms["avgpool"] == "from sums of lines that map leaves")
    #expect(algorithms["mul"] == "fused into project")
    #expect(algorithms["last"] == "fused into project")
    #expect(try Self.blocks[0].architecture.graph().nodes.count == algorithms.count)
  }
}
