import Foundation
import Heads

/// Our own turn at each task.
final class OwnHeads {
  private let task: HeadCase
  private let source: HeadSource
  private let threads: Int
  /// Chosen by `calibrate`.
  private(set) var tolerance = 1e-4
  /// Bytes for the rows.
  var budget = 1 << 30

  /// Of the objective over its minimum, which is what engines have to meet.
  static let excess = 1e-4
  /// Loosest first, as the peers try them.
  private static let tolerances = (2...16).map { pow(10, -Double($0) / 2) }

  init(_ task: HeadCase, _ source: HeadSource, threads: Int) {
    self.task = task
    self.source = source
    self.threads = threads
  }

  /// Writes a linear head's coefficients as the peers' function for the objective wants them.
  static func write(_ head: Head, to path: String) throws {
    let numbers = head.layers.flatMap { ($0.weight + $0.bias).map { Double($0) } }
    try writeFile(unsafe numbers.withUnsafeBytes { unsafe Data($0) }, to: path)
  }

  private var options: FitOptions { FitOptions(threads: threads, rowMemoryBudget: budget) }

  private func configuration(c: Double, tolerance: Double) -> any HeadConfiguration {
    task.task == .svm
      ? LinearSVM(regularization: .c(c), scaling: .none, tolerance: tolerance, iterationLimit: 10_000)
      : LogisticRegression(
        regularization: .c(c), scaling: .none, tolerance: tolerance, iterationLimit: 10_000)
  }

  func fit(c: Double, tolerance: Double) async throws -> FitResult {
    try await configuration(c: c, tolerance: tolerance).fit(source.training, options: options)
  }

  /// For each C a fit that is as good as it gets.
  func references() async throws -> [FitResult] {
    var results: [FitResult] = []
    for c in task.cs { results.append(try await fit(c: c, tolerance: task.task == .svm ? 1e-5 : 1e-7)) }
    return results
  }

  /// Settles for the loosest tolerance that meets the objectives of all references.
  func calibrate(_ references: [FitResult]) async throws -> [FitResult] {
    for tolerance in Self.tolerances {
      var results: [FitResult] = []
      for (c, reference) in zip(task.cs, references) {
        let result = try await fit(c: c, tolerance: tolerance)
        let least = reference.certificate.objective
        guard result.certificate.objective <= least * (1 + Self.excess) else { break }
        results.append(result)
      }
      if results.count == references.count {
        self.tolerance = tolerance
        return results
      }
    }
    throw CommandError.failed("\(task.name): no tolerance of ours meets the objective")
  }

  /// Milliseconds, of an epoch where it is training by epochs, and the head.
  func run() async throws -> (milliseconds: Double, head: Head) {
    let clock = ContinuousClock()
    let start = clock.now
    var steps = 1
    let head: Head
    switch task.task {
    case .logistic, .svm, .stream: head = try await fit(c: task.cs[0], tolerance: tolerance).head
    case .mlp:
      steps = task.shape.epochs
      head = try await MultilayerPerceptron(
        hidden: [task.shape.hidden], optimizer: .adam(), weightDecay: 1e-4, batchSize: task.shape.batch,
        epochs: steps, earlyStopping: nil, scaling: .none
      ).fit(source.training, options: options).head
    case .path:
      let configuration = LogisticRegression(scaling: .none, tolerance: tolerance, iterationLimit: 10_000)
      head = try await RegularizationSearch(candidates: task.shape.candidates, folds: task.shape.folds)
        .select(configuration, training: source.training, options: options).result.head
    }
    return ((clock.now - start) / .milliseconds(1) / Double(steps), head)
  }

  func accuracy(_ head: Head) throws -> Double { try head.evaluate(source.test).accuracy }
}
