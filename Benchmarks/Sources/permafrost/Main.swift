import ArgumentParser
import Foundation

/// The entry point: runs a command and turns what went wrong into one line and an exit status that scripts can
/// rely on: 0 success, 2 bad arguments, 1 anything that failed later.
@main
enum Main {
  static func main() async {
    // libvips reports damaged pictures on standard error as well as to us; here the reason is in our own lines.
    unsafe setenv("VIPS_WARNING", "1", 1)
    do {
      var command = try Permafrost.parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      exit(report(error))
    }
  }

  private static func report(_ error: any Error) -> Int32 {
    switch Permafrost.exitCode(for: error) {
    case .success:
      print(Permafrost.fullMessage(for: error))  // --help, --version
      return 0
    case .validationFailure:
      writeError(Permafrost.fullMessage(for: error))
      return 2
    default:
      writeError("permafrost: \(oneLine(String(describing: error)))")
      return isBadArgument(error) ? 2 : 1
    }
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}

/// Writes a line to standard error.
func writeError(_ text: String) {
  FileHandle.standardError.write(Data((text + "\n").utf8))
}

struct Permafrost: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "permafrost",
    abstract: "Frozen networks, cached features, small heads.",
    discussion: """
      Run a frozen pretrained network once over your pictures, keep its activations on disk, and compare many
      small classifiers on them in seconds. Try `permafrost demo`.
      """,
    version: "0.1.0",
    subcommands: [
      Demo.self, Networks.self, Layers.self, PlanShards.self, Extract.self, Verify.self, CacheCommand.self,
      Export.self, Compare.self, Fit.self, Predict.self, Bench.self,
    ])
}
