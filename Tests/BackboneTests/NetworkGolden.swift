import Backbone
import Testing

/// What each node of a network computes in torchvision, with `seed:0` weights (see DampedWeights) and a fixed batch of two
/// pictures; written and explained by Goldens/make_networks.py.
struct NetworkGolden {
  struct Node {
    let name: String
    let kind: String
    /// Without the batch.
    let shape: [Int]
    /// What PyTorch's float32 loses here, relative to the largest absolute value.
    let error: Double
    let mean: Double
    let largest: Double
    let norm: Double
    let samples: [Float]

    /// The elements of the whole batch that are the samples.
    var places: [Int] {
      let count = UInt64(2 * shape.reduce(1, *))
      return samples.indices.map { Int(splitMix64(fnv1a64(name) &+ UInt64($0)) % count) }
    }
  }

  /// In the order of execution.
  let nodes: [Node]

  static let networks = [
    "alexnet", "vgg11_bn", "resnet18", "resnet50", "squeezenet1_1", "mobilenet_v2", "efficientnet_b0",
    "efficientnet_b3", "regnet_y_16gf", "vit_b_16",
  ]

  init(_ network: String) throws {
    let path = "\(CheckpointGoldens.directory)/network-\(network).json"
    let rows = try #require(JSONParser.parse(FileBytes.read(path, limit: 1 << 20)).array)
    nodes = try rows.map { row in
      let fields = try #require(row.array)
      let figures = fields[3...6].compactMap(\.number)
      return Node(
        name: try #require(fields[0].string), kind: try #require(fields[1].string),
        shape: try #require(fields[2].array).compactMap(\.integer),
        error: figures[0], mean: figures[1], largest: figures[2], norm: figures[3],
        samples: try #require(fields[7].array).compactMap(\.number).map { Float($0) })
    }
  }

  /// The batch, [2, 3, 224, 224].
  static func pictures() throws -> Tensor {
    let key = splitMix64(1)
    let values = (0..<UInt64(2 * 3 * 224 * 224)).map { index in
      Float(splitMix64(key &+ index) >> 40) * 0x1p-24 * 4 - 2
    }
    return try Tensor(shape: [2, 3, 224, 224], values: values)
  }
}

@Suite struct NetworkGoldenTests {
  /// The batch and the places of samples are those that the script used.
  @Test(arguments: NetworkGolden.networks)
  func inputIsReproduced(network: String) throws {
    let input = try #require(NetworkGolden(network).nodes.first)
    let values = try NetworkGolden.pictures().values
    #expect(input.name == "input" && input.shape == [3, 224, 224])
    #expect(input.places.map { values[$0] } == input.samples)
    let sum = values.reduce(0) { $0 + Double($1) }
    #expect(abs(sum / Double(values.count) - input.mean) < 1e-11)
    let squares = values.reduce(0) { $0 + Double($1) * Double($1) }
    #expect(abs(squares.squareRoot() / input.norm - 1) < 1e-8)
  }

  /// Both files of goldens name the same nodes.
  @Test(arguments: NetworkGolden.networks)
  func nodesAreThoseOfTheNames(network: String) throws {
    let path = "\(CheckpointGoldens.directory)/names.json"
    let names = try JSONParser.parse(FileBytes.read(path, limit: 1 << 24))
    let rows = try #require(names[network]?["nodes"]?.array).compactMap(\.array)
    let nodes = try NetworkGolden(network).nodes
    #expect(rows.map { $0[0].string } == nodes.map(\.name))
    #expect(rows.map { $0[2].array?.compactMap(\.integer) } == nodes.map(\.shape))
  }
}
