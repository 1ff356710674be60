import Foundation
import Heads

/// Fits heads of several kinds on several columns and looks at the test part once, with all of them.
package struct HeadComparison {
  struct Outcome {
    let kind: HeadKind
    let column: String
    let result: FitResult
    /// The chosen C and the accuracy of every candidate, for heads that have one.
    let selection: RegularizationSearch.Selection?
    let settings: [(name: String, value: Double)]
    /// Choosing and fitting.
    let seconds: Double
    let evaluation: Evaluation
    /// Share of test rows whose class has one of the five highest scores; `nil` for five classes or fewer.
    let topFive: Double?

    var title: String { kind.title }
  }

  struct Pair {
    let a: Int
    let b: Int
    let test: McNemarTest
    /// p after Holm's correction for the number of pairs.
    let adjusted: Double
  }

  var kinds: [HeadKind]
  var seed: UInt64
  var threads: Int
  var refits = false
  var criterion = RegularizationSearch.Criterion.accuracy
  var rowMemoryBudget = 1 << 30
  var perceptron = PerceptronSettings()

  func run(
    _ columns: [(name: String, data: LabeledFeatures)], _ split: DataSplit,
    progress: (_ what: String) -> Void = { _ in }
  ) async throws -> [Outcome] {
    var outcomes: [Outcome] = []
    for (name, data) in columns {
      let training = data.selecting(split.training)
      let validation = split.validation.isEmpty ? nil : data.selecting(split.validation)
      var fitted: [(kind: HeadKind, fit: Fit, seconds: Double)] = []
      for kind in kinds {
        progress("fitting \(kind.title) on \(name)")
        let start = ContinuousClock.now
        let fit = try await self.fit(kind, training, validation)
        fitted.append((kind, fit, (ContinuousClock.now - start) / .seconds(1)))
      }
      let testLabels = split.test.map { data.labels[$0] }
      let test = HeldOutFeatures(data.selecting(split.test))
      let evaluations = try test.evaluate(fitted.map(\.fit.result.head))
      outcomes += zip(fitted, evaluations).map { fitted, evaluation in
        Outcome(
          kind: fitted.kind, column: name, result: fitted.fit.result, selection: fitted.fit.selection,
          settings: fitted.fit.settings, seconds: fitted.seconds, evaluation: evaluation,
          topFive: data.classes.count > 5
            ? Metrics.topAccuracy(5, scores: evaluation.decision, testLabels) : nil)
      }
    }
    return outcomes
  }

  struct Fit {
    let result: FitResult
    let selection: RegularizationSearch.Selection?
    let settings: [(name: String, value: Double)]
  }

  /// One head, with its C chosen on the validation part or by folds, or stopped early by it.
  func fit(
    _ kind: HeadKind, _ training: LabeledFeatures, _ validation: LabeledFeatures?
  ) async throws -> Fit {
    let options = FitOptions(threads: threads, seed: seed, rowMemoryBudget: rowMemoryBudget)
    let search = RegularizationSearch(criterion: criterion, refits: refits)
    switch kind {
    case .logistic:
      return Fit(
        try await search.select(
          LogisticRegression(), training: training, validation: validation, options: options))
    case .svm, .svmHinge:
      let search = kind == .svm && criterion != .logLoss ? search : try search.forMargins()
      return Fit(
        try await search.select(
          LinearSVM(loss: kind == .svm ? .squaredHinge : .hinge), training: training,
          validation: validation, options: options))
    case .mlp, .softmax:
      let configuration = perceptron.configuration(kind)
      // Without a validation part a tenth of the training rows decides when to stop.
      let parts =
        try validation == nil
        ? DataSplit(
          stratified: training.labels, .fractions(training: 0.9, validation: 0.1, test: 0), seed: seed)
        : nil
      let result = try await configuration.fit(
        parts.map { training.selecting($0.training) } ?? training,
        validation: parts.map { training.selecting($0.validation) } ?? validation, options: options)
      let widths = configuration.hidden.enumerated().map { index, width in
        (name: index == 0 ? "hidden" : "hidden \(index + 1)", value: Double(width))
      }
      let rates = [("dropout", configuration.dropout), ("learning rate", configuration.learningRate)]
      return Fit(result: result, selection: nil, settings: widths + rates)
    }
  }

  /// Exact McNemar tests between all heads, with Holm's correction.
  static func pairs(_ outcomes: [Outcome], labels: [Int]) -> [Pair] {
    var tests: [(a: Int, b: Int, test: McNemarTest)] = []
    for a in outcomes.indices {
      for b in outcomes.indices where b > a {
        let test = McNemarTest(
          first: outcomes[a].evaluation.predictions, second: outcomes[b].evaluation.predictions,
          labels: labels)
        tests.append((a, b, test))
      }
    }
    let adjusted = holm(tests.map(\.test.p))
    return zip(tests, adjusted).map { Pair(a: $0.a, b: $0.b, test: $0.test, adjusted: $1) }
  }

  /// Holm, "A simple sequentially rejective multiple test procedure", 1979, as adjusted p values.
  package static func holm(_ p: [Double]) -> [Double] {
    var adjusted = p
    var largest = 0.0
    for (rank, index) in p.indices.sorted(by: { p[$0] < p[$1] }).enumerated() {
      largest = max(largest, min(1, Double(p.count - rank) * p[index]))
      adjusted[index] = largest
    }
    return adjusted
  }
}

extension HeadComparison.Fit {
  init(_ selection: RegularizationSearch.Selection) {
    self.init(result: selection.result, selection: selection, settings: [("C", selection.c)])
  }
}

extension RegularizationSearch {
  /// The same for heads that have margins but no probabilities.
  func forMargins() throws -> RegularizationSearch {
    if criterion == .logLoss {
      throw CommandError.arguments("a linear SVM has no log-loss to select by: leave it out of --heads")
    }
    return self
  }
}
