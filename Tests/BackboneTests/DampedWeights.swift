import Backbone
import Tensors

/// The weights of the goldens: `seed:0`, but for a network whose residual branches are damped so that its gates
/// are no steps; see DAMPED in Goldens/make_networks.py.
enum DampedWeights {
  private static func isDamped(_ weight: String, in network: String) -> Bool {
    switch network {
    case "efficientnet_b3": weight.hasSuffix(".block.3.1.weight") && !weight.contains(".0.block.")
    case "regnet_y_16gf": weight.hasSuffix(".f.c.1.weight")
    default: false
    }
  }

  static func source(_ network: Architecture) throws -> WeightSource {
    let parameters = try network.graph().parameters
    guard parameters.contains(where: { isDamped($0.name, in: network.name) }) else { return .seed(0) }
    let seeded = SeededWeights(seed: 0)
    let items = try parameters.map { parameter in
      let values = try seeded.floats(parameter.name, shape: parameter.shape)
      let damped = isDamped(parameter.name, in: network.name)
      return SafetensorsWriter.Item(
        parameter.name, shape: parameter.shape, damped ? values.map { $0 * 0.25 } : values)
    }
    let file = FileBytes(copying: try SafetensorsWriter.file(items), name: network.name)
    return .checkpoint(try Checkpoint(file))
  }
}
