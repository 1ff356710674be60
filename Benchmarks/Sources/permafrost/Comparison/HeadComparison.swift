import Foundation
import Heads

/// Fits heads of several kinds on several columns and looks at the test part once, with all of them.
struct HeadComparison {
  struct Outcome {
    let kind: HeadKind
    let column: FeatureColumn
    let fit: Fit
    let evaluation: Evaluation
    let balancedAccuracy: BootstrapInterval
    let macroF1: BootstrapInterval

    var title: String { kind.title }
    var result: FitResult { fit.result }
  }

  /// A head with how it came about.
  struct Fit {
    var result: FitResult
    /// The chosen C and the criterion at every candidate, for heads that have one.
    var selection: RegularizationSearch.Selection?
    /// What C was chosen by.
    var criterion = RegularizationSearch.Criterion.accuracy
    var settings: [(name: String, value: Double)]
    /// What can be fitted again to other rows with the settings that were chosen.
    var configuration: any HeadConfiguration
    /// Choosing and fitting.
    var seconds = 0.0
    /// The most memory the process had resident meanwhile.
    var peakMemory = 0
  }

  var kinds: [HeadKind]
  var seed: UInt64
  var threads: Int
  var refits = false
  var criterion = RegularizationSearch.Criterion.accuracy
  var rowMemoryBudget = 1 << 30
  var perceptron = PerceptronSettings()

  var options: FitOptions {
    FitOptions(threads: threads, seed: seed, rowMemoryBudget: rowMemoryBudget)
  }

  func run(
    _ columns: [FeatureColumn], _ split: DataSplit, progress: (_ what: String) -> Void = { _ in }
  ) async throws -> [Outcome] {
    var outcomes: [Outcome] = []
    for column in columns {
      let training = column.data.selecting(split.training)
      let validation = split.validation.isEmpty ? nil : column.data.selecting(split.validation)
      var fitted: [(kind: HeadKind, fit: Fit)] = []
      for kind in kinds {
        progress("fitting \(kind.title) on \(column.title)")
        fitted.append((kind, try await fit(kind, training, validation)))
      }
      let test = HeldOutFeatures(column.data.selecting(split.test))
      for (fitted, evaluation) in zip(fitted, try test.evaluate(fitted.map(\.fit.result.head))) {
        outcomes.append(try outcome(fitted.kind, column, fitted.fit, evaluation))
      }
    }
    return outcomes
  }

  func outcome(
    _ kind: HeadKind, _ column: FeatureColumn, _ fit: Fit, _ evaluation: Evaluation
  ) throws -> Outcome {
    let count = evaluation.labels.count
    // Resampling takes time in proportion to the rows; large test parts need fewer resamples.
    let bootstrap = Bootstrap(
      resamples: min(2000, max(200, 10_000_000 / count)), method: count > 20_000 ? .percentile : .bca,
      seed: seed)
    func interval(_ value: (ConfusionMatrix) -> Double) throws -> BootstrapInterval {
      try bootstrap.interval(rows: count) { rows in
        value(
          ConfusionMatrix(
            predictions: rows.map { evaluation.predictions[$0] }, labels: rows.map { evaluation.labels[$0] },
            classCount: column.data.classes.count))
      }
    }
    return Outcome(
      kind: kind, column: column, fit: fit, evaluation: evaluation,
      balancedAccuracy: try interval(\.balancedAccuracy), macroF1: try interval(\.macroF1))
  }

  /// One head, with its C chosen on the validation part or by folds, or stopped early by it.
  func fit(
    _ kind: HeadKind, _ training: LabeledFeatures, _ validation: LabeledFeatures?
  ) async throws -> Fit {
    if criterion == .logLoss, [.svm, .svmHinge, .ridge].contains(kind) {
      throw CommandError.arguments("\(kind.rawValue) has no log-loss to select by: leave it out of --heads")
    }
    return try await fit(
      kind.recipe(perceptron), training, validation, settings: perceptron.settings(kind))
  }

  /// - Parameter settings: those that are not chosen here.
  func fit(
    _ recipe: HeadRecipe, _ training: LabeledFeatures, _ validation: LabeledFeatures?,
    settings: [(name: String, value: Double)]
  ) async throws -> Fit {
    PeakMemory.restart()
    let start = ContinuousClock.now
    var fit = try await measured(recipe, training, validation)
    if fit.selection == nil { fit.settings = settings }
    fit.seconds = (ContinuousClock.now - start) / .seconds(1)
    fit.peakMemory = PeakMemory.now
    return fit
  }

  private func measured(
    _ recipe: HeadRecipe, _ training: LabeledFeatures, _ validation: LabeledFeatures?
  ) async throws -> Fit {
    switch recipe {
    case .path(let configuration):
      let search = RegularizationSearch(criterion: criterion, refits: refits)
      let selection = try await search.select(
        configuration, training: training, validation: validation, options: options)
      var chosen = configuration
      chosen.regularization = .c(selection.c)
      return Fit(
        result: selection.result, selection: selection, criterion: criterion,
        settings: [("C", selection.c)], configuration: chosen)
    case .epochs(let configuration):
      // Without a validation part a tenth of the training rows decides when to stop.
      let parts =
        try validation == nil
        ? DataSplit(
          stratified: training.labels, .fractions(training: 0.9, validation: 0.1, test: 0), seed: seed)
        : nil
      let result = try await configuration.fit(
        parts.map { training.selecting($0.training) } ?? training,
        validation: parts.map { training.selecting($0.validation) } ?? validation, options: options)
      return Fit(result: result, settings: [], configuration: configuration)
    case .once(let configuration):
      let all = try refits ? validation.map { try training.appending($0) } ?? training : training
      let result = try await configuration.fit(all, validation: nil, options: options)
      return Fit(result: result, settings: [], configuration: configuration)
    }
  }
}
