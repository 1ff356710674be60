/// Multinomial logistic regression with an L2 penalty; with two classes the binary one. The objective is
/// scikit-learn's (`LogisticRegression`, version 1.9, solver `lbfgs`):
///
///     (1/S) sum_i s_i loss_i + |W|^2 / (2 C S),   S = sum_i s_i
///
/// where loss is the log-loss of softmax(W x + b), or of sigmoid(w x + b) for two classes, s_i the row's weight
/// times its class's, and the intercept b is not penalised. `FitCertificate.objective` is this value for the
/// scaled features.
///
/// Bad input: fewer than two classes and a class without training rows (so also fewer rows than classes) throw
/// `.missingClass`; NaN and infinite features `.invalidFeatures`; C that is not positive and finite
/// `.invalidArgument`. A constant column gets weight 0 when features are standardised. C = 1e300 is in effect
/// no penalty: classes that a plane separates then have no finite optimum, and the fit ends where the gradient
/// meets the tolerance.
public struct LogisticRegression: RegularizedConfiguration, Hashable {
  public var regularization: Regularization
  public var classWeights: ClassWeights
  public var scaling: FeatureScaling
  /// Whether there is a b.
  public var hasIntercept: Bool
  /// The fit ends when no component of the objective's gradient is larger. (scikit-learn's 1e-4 is coarse for a
  /// mean loss: where classes separate, its answer can be a tenth above the minimum.)
  public var tolerance: Double
  public var iterationLimit: Int

  public var name: String { "logistic" }
  public var startsWarm: Bool { true }

  public init(
    regularization: Regularization = .c(1), classWeights: ClassWeights = .uniform,
    scaling: FeatureScaling = .standardize, hasIntercept: Bool = true, tolerance: Double = 1e-5,
    iterationLimit: Int = 1000
  ) {
    self.regularization = regularization
    self.classWeights = classWeights
    self.scaling = scaling
    self.hasIntercept = hasIntercept
    self.tolerance = tolerance
    self.iterationLimit = iterationLimit
  }

  public func fit(
    _ training: LabeledFeatures, validation: LabeledFeatures?, options: FitOptions
  ) async throws(HeadsError) -> FitResult {
    try await FitContext.run(options) { context throws(HeadsError) in try solve(training, context) }
  }

  private func solve(_ training: LabeledFeatures, _ context: FitContext) throws(HeadsError) -> FitResult {
    guard tolerance >= 0, iterationLimit >= 0 else {
      throw HeadsError(
        .invalidArgument, "tolerance \(tolerance) or iteration limit \(iterationLimit) is negative")
    }
    let weights = try training.effectiveWeights(classWeights)
    let weightSum = weights.reduce(0, +)
    let penalty = 1 / (try regularization.c(weightSum: weightSum) * weightSum)
    guard penalty.isFinite else {
      throw HeadsError(.invalidArgument, "\(regularization) is too small for weights of sum \(weightSum)")
    }
    let scaling = try FittedScaling(scaling, training.features, context)
    let rows = try TrainingRows(training.features, scaling: scaling, context)
    let objective = LogisticObjective(
      rows, labels: training.labels, weights: weights, classes: training.classes.count, penalty: penalty,
      hasIntercept: hasIntercept, context)
    let minimum = try LBFGS(iterationLimit: iterationLimit, tolerance: tolerance).minimize(
      objective, from: try start(objective, training, scaling, context.options.initialHead),
      inverseCurvature: try objective.inverseCurvature(), context)
    let layer = try DenseLayer(
      folding: Array(minimum.point[..<objective.weightCount]),
      bias: Array(minimum.point[objective.weightCount...]), inputs: rows.dimension, scaling.columns)
    let head = try Head(
      layers: [layer], output: objective.outputs == 1 ? .sigmoid : .softmax, classes: training.classes,
      normalizesRows: self.scaling == .l2Normalize)
    return FitResult(
      head: head,
      certificate: FitCertificate(
        objective: minimum.value, optimality: .gradient(minimum.gradientMaximum),
        iterations: minimum.iterations, seconds: context.seconds, status: minimum.status))
  }

  private func start(
    _ objective: LogisticObjective, _ training: LabeledFeatures, _ scaling: FittedScaling, _ head: Head?
  ) throws(HeadsError) -> [Double] {
    guard let head else { return Array(repeating: 0, count: objective.parameterCount) }
    try head.checkStart(
      layers: [(training.features.dimension, objective.outputs)], classes: training.classes, self.scaling)
    let (weight, bias) = head.layers[0].unfolded(scaling.columns)
    return weight + (hasIntercept ? bias : bias.map { _ in 0 })
  }
}
