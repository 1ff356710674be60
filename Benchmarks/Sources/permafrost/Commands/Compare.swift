import ArgumentParser
import FeatureCache
import Foundation
import Heads
import Report

struct Compare: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fit several heads on cached features and say which are better, and how sure that is.",
    discussion: """
      Features are standardised by the training rows. Logistic regression and SVM choose C from 1e-5 to 1e2 on
      the validation part, else by stratified 5-fold cross-validation; the test part is looked at once.
      --split column takes the data set's own parts, and is the default where it has them.

      Examples:
        permafrost compare --cache photos.cache
        permafrost compare --cache photos.cache --layer features:average --heads logistic,svm \\
          --split 0.8/0.1/0.1 --seed 7 --report report
      """)

  @Option(help: "The cache's folder.")
  var cache: String

  @Option(name: .customLong("layer"), help: "A column, as L or L:POOL; may be given again. All by default.")
  var layers: [String] = []

  @Option(help: "Which heads, of logistic, mlp, svm, svm-hinge, softmax.")
  var heads = "logistic,mlp,svm"

  @Option(help: "train=N, TRAIN/VALIDATION/TEST as shares, or column.")
  var split: String?

  @Option(help: "Decides the random split, folds and training.")
  var seed: UInt64 = 0

  @Option(help: "What C is chosen by: accuracy, balancedAccuracy or logLoss.")
  var select = "accuracy"

  @Flag(help: "Fit the chosen heads again on training and validation part together.")
  var refit = false

  @Option(help: "Threads of the solvers; all cores by default.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "Write report.html and figures to this folder.")
  var report: String?

  @Option(help: "Write the results as JSON to this file; - is standard output.")
  var json: String?

  @Flag(help: "No progress, no table.")
  var quiet = false

  func run() async throws {
    guard let criterion = RegularizationSearch.Criterion(rawValue: select) else {
      throw CommandError.arguments("--select \(select) is none of accuracy, balancedAccuracy, logLoss")
    }
    guard (1...1024).contains(threads) else { throw CommandError.arguments("--threads is not in 1...1024") }
    let comparison = HeadComparison(
      kinds: try HeadKind.list(heads), seed: seed, threads: threads, refits: refit, criterion: criterion)
    let data = try ColumnData(FeatureStore(cache), columns: layers)
    let split = try data.parts(split, seed: seed)
    let outcomes = try await comparison.run(data.columns, split) { if !quiet { writeError($0) } }
    let labels = data.columns.first?.data.labels ?? []
    let pairs = HeadComparison.pairs(outcomes, labels: split.test.map { labels[$0] })
    if let json {
      try writeJSON(ComparisonJSON(classes: data.classes, split: split, outcomes, pairs), to: json)
    }
    let summary = try ComparisonReport.of(outcomes, pairs, data, split, title: "Heads on \(cacheName)")
    if !quiet && json != "-" { print(summary.text()) }
    if let report { try summary.write(to: report) }
  }

  private var cacheName: String { URL(fileURLWithPath: cache).lastPathComponent }
}

extension ComparisonReport {
  /// A comparison of heads as a report, with example pictures where those can still be read.
  static func of(
    _ outcomes: [HeadComparison.Outcome], _ pairs: [HeadComparison.Pair], _ data: ColumnData,
    _ split: DataSplit, title: String
  ) throws -> ComparisonReport {
    let identity = data.store.identity
    let best = outcomes.max { $0.evaluation.accuracy < $1.evaluation.accuracy }
    return ComparisonReport(
      title: title, data: DataSetFacts(data, split, name: data.store.root),
      groupName: identity.extractor.network, heads: outcomes.map { HeadResult($0) },
      pairs: pairs.map { HeadPair($0) },
      examples: try best.map { try ExamplePrediction.some($0, data, split) } ?? [],
      provenance: [
        Fact("network", identity.extractor.network), Fact("weights", identity.extractor.weights),
        Fact("stored as", identity.storage.rawValue), Fact("cache", data.store.id),
      ] + identity.extractor.preprocessing.sorted { $0.key < $1.key }.map { Fact($0.key, $0.value) })
  }

  /// Writes `report.html` and the figures into a folder, which is made where it is missing.
  func write(to folder: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw CommandError.failed("cannot make the folder \(folder): \(error.localizedDescription)")
    }
    let files = [
      ("report.html", html()), ("accuracy.svg", accuracySVG()), ("recall.svg", recallSVG()),
      ("significance.svg", significanceSVG()), ("report.txt", text() + "\n"),
    ]
    for (name, text) in files { try writeFile(Data(text.utf8), to: folder + "/" + name) }
  }
}
