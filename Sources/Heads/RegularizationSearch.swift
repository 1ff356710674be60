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
  /// Where not `nil`, the ratio between neighbours is halved around the best candidate until there are so many
  /// of them in a factor of ten.
  public var stepsPerDecade: Int?
  /// Folds where there is no validation part.
  public var folds: Int
  /// Whether the chosen C is fitted to training and validation part together in the end. Without a validation
  /// part the fit is to the whole training part in any case.
  public var refits: Bool

  /// 1e-5, 1e-4 and so on up to 1e2.
  public static let decades: [Double] = [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 1e1, 1e2]

  public init(
    candidates: [Double] = RegularizationSearch.decades, criterion: Criterion = .accuracy, folds: Int = 5,
    refits: Bool = false, stepsPerDecade: Int? = nil
  ) {
    self.candidates = candidates
    self.criterion = criterion
    self.folds = folds
    self.refits = refits
    self.stepsPerDecade = stepsPerDecade
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
    /// The most bytes that the arrays of one of the fits took up at one time; see `FitCertificate.peakBytes`.
    public var peakBytes: Int
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
    let tried = try await exploreAll(configuration, all, trials, options)
    let best = best(of: tried)
    var chosen = configuration
    chosen.regularization = .c(tried[best].c)
    var result = tried[best].fits[0].result
    let fitsAll = validation == nil || refits
    if fitsAll || configuration.startsWarm {
      var options = options
      options.initialHead = chosen.startsWarm ? try Self.mean(tried[best].fits.map(\.result.head)) : nil
      result = try await chosen.fit(fitsAll ? all : training, validation: nil, options: options)
    }
    let fits = tried.flatMap(\.fits).map(\.result) + [result]
    return Selection(
      c: tried[best].c, scores: tried.map { Score(c: $0.c, value: $0.value) }, result: result,
      peakBytes: fits.reduce(0) { max($0, $1.certificate.peakBytes) })
  }

  /// A candidate, its fits to every trial, and the criterion over all their held-out rows.
  private struct Tried {
    var c: Double
    var fits: [PathFit]
    var value: Double
  }

  /// The first of the best.
  private func best(of tried: [Tried]) -> Int {
    var best = 0
    for index in tried.indices where criterion.isBetter(tried[index].value, tried[best].value) {
      best = index
    }
    return best
  }

  /// Fits all candidates, and those around the best of them that `stepsPerDecade` asks for; ascending.
  private func exploreAll<Configuration: RegularizedConfiguration>(
    _ configuration: Configuration, _ data: LabeledFeatures, _ trials: [TrialRows], _ options: FitOptions
  ) async throws(HeadsError) -> [Tried] {
    var values = Set(candidates).sorted()
    var tried = try await explore(configuration, values, data, trials, options)
    guard let stepsPerDecade, values.count > 1 else { return tried }
    guard stepsPerDecade > 0 else {
      throw HeadsError(.invalidArgument, "\(stepsPerDecade) steps a decade are none")
    }
    var step = zip(values, values.dropFirst()).map { log10($1 / $0) }.max() ?? 0
    while step > 1.0001 / Double(stepsPerDecade) {
      step /= 2
      let center = tried[best(of: tried)]
      values = [center.c * pow(10, -step), center.c * pow(10, step)].filter { value in
        value > 0 && value.isFinite && !tried.contains { abs(log10($0.c / value)) < step / 4 }
      }
      var options = options
      if configuration.startsWarm {
        options.initialHead = try Self.mean(center.fits.map(\.result.head))
      }
      for value in values {
        tried += try await explore(configuration, [value], data, trials, options)
      }
      tried.sort { $0.c < $1.c }
    }
    return tried
  }

  /// Fits some candidates, ascending.
  private func explore<Configuration: RegularizedConfiguration>(
    _ configuration: Configuration, _ values: [Double], _ data: LabeledFeatures, _ trials: [TrialRows],
    _ options: FitOptions
  ) async throws(HeadsError) -> [Tried] {
    let paths = try await configuration.path(data, trials, values: values, options: options)
    return try values.enumerated().map { index, c throws(HeadsError) in
      let fits = paths.map { $0[index] }
      let values = try zip(trials, fits).map { trial, fit throws(HeadsError) in
        try criterion.value(
          fit.result.head, decision: fit.heldOut, labels: trial.heldOut.map { data.labels[$0] })
      }
      return Tried(c: c, fits: fits, value: mean(values, weights: trials.map { Double($0.heldOut.count) }))
    }
  }

  private func mean(_ values: [Double], weights: [Double]) -> Double {
    let sum = zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 }
    return sum / weights.reduce(0, +)
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
}
