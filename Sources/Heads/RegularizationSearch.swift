#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

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

  /// 45 values from 1e-6 to 1e5 at equal ratios, the path of linear evaluation (Kornblith et al., "Do better
  /// ImageNet models transfer better?", 2019; Chen et al., "A simple framework for contrastive learning of
  /// visual representations", 2020).
  public static let linearEvaluationPath: [Double] = (0..<45).map { index in
    pow(10, -6 + Double(index) * 0.25)
  }

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

  /// All candidates are fitted to all folds, by a kind of head that can do so with each pass over the rows
  /// serving all folds. The last fit starts from what the best ones found.
  ///
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
    let all: LabeledFeatures
    let trials: [TrialRows]
    if let validation {
      all = try training.appending(validation)
      trials = [TrialRows(leavingOut: Array(training.count..<all.count), of: all.count)]
    } else {
      all = training
      trials = try DataSplit.folds(folds, labels: training.labels, seed: options.seed).map {
        TrialRows(leavingOut: $0, of: training.count)
      }
    }
    let tried = try await explore(configuration, all, trials, options)
    var best = 0
    for index in tried.indices where isBetter(tried[index].value, tried[best].value) { best = index }
    var chosen = configuration
    chosen.regularization = .c(tried[best].c)
    var result = tried[best].fits[0].result
    let fitsAll = validation == nil || refits
    if fitsAll || configuration.startsWarm {
      var options = options
      options.initialHead = chosen.startsWarm ? try Self.mean(tried[best].fits.map(\.result.head)) : nil
      result = try await chosen.fit(fitsAll ? all : training, validation: nil, options: options)
    }
    return Selection(
      c: tried[best].c, scores: tried.map { Score(c: $0.c, value: $0.value) }, result: result)
  }

  /// A candidate, its fits to every trial, and the criterion over all their held-out rows.
  struct Tried {
    var c: Double
    var fits: [PathFit]
    var value: Double
  }

  /// Fits all candidates, ascending.
  func explore<Configuration: RegularizedConfiguration>(
    _ configuration: Configuration, _ data: LabeledFeatures, _ trials: [TrialRows], _ options: FitOptions
  ) async throws(HeadsError) -> [Tried] {
    let paths = try await configuration.path(
      data, trials, values: Set(candidates).sorted(), options: options)
    return try Set(candidates).sorted().enumerated().map { index, c throws(HeadsError) in
      let fits = paths.map { $0[index] }
      let values = try zip(trials, fits).map { trial, fit throws(HeadsError) in
        try value(fit, labels: trial.heldOut.map { data.labels[$0] })
      }
      return Tried(c: c, fits: fits, value: mean(values, weights: trials.map { Double($0.heldOut.count) }))
    }
  }

  private func mean(_ values: [Double], weights: [Double]) -> Double {
    let sum = zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 }
    return sum / weights.reduce(0, +)
  }

  /// The criterion of one fit on its held-out rows.
  private func value(_ fit: PathFit, labels: [Int]) throws(HeadsError) -> Double {
    let head = fit.result.head
    guard !labels.isEmpty else { throw HeadsError(.invalidLabels, "there are no rows to evaluate on") }
    let confusion = ConfusionMatrix(
      predictions: head.predictions(ofDecision: fit.heldOut), labels: labels, classCount: head.classes.count)
    switch criterion {
    case .accuracy: return confusion.accuracy
    case .balancedAccuracy: return confusion.balancedAccuracy
    case .logLoss:
      guard let probabilities = try head.probabilities(ofDecision: fit.heldOut) else {
        throw HeadsError(.invalidArgument, "a head with margins has no log-loss to select by")
      }
      return Metrics.logLoss(probabilities, labels)
    }
  }

  /// The head whose one layer is the mean of theirs: folds share most of their rows, so their mean is nearer to
  /// the fit to all rows than any of them.
  private static func mean(_ heads: [Head]) throws(HeadsError) -> Head? {
    guard let first = heads.first else { return nil }
    let count = Float(heads.count)
    func mean(_ values: (DenseLayer) -> [Float]) -> [Float] {
      var sum = values(first.layers[0])
      for head in heads.dropFirst() {
        for (index, value) in values(head.layers[0]).enumerated() { sum[index] += value }
      }
      return sum.map { $0 / count }
    }
    let layer = try DenseLayer(
      inputs: first.layers[0].inputs, outputs: first.layers[0].outputs, weight: mean(\.weight),
      bias: mean(\.bias))
    return try Head(
      layers: [layer], output: first.output, classes: first.classes, normalizesRows: first.normalizesRows)
  }

  func isBetter(_ a: Double, _ b: Double) -> Bool { criterion == .logLoss ? a < b : a > b }
}
