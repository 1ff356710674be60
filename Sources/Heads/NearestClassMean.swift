/// The class whose mean is nearest (scikit-learn's `NearestCentroid`), a linear head without a solver.
///
/// With m_k the mean of the class's rows, weighted by the rows' weights, the head's margins are
///
///     euclidean   x . m_k - |m_k|^2 / 2      the largest where |x - m_k| is the smallest
///     cosine      x . m_k / |m_k|            rows being divided by their norms first, also in the means
///
/// and for two classes the difference of the two. There is nothing to penalise; the intercept belongs to the
/// Euclidean distance. Class weights do not appear, since a mean does not change with them.
/// `FitCertificate.objective` is the weighted mean squared distance of the (scaled) rows from their class's mean.
///
/// Bad input: fewer than two classes and a class without training rows throw `.missingClass`, NaN and infinite
/// features `.invalidFeatures`. A constant column plays no part in the Euclidean distance. A mean of zeros has
/// no direction and the cosine 0. Equally near means: the lower class.
public struct NearestClassMean: HeadConfiguration, Hashable {
  /// How near is measured.
  public enum Metric: String, Hashable, Sendable, CaseIterable {
    case euclidean
    case cosine
  }

  public var metric: Metric
  /// With `.cosine` only `.l2Normalize`, which is the cosine's own.
  public var scaling: FeatureScaling

  public var name: String { "class-mean" }

  /// - Parameter scaling: by default `.standardize` for the Euclidean distance and `.l2Normalize` for the cosine.
  public init(metric: Metric = .euclidean, scaling: FeatureScaling? = nil) {
    self.metric = metric
    self.scaling = scaling ?? (metric == .cosine ? .l2Normalize : .standardize)
  }

  public func fit(
    _ training: LabeledFeatures, validation: LabeledFeatures?, options: FitOptions
  ) async throws(HeadsError) -> FitResult {
    try await FitContext.run(options) { context throws(HeadsError) in try solve(training, context) }
  }

  private func solve(_ training: LabeledFeatures, _ context: FitContext) throws(HeadsError) -> FitResult {
    guard metric == .euclidean || scaling == .l2Normalize else {
      throw HeadsError(.invalidArgument, "the cosine goes with l2Normalize, not with \(scaling.rawValue)")
    }
    let weights = try training.effectiveWeights(.uniform)
    let scaling = try FittedScaling(scaling, training.features, context)
    let rows = try TrainingRows(training.features, scaling: scaling, context)
    // Means and directions, and two numbers a row.
    context.memory.reserve(8 * 2 * (training.classes.count * rows.dimension + rows.count))
    let means = try rows.means(
      groups: training.labels, groupCount: training.classes.count, weights: weights, context)
    let objective = try spread(rows, training.labels, weights, means, context)
    var directions = means
    var bias = means.map { -BLAS.dot($0, $0) / 2 }
    if metric == .cosine {
      directions = means.map { mean in
        let norm = BLAS.dot(mean, mean).squareRoot()
        return norm > 0 ? mean.map { $0 / norm } : mean
      }
      bias = means.map { _ in 0 }
    }
    if means.count == 2 {
      directions = [zip(directions[1], directions[0]).map { $0 - $1 }]
      bias = [bias[1] - bias[0]]
    }
    let layer = try DenseLayer(
      folding: directions.flatMap { $0 }, bias: bias, inputs: rows.dimension, scaling.columns)
    context.report(1, of: 1, objective)
    return FitResult(
      head: try Head(
        layers: [layer], output: .margins, classes: training.classes,
        normalizesRows: self.scaling == .l2Normalize),
      certificate: FitCertificate(
        objective: objective, optimality: .gradient(0), iterations: 1, seconds: context.seconds,
        status: .converged, peakBytes: context.memory.peak))
  }

  private func spread(
    _ rows: TrainingRows, _ labels: [Int], _ weights: [Double], _ means: [[Double]], _ context: FitContext
  ) throws(HeadsError) -> Double {
    let total = weights.reduce(0, +)
    let centred = CentredRows(
      rows: rows, centers: means, groups: labels, factors: weights.map { ($0 / total).squareRoot() })
    var sum = 0.0
    try centred.forEachBlock(upTo: rows.count, context) { range, block throws(HeadsError) in
      for index in 0..<range.count * rows.dimension { sum += block[index] * block[index] }
    }
    return sum
  }
}
