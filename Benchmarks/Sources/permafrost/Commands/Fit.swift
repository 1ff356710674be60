import ArgumentParser
import FeatureCache
import Foundation
import Heads
import Report

struct Fit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fit one head on cached features and save it.",
    discussion: """
      Without --c, C is chosen as `compare` does. The head is fitted on the training part, with --refit on
      training and validation part together, with --all on every labelled row. --report DIR writes how it does
      on the test part; that is one look at it, so choose before, with `compare` or on the validation part.

      Examples:
        permafrost fit --cache photos.cache --layer features:average --head logistic --to head.safetensors
        permafrost fit --cache photos.cache --layer avgpool --head mlp --hidden 256,64 --epochs 80 \\
          --to head.safetensors --onnx head.onnx
      """)

  @Option(help: "The cache's folder.")
  var cache: String

  @Option(help: "The column, as L or L:POOL.")
  var layer: String

  @Option(help: "logistic, mlp, svm, svm-hinge, softmax, ridge, lda or class-mean.")
  var head: String

  @Option(help: "The file to write.")
  var to: String

  @Option(help: "Also write the head as an ONNX network, which takes feature rows, to this file.")
  var onnx: String?

  @Option(help: "Also write the coefficients as scikit-learn takes them, as JSON, to this file.")
  var coefficients: String?

  @Option(help: "The inverse penalty of logistic regression and SVM; chosen by default.")
  var c: Double?

  @Option(help: "Widths of an MLP's hidden layers, comma-separated.")
  var hidden = "128"

  @Option(help: "Epochs of an MLP at most.")
  var epochs = 60

  @Option(help: "Share of an MLP's hidden units left out in a training step.")
  var dropout = 0.5

  @Option(help: "Learning rate of an MLP.")
  var learningRate = 1e-3

  @Option(help: "train=N, TRAIN/VALIDATION/TEST as shares, or column.")
  var split: String?

  @Option(help: "Decides the random split, folds and training.")
  var seed: UInt64 = 0

  @Flag(help: "Fit on training and validation part together.")
  var refit = false

  @Flag(help: "Fit on every labelled row; needs --c for logistic and SVM.")
  var all = false

  @Option(help: "Threads of the solver; all cores by default.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "MiB in which training rows are kept; if they need more, they are read anew on every pass.")
  var rowMemory = 1024

  @Option(help: "Write report.html, report.json, report.md and figures to this folder.")
  var report: String?

  @Flag(help: "No summary.")
  var quiet = false

  func run() async throws {
    let kind = try HeadKind(named: head)
    guard kind != .knn else {
      throw CommandError.arguments("knn has no weights to save, but see compare --heads knn")
    }
    let widths = hidden.split(separator: ",").map { Int($0) }
    guard !widths.contains(nil) else {
      throw CommandError.arguments("--hidden \(hidden) is no list of widths")
    }
    guard (1...1024).contains(threads) else { throw CommandError.arguments("--threads is not in 1...1024") }
    guard (0...1 << 30).contains(rowMemory) else {
      throw CommandError.arguments("--row-memory \(rowMemory) is no number of MiB")
    }
    guard report == nil || !all else {
      throw CommandError.arguments("--report needs a test part, --all leaves none")
    }
    let store = try FeatureStore(cache)
    let data = try ColumnData([store], columns: [layer])
    guard let column = data.columns.first else { return }
    let features = column.data
    let comparison = HeadComparison(
      kinds: [kind], seed: seed, threads: threads, refits: refit,
      rowMemoryBudget: rowMemory << 20,
      perceptron: PerceptronSettings(
        hidden: widths.compactMap { $0 }, epochs: epochs, dropout: dropout, learningRate: learningRate))
    let split = all ? nil : try data.parts(split, seed: seed)
    let training = split.map { features.selecting($0.training) } ?? features
    let validation = split.flatMap { $0.validation.isEmpty ? nil : features.selecting($0.validation) }
    let fit = try await fit(kind, comparison, training, validation)
    guard var fitted = fit.head, let certificate = fit.certificate else { return }
    fitted.provenance = store.identity.extractor.headProvenance(layer: layer, head: kind.rawValue)
    try fitted.write(to: to)
    if let onnx { try fitted.write(onnx: onnx) }
    if let coefficients { try fitted.write(coefficients: coefficients) }
    if let report, let split {
      let test = HeldOutFeatures(features.selecting(split.test))
      let outcome = try comparison.outcome(kind, column, fit, test.evaluate([fitted])[0])
      let results = ComparisonResults(data, split, [outcome])
      try results.report(title: "\(kind.title) on \(layer)")
        .write(to: report, json: encodedDocument(ComparisonJSON(results)))
    }
    guard !quiet else { return }
    print(
      "\(kind.title) on \(training.count) rows of \(layer): objective "
        + "\(certificate.objective), \(certificate.iterations) iterations, \(certificate.status.rawValue), "
        + "\(formatted(certificate.seconds, decimals: 2)) s, saved as \(to)")
  }

  private func fit(
    _ kind: HeadKind, _ comparison: HeadComparison, _ training: LabeledFeatures,
    _ validation: LabeledFeatures?
  ) async throws -> HeadComparison.Fit {
    guard let c else { return try await comparison.fit(kind, training, validation) }
    guard case .path(var configuration) = kind.recipe(comparison.perceptron) else {
      throw CommandError.arguments("--c is not a setting of \(kind.rawValue)")
    }
    configuration.regularization = .c(c)
    return try await comparison.fit(.once(configuration), training, nil, settings: [("C", c)])
  }
}

extension ExtractorIdentity {
  /// What a head's file says about where its features come from.
  func headProvenance(layer: String, head: String) -> [String: String] {
    var provenance = ["network": network, "weights": weights, "layer": layer, "head": head]
    for (name, value) in preprocessing { provenance["preprocessing." + name] = value }
    if !hooks.isEmpty { provenance["hooks"] = hooks.joined(separator: "; ") }
    return provenance
  }
}
