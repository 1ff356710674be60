import ArgumentParser

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reserved: side-by-side timing against other engines.",
    usage: "permafrost bench network|pipeline|cache|heads")

  @Argument(parsing: .allUnrecognized, help: "What to measure, and its options.")
  var arguments: [String] = []

  func run() throws {
    throw CommandError.reserved((["bench"] + arguments.prefix(1)).joined(separator: " "))
  }
}
