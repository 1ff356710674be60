import ArgumentParser

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Timing, side by side with other engines.",
    subcommands: [
      BenchNetwork.self, BenchEngine.self, BenchPipeline.self, BenchCache.self, BenchHeads.self,
    ])
}

struct BenchPipeline: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "pipeline", abstract: "Reserved.")

  @Argument(parsing: .allUnrecognized)
  var arguments: [String] = []

  func run() throws { throw CommandError.reserved("bench pipeline") }
}
