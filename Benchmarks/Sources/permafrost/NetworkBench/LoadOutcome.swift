import Backbone
import Foundation

/// What it takes to load a network from its file, beside what reading the file takes at the least.
struct LoadOutcome {
  let facts: EngineFacts
  /// Of `sha256sum` on the weights file, the shorter of two; `nil` where there is no file.
  let hashSeconds: Double?

  init(_ architecture: Architecture, weights: String, _ settings: NetworkBenchmark.Settings) throws {
    var hashSeconds: Double?
    if !weights.hasPrefix("seed:") {
      for _ in 0..<2 {
        let start = ContinuousClock.now
        _ = try programOutput(["sha256sum", weights], failure: "sha256sum")
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        hashSeconds = min(seconds, hashSeconds ?? seconds)
      }
    }
    self.hashSeconds = hashSeconds
    guard let program = Bundle.main.executablePath else {
      throw CommandError.failed("the program cannot find itself")
    }
    let text = try programOutput(
      [
        program, "bench", "engine", "--network", architecture.name, "--weights", weights, "--batch",
        "\(settings.batch)", "--threads", "\(settings.threads)",
      ], failure: "\(architecture.name) in a process of its own")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    facts = try decoder.decode(EngineFacts.self, from: Data(text.utf8))
  }
}
