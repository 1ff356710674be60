import ArgumentParser
import Backbone
import Foundation

struct Layers: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List a network's nodes: name, operation, output shape, parameters, FLOPs.",
    discussion: """
      Every name can be tapped (`extract --layer NAME`), hooked, and is the prefix of its weights' names. A
      scope such as layer1 or features means its last node.

      Examples:
        permafrost layers --network resnet18
        permafrost layers --network mobilenet_v2 --plan
        permafrost layers --network alexnet --json
      """)

  @Option(help: "The network's name; `permafrost networks` lists them.")
  var network: String

  @Flag(help: "Show how each layer is computed when the last one is tapped.")
  var plan = false

  @Flag(help: "One JSON object a line on standard output.")
  var json = false

  private struct Line: Encodable {
    let name: String
    let operation: String
    let shape: [Int]
    let parameters: Int
    let flops: Int
    let algorithm: String?
  }

  func run() throws {
    let architecture = try Architecture.named(network)
    let graph = try architecture.graph()
    let algorithms = plan ? try architecture.algorithms() : [:]
    let lines = graph.nodes.map { node in
      Line(
        name: node.name, operation: node.operation.name, shape: node.shape.dimensions,
        parameters: node.parameterCount, flops: 2 * node.multiplyAdds, algorithm: algorithms[node.name])
    }
    if json {
      for line in lines { print(try encodedLine(line)) }
      return
    }
    let width = (lines.map(\.name.count).max() ?? 0) + 1
    var header = [padded("layer", width), padded("operation", 20), padded("shape", 13)]
    header += [padded("parameters", -12), padded("MFLOPs", -10)]
    print((header + (plan ? ["  computed by"] : [])).joined(separator: " "))
    for line in lines {
      let shape = line.shape.map(String.init).joined(separator: "x")
      var cells = [padded(line.name, width), padded(line.operation, 20), padded(shape, 13)]
      cells.append(padded(line.parameters == 0 ? "" : grouped(line.parameters), -12))
      cells.append(padded(line.flops == 0 ? "" : formatted(Double(line.flops) / 1e6, decimals: 1), -10))
      if let algorithm = line.algorithm { cells.append("  " + algorithm) }
      print(cells.joined(separator: " ").trimmingCharacters(in: .whitespaces))
    }
  }
}
