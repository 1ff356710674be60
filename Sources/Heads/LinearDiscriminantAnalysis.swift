#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Linear discriminant analysis: the classes are taken for normal distributions of one covariance, and a row
/// belongs to the most probable. As scikit-learn's `LinearDiscriminantAnalysis` (version 1.9) with the solver
/// `lsqr`: with the class shares p_k, the class means m_k, their mean m = sum_k p_k m_k and the covariance A
/// within classes, the logits are
///
///     w_k . (x - m) + log p_k - w_k . (m_k - m) / 2,   A w_k = m_k - m
///
/// (the peer's w_k, from A w_k = m_k, differ from these by one vector common to all classes, its probabilities do
/// not) and for two classes their difference. The intercept follows from means and shares. All shares, means and
/// covariances are weighted by the rows' weights times their classes', as if rows were repeated; with `balanced`
/// class weights all p_k are 1/K.
///
/// The system of equations is d x d, or n x n where rows are longer than many, so that 40 rows of 25088 numbers
/// take no time; the smaller of d and n may be 16384 at most. `FitCertificate.objective` is
/// sum_k p_k w_k . (m_k - m), the classes' mean squared Mahalanobis distance from their centre.
///
/// Bad input: fewer than two classes and a class without training rows throw `.missingClass`; NaN and infinite
/// features, and rows that are all equal within every class (such as one row a class), `.invalidFeatures`;
/// a shrinkage outside [0, 1] `.invalidArgument`; more than 16384 rows of more than 16384 numbers `.resources`.
/// Constant columns get weight 0. Without shrinkage a singular covariance, as of fewer rows than columns, is
/// inverted where it can be, and the answer is the shortest; it is a poor one, as is the peer's.
public struct LinearDiscriminantAnalysis: HeadConfiguration, Hashable {
  /// How far a class's covariance C is drawn towards a multiple of the unit matrix, which makes it regular.
  public enum Shrinkage: Hashable, Sendable {
    case none
    /// (1 - s) C + s mean(diag C), 0 <= s <= 1.
    case fixed(Double)
    /// The share s that minimises the expected squared error (Ledoit and Wolf, "A well-conditioned estimator for
    /// large-dimensional covariance matrices", 2004), of each class's standardised rows, as scikit-learn's
    /// `auto`. Rows of unequal weight count (sum s)^2 / sum s^2 rows in it.
    case ledoitWolf
  }

  public var shrinkage: Shrinkage
  public var classWeights: ClassWeights
  public var scaling: FeatureScaling

  public var name: String { "lda" }

  public init(
    shrinkage: Shrinkage = .ledoitWolf, classWeights: ClassWeights = .uniform,
    scaling: FeatureScaling = .standardize
  ) {
    self.shrinkage = shrinkage
    self.classWeights = classWeights
    self.scaling = scaling
  }

  public func fit(
    _ training: LabeledFeatures, validation: LabeledFeatures?, options: FitOptions
  ) async throws(HeadsError) -> FitResult {
    try await FitContext.run(options) { context throws(HeadsError) in try solve(training, context) }
  }

  private func solve(_ training: LabeledFeatures, _ context: FitContext) throws(HeadsError) -> FitResult {
    if case .fixed(let share) = shrinkage, !(0...1).contains(share) {
      throw HeadsError(.invalidArgument, "the shrinkage must be between 0 and 1, it is \(share)")
    }
    let weights = try training.effectiveWeights(classWeights)
    let scaling = try FittedScaling(scaling, training.features, context)
    let rows = try TrainingRows(training.features, scaling: scaling, context)
    let scatter = try WithinClassScatter(
      rows, labels: training.labels, classCount: training.classes.count, weights: weights, shrinkage, context)
    let (classes, dimension) = (training.classes.count, rows.dimension)
    // Of the differences and the weights, beside each row's.
    context.memory.reserve(8 * (2 * dimension * classes + rows.count))
    // m_k - m as d x K.
    var differences = [Double](repeating: 0, count: dimension * classes)
    for (label, mean) in scatter.means.enumerated() {
      for column in 0..<dimension {
        differences[column * classes + label] = mean[column] - scatter.center[column]
      }
    }
    let (solution, residual) = try scatter.solve(differences, columns: classes, context)
    var weight = [Double](repeating: 0, count: classes * dimension)
    var bias = scatter.shares.map { log($0) }
    var objective = 0.0
    for label in 0..<classes {
      var distance = 0.0
      var offset = 0.0
      for column in 0..<dimension {
        let value = solution[column * classes + label]
        weight[label * dimension + column] = value
        distance += value * differences[column * classes + label]
        offset += value * scatter.center[column]
      }
      bias[label] -= distance / 2 + offset
      objective += scatter.shares[label] * distance
    }
    if classes == 2 {
      weight = (0..<dimension).map { weight[dimension + $0] - weight[$0] }
      bias = [bias[1] - bias[0]]
    }
    let layer = try DenseLayer(folding: weight, bias: bias, inputs: dimension, scaling.columns)
    context.report(1, of: 1, objective)
    let scale = differences.reduce(0) { max($0, abs($1)) }
    return FitResult(
      head: try Head(
        layers: [layer], output: classes == 2 ? .sigmoid : .softmax, classes: training.classes,
        normalizesRows: self.scaling == .l2Normalize),
      certificate: FitCertificate(
        objective: objective, optimality: residual.map { .gradient($0) } ?? .unknown, iterations: 1,
        seconds: context.seconds, status: residual ?? 0 <= 1e-8 * scale ? .converged : .precisionLimit,
        peakBytes: context.memory.peak))
  }
}
