/// The classes of the nearest training rows (k-NN): the head that is not fitted at all. It has no weights, so that
/// `fit` returns a `NeighborClassifier` and not a `Head`; both are `Classifier`s.
///
/// Each of the k nearest rows votes for its class with s_i, its weight times its class's, times
///
///     uniform        1
///     distance       1 / distance; rows at distance 0, if there are any, are the only ones to vote
///     similarity(T)  exp(cosine / T), as the evaluation of DINO does with T = 0.07 and k = 10, 20, 100 and 200
///                    (Wu et al., "Unsupervised feature learning via non-parametric instance discrimination", 2018)
///
/// and a class's probability is its share of the votes. The first two are scikit-learn's `KNeighborsClassifier`
/// (version 1.9) with `weights` `uniform` and `distance`. Of equally near rows the earlier is nearer, of equal
/// votes the lower class wins. Distances are computed in float64.
///
/// Bad input: fewer than two classes and a class without training rows throw `.missingClass`; NaN and infinite
/// features `.invalidFeatures`; a k below 1 or above the number of rows, and a T that is not positive,
/// `.invalidArgument`. The cosine with a row of zeros is 0. Constant columns and duplicates are harmless.
public struct NearestNeighbors: Hashable, Sendable {
  /// How near is measured.
  public enum Metric: String, Hashable, Sendable, CaseIterable {
    case euclidean
    /// 1 - cosine.
    case cosine
  }

  /// What a neighbour's vote counts.
  public enum Voting: Hashable, Sendable {
    case uniform
    case distance
    case similarity(temperature: Double)
  }

  /// k
  public var neighbors: Int
  public var metric: Metric
  /// `.similarity` goes with `.cosine` only.
  public var voting: Voting
  public var classWeights: ClassWeights
  public var scaling: FeatureScaling

  public var name: String { "knn" }

  public init(
    neighbors: Int = 20, metric: Metric = .cosine, voting: Voting = .similarity(temperature: 0.07),
    classWeights: ClassWeights = .uniform, scaling: FeatureScaling = .none
  ) {
    self.neighbors = neighbors
    self.metric = metric
    self.voting = voting
    self.classWeights = classWeights
    self.scaling = scaling
  }

  /// Checks the rows and computes what scaling needs; the rows themselves stay where they are.
  ///
  /// - Throws: `.invalidArgument`, `.invalidLabels`, `.missingClass`, `.invalidFeatures`, `.io`, `.resources`,
  ///   `.cancelled`
  public func fit(
    _ training: LabeledFeatures, options: FitOptions = FitOptions()
  ) async throws(HeadsError) -> NeighborClassifier {
    try await FitContext.run(options) { context throws(HeadsError) in
      let weights = try training.effectiveWeights(classWeights)
      try check(neighbors, of: training.count)
      let scaling = try FittedScaling(scaling, training.features, context)
      // Reading them once finds what is not finite now, not at the first prediction.
      let rows = try TrainingRows(training.features, scaling: scaling, context)
      let squares = try rows.squaredNorms(context)
      return NeighborClassifier(
        configuration: self, training: training, votes: weights, squaredNorms: squares, scaling: scaling,
        options: options)
    }
  }

  /// - Throws: `.invalidArgument`
  func check(_ neighbors: Int, of rows: Int) throws(HeadsError) {
    guard (1...max(rows, 1)).contains(neighbors) else {
      throw HeadsError(.invalidArgument, "\(neighbors) neighbours cannot be had of \(rows) rows")
    }
    guard case .similarity(let temperature) = voting else { return }
    guard temperature > 0, temperature.isFinite, metric == .cosine else {
      throw HeadsError(
        .invalidArgument,
        "voting by similarity needs the cosine and a positive temperature, they are \(metric.rawValue) and "
          + "\(temperature)")
    }
  }
}
