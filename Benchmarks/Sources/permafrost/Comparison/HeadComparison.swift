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
  }

  /// A head with how it came about.
  struct Fit {
    var classifier: any Classifier
    /// What its solver can prove; `nil` where nothing is solved for.
    var certificate: FitCertificate?
    /// One record an epoch.
    var history: [EpochRecord] = []
    /// How its important setting was chosen, for heads that have one.
    var choice: Choice?
    var settings: [(name: String, value: Double)] = []
    /// What can be fitted again to other rows, with the settings that were chosen.
    var recipe: HeadRecipe
    /// The most bytes that the arrays of one fit took up at one time, those of choosing included.
    var peakBytes: Int
    /// Choosing and fitting.
    var seconds = 0.0
    /// The most memory the process had resident meanwhile.
    var peakResident = 0

    /// What can be saved: everything but a classifier that keeps its rows.
    var head: Head? { classifier as? Head }
  }

  /// The values of a setting that were tried.
  struct Choice {
    var name: String
    /// Ascending, each with the criterion on the validation part or over the folds.
    var scores: [(value: Double, score: Double)]
    var chosen: Double
    var criterion: RegularizationSearch.Criterion
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
      let evaluations = try await test.evaluate(classifiers: fitted.map(\.fit.classifier))
      for (fitted, evaluation) in zip(fitted, evaluations) {
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

  /// One head, with its C or k chosen on the validation part or by folds, or stopped early by it.
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
    fit.settings = fit.choice.map { [($0.name, $0.chosen)] } ?? settings
    fit.seconds = (ContinuousClock.now - start) / .seconds(1)
    fit.peakResident = PeakMemory.now
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
      var fit = Fit(selection.result, .once(chosen))
      fit.peakBytes = selection.peakBytes
      fit.choice = Choice(
        name: "C", scores: selection.scores.map { ($0.c, $0.value) }, chosen: selection.c,
        criterion: criterion)
      return fit
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
      return Fit(result, recipe)
    case .once(let configuration):
      let all = try refits ? validation.map { try training.appending($0) } ?? training : training
      return Fit(try await configuration.fit(all, validation: nil, options: options), recipe)
    case .neighbors(let configuration):
      let search = NeighborCountSearch(criterion: criterion, refits: refits)
      let selection = try await search.select(
        configuration, training: training, validation: validation, options: options)
      let choice = Choice(
        name: "k", scores: selection.scores.map { (Double($0.neighbors), $0.value) },
        chosen: Double(selection.neighbors), criterion: criterion)
      return Fit(
        classifier: selection.classifier, choice: choice,
        recipe: .neighbors(selection.classifier.configuration), peakBytes: selection.peakBytes)
    }
  }
}

extension HeadComparison.Fit {
  init(_ result: FitResult, _ recipe: HeadRecipe) {
    self.init(
      classifier: result.head, certificate: result.certificate, history: result.history, recipe: recipe,
      peakBytes: result.certificate.peakBytes)
  }
}
