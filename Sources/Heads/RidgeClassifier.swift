/// Least squares against targets of 1 and -1, one vector a class, one vector for two classes, with an L2 penalty:
/// the head that needs no iterations. The objective is that of scikit-learn's `RidgeClassifier` (version 1.9),
///
///     sum_i s_i |t_i - W x_i - b|^2 + alpha |W|^2
///
/// where t_ik is 1 for the row's class and -1 for others, s_i the row's weight times its class's, and the
/// intercept b is not penalised. Its alpha is 1 / (2 C) in terms of `regularization`: `.ridge(alpha: 1)` is
/// C = 1/2. `FitCertificate.objective` is this value for the scaled features.
///
/// The system of equations is d x d, or n x n where rows are longer than many ("dual", as with 40 rows of 25088
/// numbers), and solved by Cholesky's factorisation; `path` shares one matrix among many penalties. The smaller
/// of d and n may be 16384 at most; memory for the system is 8 bytes times its square, on top of
/// `FitOptions.rowMemoryBudget`.
///
/// Bad input: fewer than two classes and a class without training rows throw `.missingClass`; NaN and infinite
/// features `.invalidFeatures`; C that is not positive and finite `.invalidArgument`; more than 16384 rows of
/// more than 16384 numbers `.resources`. A constant column gets weight 0. With a penalty too small to be seen
/// beside the system's rounding, as C = 1e300 on columns that depend on one another, the answer is the shortest
/// W of all optima. Equal rows of different classes meet in the middle.
public struct RidgeClassifier: RegularizedConfiguration, Hashable {
  public var regularization: Regularization
  public var classWeights: ClassWeights
  public var scaling: FeatureScaling
  /// Whether there is a b.
  public var hasIntercept: Bool

  public var name: String { "ridge" }
  public var startsWarm: Bool { false }

  public init(
    regularization: Regularization = .ridge(alpha: 1), classWeights: ClassWeights = .uniform,
    scaling: FeatureScaling = .standardize, hasIntercept: Bool = true
  ) {
    self.regularization = regularization
    self.classWeights = classWeights
    self.scaling = scaling
    self.hasIntercept = hasIntercept
  }

  public func fit(
    _ training: LabeledFeatures, validation: LabeledFeatures?, options: FitOptions
  ) async throws(HeadsError) -> FitResult {
    try await path([regularization], training, options: options)[0]
  }

  /// One head a penalty, in order, from one pass over the rows. Seconds are counted from the start of the path.
  ///
  /// - Throws: as `fit`.
  public func path(
    _ penalties: [Regularization], _ training: LabeledFeatures, options: FitOptions = FitOptions()
  ) async throws(HeadsError) -> [FitResult] {
    try await FitContext.run(options) { context throws(HeadsError) in
      let weights = try training.effectiveWeights(classWeights)
      let weightSum = weights.reduce(0, +)
      let alphas = try penalties.map { penalty throws(HeadsError) in
        let alpha = 0.5 / (try penalty.c(weightSum: weightSum))
        guard alpha.isFinite else {
          throw HeadsError(.invalidArgument, "\(penalty) is too small to be computed with")
        }
        return alpha
      }
      let scaling = try FittedScaling(scaling, training.features, context)
      let rows = try TrainingRows(training.features, scaling: scaling, context)
      let system = try RidgeSystem(
        rows, labels: training.labels, classCount: training.classes.count, weights: weights,
        hasIntercept: hasIntercept, pathLength: alphas.count, context)
      return try alphas.enumerated().map { index, alpha throws(HeadsError) in
        let solution = try system.solve(alpha: alpha, context)
        let layer = try DenseLayer(
          folding: solution.weight, bias: solution.bias, inputs: rows.dimension, scaling.columns)
        context.report(index + 1, of: alphas.count, solution.objective)
        return FitResult(
          head: try Head(
            layers: [layer], output: .margins, classes: training.classes,
            normalizesRows: self.scaling == .l2Normalize),
          certificate: FitCertificate(
            objective: solution.objective, optimality: .gradient(solution.gradientMaximum), iterations: 1,
            seconds: context.seconds, status: solution.isExact ? .converged : .precisionLimit,
            peakBytes: context.memory.peak))
      }
    }
  }
}

extension Regularization {
  /// The penalty alpha |W|^2 beside a sum of squared errors, as scikit-learn's `Ridge` and `RidgeClassifier` take
  /// it: C = 1 / (2 alpha).
  public static func ridge(alpha: Double) -> Regularization { .c(0.5 / alpha) }
}
