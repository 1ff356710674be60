import Backbone
import Tensors

/// The files that `Goldens/make_networks.py` wrote.
enum Goldens {
  struct Names {
    var nodes: [(name: String, shape: [Int])]
    var weights: [ParameterSpec]
    var parameterCount: Int
  }

  /// Nodes and weights of every network, by its name.
  static func names() throws -> [String: Names] {
    let path = "\(CheckpointGoldens.directory)/names.json"
    let json = try JSONParser.parse(FileBytes.read(path, limit: 1 << 24))
    var all: [String: Names] = [:]
    for network in json.object ?? [] {
      let nodes = (network.value["nodes"]?.array ?? []).map { node in
        (node.array?[0].string ?? "", integers(node.array?[2]))
      }
      let weights = (network.value["weights"]?.array ?? []).map { weight in
        ParameterSpec(name: weight.array?[0].string ?? "", shape: integers(weight.array?[1]))
      }
      all[network.name] = Names(
        nodes: nodes, weights: weights, parameterCount: network.value["parameters"]?.integer ?? 0)
    }
    return all
  }

  static func integers(_ value: JSONValue?) -> [Int] { (value?.array ?? []).compactMap(\.integer) }
}
