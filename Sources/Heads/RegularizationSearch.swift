/// Chooses C on a validation part, or else by stratified folds of the training part. The test part has no way
/// in here; see `HeldOutFeatures`.
public struct RegularizationSearch: Hashable, Sendable {
  /// What is to be as good as possible.
  public enum Criterion: String, Hashable, Sendable, CaseIterable {
    case accuracy
    case balancedAccuracy
    /// Not for heads with margins.
    case logLoss
  }

  /// The values of C that are tried, ascending, each fit starting from the one before.
  public var candidates: [Double]
  public var criterion: Criterion
  /// Folds where there is no validation part.
  public var folds: Int
  /// Whether the chosen C is fitted to training and validation part together in the end. Without a validation
  /// part the fit is to the whole training part in any case.
  public var refits: Bool

  /// 1e-5, 1e-4 and so on up to 1e2.
  public static let decades: [Double] = [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 1e1, 1e2]

  public init(
    candidates: [Double] = RegularizationSearch.decades, criterion: Criterion = .accuracy, folds: Int = 5,
    refits: Bool = false
  ) {
    self.candidates = candidates
    self.criterion = criterion
    self.folds = folds
    self.refits = refits
  }

  /// A value of C and how good it was.
  public struct Score: Hashable, Sendable {
    public var c: Double
    /// The criterion on the validation part, or over all folds together.
    public var value: Double
  }

  public struct Selection: Sendable {
    /// The best C; the smallest of equals.
    public var c: Double
    /// One score a candidate, ascending in C.
    public var scores: [Score]
    public var result: FitResult
  }

  /// - Throws: `.invalidArgument` where a candidate is not positive and finite, the criterion asks for
  ///   probabilities that the head does not have, or the rows do not suffice for the folds; else as
  ///   `HeadConfiguration.fit`.
  public func select<Configuration: RegularizedConfiguration>(
    _ configuration: Configuration, training: LabeledFeatures, validation: LabeledFeatures? = nil,
    options: FitOptions = FitOptions()
  ) async throws(HeadsError) -> Selection {
    guard !candidates.isEmpty, candidates.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw HeadsError(.invalidArgument, "the values of C to try are \(candidates)")
    }
    var ordered = candidates
    ordered.sort()
    let trials: [(training: LabeledFeatures, held: LabeledFeatures)]
    if let validation {
      trials = [(training, validation)]
    } else {
      let parts = try DataSplit.folds(folds, labels: training.labels, seed: options.seed)
      trials = parts.indices.map { held in
        let rest = parts.indices.filter { $0 != held }.flatMap { parts[$0] }
        return (training.selecting(rest.sorted()), training.selecting(parts[held]))
      }
    }
    var outcomes: [[Outcome]] = []
    for trial in trials {
      outcomes.append(try await path(configuration, ordered, trial.training, trial.held, options))
    }
    let scores = ordered.indices.map { index in
      Score(c: ordered[index], value: value(outcomes.map { $0[index].evaluation }))
    }
    var best = 0
    for index in scores.indices where isBetter(scores[index].value, scores[best].value) { best = index }
    var chosen = configuration
    chosen.regularization = .c(ordered[best])
    var result = outcomes[0][best].result
    if validation == nil || refits {
      var options = options
      options.initialHead = chosen.startsWarm ? result.head : nil
      let all = try validation.map { part throws(HeadsError) in try training.appending(part) } ?? training
      result = try await chosen.fit(all, validation: nil, options: options)
    }
    return Selection(c: ordered[best], scores: scores, result: result)
  }

  private struct Outcome {
    var result: FitResult
    var evaluation: Evaluation
  }

  /// All candidates on one trial.
  private func path<Configuration: RegularizedConfiguration>(
    _ configuration: Configuration, _ candidates: [Double], _ training: LabeledFeatures,
    _ held: LabeledFeatures, _ options: FitOptions
  ) async throws(HeadsError) -> [Outcome] {
    var options = options
    var configuration = configuration
    var outcomes: [Outcome] = []
    for c in candidates {
      configuration.regularization = .c(c)
      let result = try await configuration.fit(training, validation: nil, options: options)
      if configuration.startsWarm { options.initialHead = result.head }
      let evaluation = try result.head.evaluate(held)
      guard criterion != .logLoss || evaluation.logLoss != nil else {
        throw HeadsError(.invalidArgument, "\(configuration.name) heads have no log-loss to select by")
      }
      outcomes.append(Outcome(result: result, evaluation: evaluation))
    }
    return outcomes
  }

  /// The criterion over the rows of all evaluations, each row counting once.
  private func value(_ evaluations: [Evaluation]) -> Double {
    let total = evaluations.reduce(0.0) { $0 + Double($1.confusion.total) }
    return evaluations.reduce(0) { sum, evaluation in
      let value =
        switch criterion {
        case .accuracy: evaluation.accuracy
        case .balancedAccuracy: evaluation.confusion.balancedAccuracy
        case .logLoss: evaluation.logLoss ?? .infinity
        }
      return sum + value * Double(evaluation.confusion.total) / total
    }
  }

  private func isBetter(_ a: Double, _ b: Double) -> Bool { criterion == .logLoss ? a < b : a > b }
}
