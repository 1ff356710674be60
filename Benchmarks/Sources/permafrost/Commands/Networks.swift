import ArgumentParser
import Backbone

struct Networks: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the networks: name, parameters, multiply-adds, input size, taps worth using.",
    usage: "permafrost networks")

  func run() throws {
    print(tableLine("network", "parameters", "GFLOPs", "input", "taps worth using"))
    for architecture in Architecture.all {
      let graph = try architecture.graph()
      let flops = Double(2 * graph.nodes.reduce(0) { $0 + $1.multiplyAdds }) / 1e9
      print(
        tableLine(
          architecture.name, grouped(graph.parameterCount), formatted(flops, decimals: 2),
          "\(architecture.inputSize)", architecture.suggestedTaps.joined(separator: " ")))
    }
  }

  private func tableLine(
    _ name: String, _ parameters: String, _ flops: String, _ input: String, _ taps: String
  ) -> String {
    [padded(name, 16), padded(parameters, -12), padded(flops, -7), padded(input, -6), "  " + taps]
      .joined(separator: " ")
  }
}

/// Text in a column: left-aligned in a positive width, right-aligned in a negative one.
func padded(_ text: String, _ width: Int) -> String {
  let spaces = String(repeating: " ", count: max(0, abs(width) - text.count))
  return width > 0 ? text + spaces : spaces + text
}

/// Digits in groups of three: 11 689 512.
func grouped(_ number: Int) -> String {
  var groups: [String] = []
  var rest = Substring(String(number))
  while !rest.isEmpty {
    groups.insert(String(rest.suffix(3)), at: 0)
    rest = rest.dropLast(3)
  }
  return groups.joined(separator: " ")
}
