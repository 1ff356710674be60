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
  /// The fit also ends when the solver's model of the objective has it within this share of its minimum; 0 for
  /// never. The share that is really left can be a few times larger.
  public var objectiveTolerance: Double
  public var iterationLimit: Int

  public var name: String { "logistic" }
  public var startsWarm: Bool { true }

  public init(
    regularization: Regularization = .c(1), classWeights: ClassWeights = .uniform,
    scaling: FeatureScaling = .standardize, hasIntercept: Bool = true, tolerance: Double = 1e-5,
    objectiveTolerance: Double = 0, iterationLimit: Int = 1000
  ) {
    self.regularization = regularization
    self.classWeights = classWeights
    self.scaling = scaling
    self.hasIntercept = hasIntercept
    self.tolerance = tolerance
    self.objectiveTolerance = objectiveTolerance
    self.iterationLimit = iterationLimit
  }

  public func fit(
    _ training: LabeledFeatures, validation: LabeledFeatures?, options: FitOptions
  ) async throws(HeadsError) -> FitResult {
    try await FitContext.run(options) { context throws(HeadsError) in try solve(training, context) }
  }

  private func solve(_ training: LabeledFeatures, _ context: FitContext) throws(HeadsError) -> FitResult {
    let weights = try training.effectiveWeights(classWeights)
    let member = LogisticFitting.Member(
      weights: weights, values: [try regularization.c(weightSum: weights.reduce(0, +))],
      start: context.options.initialHead)
    let fits = try LogisticFitting(
      configuration: self, data: training, context: context, objectiveTolerance: objectiveTolerance
    ).fit([member])
    guard let result = fits.first?.first?.result else {
      throw HeadsError(.diverged, "the fit gave no head")
    }
    return result
  }
}
