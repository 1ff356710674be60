import Backbone
import Tensors
import TestSupport
import Testing

/// Every named node of six networks with seeded weights, against torchvision in float64
/// (`Goldens/make_networks.py`). The numerical contract: no value differs by more than 1e-4 of the largest.
@Suite(.serialized) struct ParityTests {
  static let networks = ["alexnet", "vgg11_bn", "resnet18", "resnet50", "squeezenet1_1", "mobilenet_v2"]
  private static let tolerance = 1e-4

  @Test(arguments: networks)
  func everyNodeIsTorchvisions(name: String) throws {
    let network = try Network(.named(name), weights: .seed(0))
    let golden = try NodeGolden.read("network-\(name).json")
    #expect(golden.map(\.name) == network.graph.nodes.map(\.name))
    let plan = try network.plan(tapping: golden.map { Tap($0.name) })
    let outputs = try plan.run(NodeGolden.pictures(), threads: 2)
    for (node, output) in zip(golden, outputs) {
      let largest = node.largest * Self.tolerance
      let samples = node.positions(count: output.values.count).map { Double(output.values[$0]) }
      for (ours, theirs) in zip(samples, node.samples) {
        #expect(abs(ours - theirs) <= largest, "\(name) \(node.name)")
      }
      let values = output.values.map { Double($0) }
      let mean = values.reduce(0, +) / Double(values.count)
      let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let top = values.reduce(0) { max($0, abs($1)) }
      #expect(abs(mean - node.mean) <= largest, "mean of \(name) \(node.name)")
      #expect(abs(top - node.largest) <= largest, "largest of \(name) \(node.name)")
      #expect(abs(norm - node.norm) <= Self.tolerance * node.norm, "norm of \(name) \(node.name)")
    }
  }
}

/// A line of a `network-*.json`.
struct NodeGolden {
  let name: String
  let mean: Double
  let largest: Double
  let norm: Double
  let samples: [Double]

  static func read(_ file: String) throws -> [NodeGolden] {
    (try Goldens.json(file)["nodes"]?.array ?? []).map { line in
      let fields = line.array ?? []
      return NodeGolden(
        name: fields[0].string ?? "", mean: fields[3].number ?? .nan, largest: fields[4].number ?? .nan,
        norm: fields[5].number ?? .nan, samples: (fields[6].array ?? []).map { $0.number ?? .nan })
    }
  }

  /// The batch of two pictures that the script defines.
  static func pictures() throws -> Tensor {
    let key = splitMix64(1)
    let values = (0..<2 * 3 * 224 * 224).map { (i: Int) -> Float in
      let unit = Float(splitMix64(key &+ UInt64(i)) >> 40) * 0x1p-24
      return 4 * unit - 2
    }
    return try Tensor(shape: [2, 3, 224, 224], values: values)
  }

  /// Where in the batch's values the samples stand.
  func positions(count: Int) -> [Int] {
    let key = fnv1a64(name)
    return samples.indices.map { Int(splitMix64(key &+ UInt64($0)) % UInt64(count)) }
  }
}
