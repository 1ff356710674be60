import Backbone
import Foundation
import Tensors

/// The files that `Goldens/make_networks.py` wrote.
enum Goldens {
  struct Names {
    var nodes: [(name: String, shape: [Int])]
    var weights: [ParameterSpec]
    var parameterCount: Int
  }

  static func path(_ file: String) throws -> String {
    let url = Bundle.module.url(forResource: "Goldens/" + file, withExtension: nil)
    guard let url else { throw BackboneError(.io, "no golden is named \(file)") }
    return url.path
  }

  static func json(_ file: String) throws -> JSONValue {
    try JSONParser.parse(FileBytes.read(path(file), limit: 1 << 24))
  }

  /// Nodes and weights of every network, by its name.
  static func names() throws -> [String: Names] {
    var all: [String: Names] = [:]
    for network in try json("names.json").object ?? [] {
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
