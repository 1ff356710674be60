/// Chooses the k of `NearestNeighbors` on a validation part, or else by stratified folds of the training part. One
/// search for neighbours serves all candidates. The test part has no way in here; see `HeldOutFeatures`.
public struct NeighborCountSearch: Hashable, Sendable {
  /// The values of k that are tried; those above the number of training rows of a trial are left out.
  public var candidates: [Int]
  public var criterion: RegularizationSearch.Criterion
  /// Folds where there is no validation part.
  public var folds: Int
  /// Whether the rows of the validation part vote in the end, too. Without a validation part the whole training
  /// part votes in any case.
  public var refits: Bool

  /// 1, 2, 5, 10 and so on up to 200.
  public static let customary = [1, 2, 5, 10, 20, 50, 100, 200]

  public init(
    candidates: [Int] = NeighborCountSearch.customary,
    criterion: RegularizationSearch.Criterion = .accuracy, folds: Int = 5, refits: Bool = false
  ) {
    self.candidates = candidates
    self.criterion = criterion
    self.folds = folds
    self.refits = refits
  }

  /// A value of k and how good it was.
  public struct Score: Hashable, Sendable {
    public var neighbors: Int
    /// The criterion on the validation part, or over all folds together.
    public var value: Double
  }

  public struct Selection: Sendable {
    /// The best k; the largest of equals, which depends the least on single rows.
    public var neighbors: Int
    /// One score a candidate, ascending in k.
    public var scores: [Score]
    public var classifier: NeighborClassifier
    /// The most bytes that the arrays of one search took up at one time; see `FitCertificate.peakBytes`.
    public var peakBytes: Int
  }

  /// - Throws: `.invalidArgument` where no candidate is a possible k, or the rows do not suffice for the folds;
  ///   else as `NearestNeighbors.fit`.
  public func select(
    _ configuration: NearestNeighbors, training: LabeledFeatures, validation: LabeledFeatures? = nil,
    options: FitOptions = FitOptions()
  ) async throws(HeadsError) -> Selection {
    let trials: [(training: LabeledFeatures, heldOut: LabeledFeatures)]
    if let validation {
      trials = [(training, validation)]
    } else {
      trials = try DataSplit.folds(folds, labels: training.labels, seed: options.seed).map { heldOut in
        let rows = TrialRows(leavingOut: heldOut, of: training.count)
        return (training.selecting(rows.training), training.selecting(rows.heldOut))
      }
    }
    let most = trials.map(\.training.count).min() ?? 0
    let tried = Set(candidates).filter { $0 <= most }.sorted()
    guard let least = tried.first, least > 0 else {
      throw HeadsError(
        .invalidArgument, "of the neighbours to try, \(candidates), none can be had of \(most) rows")
    }
    var configuration = configuration
    configuration.neighbors = least
    var sums = tried.map { _ in 0.0 }
    var peakBytes = 0
    for trial in trials {
      let classifier = try await configuration.fit(trial.training, options: options)
      let found = try await classifier.evaluations(trial.heldOut, neighbors: tried)
      for (index, evaluation) in found.evaluations.enumerated() {
        sums[index] += criterion.value(evaluation) * Double(trial.heldOut.count)
      }
      peakBytes = max(peakBytes, found.peakBytes)
    }
    let total = Double(trials.reduce(0) { $0 + $1.heldOut.count })
    let scores = zip(tried, sums).map { Score(neighbors: $0, value: $1 / total) }
    let best = scores.dropFirst().reduce(scores[0]) { criterion.isBetter($0.value, $1.value) ? $0 : $1 }
    configuration.neighbors = best.neighbors
    var all = training
    if refits, let validation { all = try training.appending(validation) }
    return Selection(
      neighbors: best.neighbors, scores: scores,
      classifier: try await configuration.fit(all, options: options), peakBytes: peakBytes)
  }
}
