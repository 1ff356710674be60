import ArgumentParser
import Backbone
import FeatureCache
import Foundation
import Heads
import Report
import ShipPictures

struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The whole path on built-in pictures with a built-in network; needs no network access.",
    discussion: """
      Draws 750 pictures of five classes of ships, runs a small network over them that was trained on other
      things, caches the features, fits three heads and writes a report. As controls, the same heads on the
      same network with random weights, and on raw pixels.

      Example:
        permafrost demo --output demo
      """)

  @Option(help: "The folder to write to.")
  var output = "permafrost-demo"

  @Flag(help: "Only the table.")
  var quiet = false

  /// A set of features and the heads fitted on it.
  private struct Group {
    let name: String
    let data: ColumnData
    let split: DataSplit
    let outcomes: [HeadComparison.Outcome]

    /// The head with the most right.
    var best: Evaluation? { outcomes.map(\.evaluation).max { $0.accuracy < $1.accuracy } }
  }

  func run() async throws {
    let start = ContinuousClock.now
    let pictures = output + "/pictures"
    say("drawing 750 ships into \(pictures)")
    try await ShipFiles(folder: pictures).write()
    let dataSet = try DataSet.folder(pictures)
    let network = try Demonet.trained()
    let taps: [Tap] = ["avgpool", "input"]
    let trained = try await store(network, dataSet, taps, "trained network")
    let random = try await store(Demonet.random(), dataSet, ["avgpool"], "random weights")
    let groups = [
      try await group("trained network", trained, "avgpool"),
      try await group("random weights", random, "avgpool"),
      try await group("raw pixels", trained, "input"),
    ]
    let report = try summary(groups)
    try report.write(to: output)
    print(report.text())
    print(verdict(groups))
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    print("\(output)/report.html, after \(formatted(seconds, decimals: 1)) s in all")
  }

  private func say(_ text: String) {
    if !quiet { writeError(text) }
  }

  private func store(
    _ network: Network, _ dataSet: DataSet, _ taps: [Tap], _ name: String
  ) async throws -> FeatureStore {
    let root = output + "/cache-" + name.replacingOccurrences(of: " ", with: "-")
    let extractor = try Extractor(network, taps: taps, threads: ProcessInfo.processInfo.activeProcessorCount)
    let progress = ProgressLine("\(name): pictures", quiet: quiet)
    let report = try await FeatureStore.precompute(
      dataSet, with: extractor, into: root,
      progress: { progress.update($0.done, of: $0.total) })
    say(
      "\(name): \(report.computed) pictures computed, \(report.reused) reused, in "
        + "\(formatted(report.seconds, decimals: 2)) s")
    return try FeatureStore(root)
  }

  private func group(_ name: String, _ store: FeatureStore, _ column: String) async throws -> Group {
    let data = try ColumnData([store], columns: [column])
    let split = try data.parts("column", seed: 0)
    let comparison = HeadComparison(
      kinds: [.logistic, .mlp, .svm], seed: 0, threads: ProcessInfo.processInfo.activeProcessorCount)
    let outcomes = try await comparison.run(data.columns, split) { say("\(name): \($0)") }
    return Group(name: name, data: data, split: split, outcomes: outcomes)
  }

  private func summary(_ groups: [Group]) throws -> ComparisonReport {
    let main = groups[0]
    var report = try ComparisonResults(main.data, main.split, main.outcomes)
      .report(title: "Five classes of ships")
    report.groupName = main.name
    report.controls = try groups.dropFirst().map { group in
      HeadGroup(name: group.name, heads: try group.outcomes.map { try HeadResult($0) })
    }
    report.notes = [
      "The pictures are drawn by the program. The network was trained on 84 classes of drawn shapes, "
        + "textures and scenes; no ship was among them."
    ]
    return report
  }

  /// By how much the trained network leads, and whether chance could explain it.
  private func verdict(_ groups: [Group]) -> String {
    guard let trained = groups[0].best else { return "" }
    return groups.dropFirst().map { control in
      guard let best = control.best else { return "" }
      let lead = formatted(100 * (trained.accuracy - best.accuracy), decimals: 1)
      let apart = trained.interval.low > best.interval.high
      return "The trained network leads \(control.name) by \(lead) points; the 95 % intervals "
        + (apart ? "do not overlap." : "overlap.")
    }.joined(separator: "\n")
  }
}
