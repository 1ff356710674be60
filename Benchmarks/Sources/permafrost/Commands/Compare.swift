import ArgumentParser
import FeatureCache
import Foundation
import Heads
import Report

struct Compare: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fit several heads on cached features and say which are better, and how sure that is.",
    discussion: """
      Features are standardised by the training rows. Logistic regression, SVM and ridge choose C from 1e-5 to
      1e2 on the validation part, else by stratified 5-fold cross-validation; the test part is looked at once.
      Nearest neighbours (knn) choose k from 1 to 200 in the same way; they vote by the cosine of the features as
      they are, nearer ones counting more. --split column takes the data set's own parts, and is the default where
      it has them.

      With several caches of the same pictures the layers of all networks are compared on the pictures that all
      caches have. --report DIR writes report.html, which is complete in itself, report.json, report.md and the
      figures as SVG and PNG.

      Examples:
        permafrost compare --cache photos.cache
        permafrost compare --cache resnet18.cache --cache mobilenet.cache --learning-curve --report report
        permafrost compare --cache photos.cache --layer features:average --heads logistic,svm \\
          --split 0.8/0.1/0.1 --seed 7 --report report
      """)

  @Option(name: .customLong("cache"), help: "A cache's folder; may be given again for other networks.")
  var caches: [String]

  @Option(name: .customLong("layer"), help: "A column, as L or L:POOL; may be given again. All by default.")
  var layers: [String] = []

  @Option(
    help: "Which heads, of logistic, mlp, svm, svm-hinge, softmax, ridge, lda, class-mean and knn; or all.")
  var heads = "logistic,mlp,svm"

  @Option(help: "train=N, TRAIN/VALIDATION/TEST as shares, or column.")
  var split: String?

  @Option(help: "Decides the random split, folds and training.")
  var seed: UInt64 = 0

  @Option(help: "What C and k are chosen by: accuracy, balancedAccuracy or logLoss.")
  var select = "accuracy"

  @Flag(help: "Fit the chosen heads again on training and validation part together.")
  var refit = false

  @Option(help: "Accuracies that surely differ by less than so many points are called equal.")
  var margin = 1.0

  @Flag(help: "Also fit the heads to fewer training rows, on the layer that was best in choosing C.")
  var learningCurve = false

  @Option(help: "How often each size of the learning curve is drawn.")
  var draws = 3

  @Option(help: "Threads of the solvers; all cores by default.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "Write report.html, report.json, report.md and figures to this folder.")
  var report: String?

  @Option(help: "Write the results as JSON to this file; - is standard output.")
  var json: String?

  @Flag(help: "No progress, no table.")
  var quiet = false

  func run() async throws {
    guard let criterion = RegularizationSearch.Criterion(rawValue: select) else {
      let known = RegularizationSearch.Criterion.allCases.map(\.rawValue).joined(separator: ", ")
      throw CommandError.arguments("--select \(select) is none of \(known)")
    }
    guard (1...1024).contains(threads) else { throw CommandError.arguments("--threads is not in 1...1024") }
    guard margin > 0, margin < 100 else { throw CommandError.arguments("--margin is not between 0 and 100") }
    guard (1...1000).contains(draws) else { throw CommandError.arguments("--draws is not in 1...1000") }
    let comparison = HeadComparison(
      kinds: try HeadKind.list(heads), seed: seed, threads: threads, refits: refit, criterion: criterion)
    let data = try ColumnData(caches.map { try FeatureStore($0) }, columns: layers)
    let split = try data.parts(split, seed: seed)
    let progress = { (what: String) in if !quiet { writeError(what) } }
    let outcomes = try await comparison.run(data.columns, split, progress: progress)
    var results = ComparisonResults(data, split, outcomes, margin: margin / 100)
    if learningCurve {
      results.learning = try await LearningCurves.measure(
        outcomes, split, draws: draws, comparison, progress: progress)
    }
    if let json { try writeJSON(ComparisonJSON(results), to: json) }
    let names = caches.map { URL(fileURLWithPath: $0).lastPathComponent }
    let summary = try results.report(title: "Heads on \(names.joined(separator: ", "))")
    if !quiet && json != "-" { print(summary.text()) }
    if let report { try summary.write(to: report, json: encodedDocument(ComparisonJSON(results))) }
  }
}
