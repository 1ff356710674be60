import ArgumentParser
import Backbone
import Foundation

/// Which network, with which weights.
struct NetworkOptions: ParsableArguments {
  @Option(help: "The network's name; `permafrost networks` lists them.")
  var network: String

  @Option(help: "A weights file (.safetensors, .pth), or seed:N for random ones.")
  var weights: String

  @Flag(help: "Accept a file that lacks weights of layers beyond the tapped ones.")
  var partial = false

  @Option(help: "Reserved.")
  var preprocess: String?

  func load() throws -> Network {
    if preprocess != nil { throw CommandError.reserved("--preprocess") }
    if weights == "pretrained" { throw CommandError.reserved("--weights pretrained") }
    return try Network(
      .named(network), weights: WeightSource(weights), policy: partial ? .partial : .strict)
  }
}

/// How much of the machine to use.
struct ComputeOptions: ParsableArguments {
  @Option(help: "Pictures computed together.")
  var batch = 16

  @Option(help: "Threads that decode and compute; all cores by default.")
  var threads = ProcessInfo.processInfo.activeProcessorCount
}

extension Preprocessing {
  /// One line for people.
  var summary: String {
    fields.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}
