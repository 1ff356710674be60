import Synchronization

/// Linear support vector machine, one vector a class against the rest, one vector for two classes. The
/// objective of each is liblinear's (Fan et al., "LIBLINEAR: a library for large linear classification", 2008)
/// as scikit-learn's `LinearSVC` uses it:
///
///     1/2 (|w|^2 + v^2) + C sum_i s_i loss(1 - y_i (w . x_i + b)),   b = interceptScaling v
///
/// where loss(t) is max(0, t)^2 or max(0, t), y_i = 1 for rows of the class and -1 for others, and s_i the
/// row's weight times its class's. The intercept is penalised through v, the less the larger
/// `interceptScaling` is. (liblinear's own class weights count for the positive rows of each problem only;
/// here they mean the same in every head.) `FitCertificate.objective` is the sum over the problems, for the
/// scaled features.
///
/// Bad input: fewer than two classes and a class without training rows throw `.missingClass`; NaN and infinite
/// features `.invalidFeatures`; C that is not positive and finite, and a C s_i that overflows,
/// `.invalidArgument`. With C = 1e300 on classes that no plane separates the fit stops at `iterationLimit`, and
/// throws `.diverged` where the objective overflows.
public struct LinearSVM: RegularizedConfiguration, Hashable {
  /// What a row costs that lies on the wrong side of its margin, by how much.
  public enum Loss: String, Hashable, Sendable, CaseIterable {
    case hinge
    case squaredHinge
  }

  public var loss: Loss
  public var regularization: Regularization
  public var classWeights: ClassWeights
  public var scaling: FeatureScaling
  public var hasIntercept: Bool
  /// The constant feature by which the intercept is learnt.
  public var interceptScaling: Double
  /// The fit of a class ends when no two projected gradients of the dual differ by more.
  public var tolerance: Double
  /// Passes over the rows for each class.
  public var iterationLimit: Int

  public var name: String { "svm" }
  /// A dual solver would need the other problem's dual variables, which a head does not hold.
  public var startsWarm: Bool { false }

  public init(
    loss: Loss = .squaredHinge, regularization: Regularization = .c(1), classWeights: ClassWeights = .uniform,
    scaling: FeatureScaling = .standardize, hasIntercept: Bool = true, interceptScaling: Double = 1,
    tolerance: Double = 1e-4, iterationLimit: Int = 1000
  ) {
    self.loss = loss
    self.regularization = regularization
    self.classWeights = classWeights
    self.scaling = scaling
    self.hasIntercept = hasIntercept
    self.interceptScaling = interceptScaling
    self.tolerance = tolerance
    self.iterationLimit = iterationLimit
  }

  public func fit(
    _ training: LabeledFeatures, validation: LabeledFeatures?, options: FitOptions
  ) async throws(HeadsError) -> FitResult {
    try await FitContext.run(options) { context throws(HeadsError) in try solve(training, context) }
  }

  private func solve(_ training: LabeledFeatures, _ context: FitContext) throws(HeadsError) -> FitResult {
    guard tolerance >= 0, iterationLimit > 0, interceptScaling > 0, interceptScaling.isFinite else {
      throw HeadsError(
        .invalidArgument,
        "tolerance \(tolerance), iteration limit \(iterationLimit) or intercept scaling \(interceptScaling) "
          + "is out of range")
    }
    let weights = try training.effectiveWeights(classWeights)
    let c = try regularization.c(weightSum: weights.reduce(0, +))
    let costs = weights.map { $0 * c }
    guard costs.allSatisfy(\.isFinite) else {
      throw HeadsError(.invalidArgument, "C \(c) times a row's weight is not finite")
    }
    let scaling = try FittedScaling(scaling, training.features, context)
    let rows = try TrainingRows(training.features, scaling: scaling, context)
    let constant = hasIntercept ? interceptScaling : 0
    let solver = DualCoordinateDescent(
      rows: rows, squaredNorms: try squaredNorms(rows, context).map { $0 + constant * constant },
      costs: costs,
      loss: loss, constant: constant, tolerance: tolerance, passLimit: iterationLimit)
    let solutions = try solveEach(solver, training, context)
    let layer = try DenseLayer(
      folding: solutions.flatMap(\.weights), bias: solutions.map { $0.constantWeight * constant },
      inputs: rows.dimension, scaling.columns)
    let head = try Head(
      layers: [layer], output: .margins, classes: training.classes,
      normalizesRows: self.scaling == .l2Normalize)
    return FitResult(
      head: head,
      certificate: FitCertificate(
        objective: solutions.reduce(0) { $0 + $1.primal },
        optimality: .dualityGap(solutions.reduce(0) { $0 + $1.primal - $1.dual }),
        iterations: solutions.map(\.passes).max() ?? 0, seconds: context.seconds,
        status: solutions.allSatisfy(\.converged) ? .converged : .iterationLimit))
  }

  /// The one-vs-rest problems, each on one thread. A problem's answer does not depend on the thread count.
  private func solveEach(
    _ solver: DualCoordinateDescent, _ training: LabeledFeatures, _ context: FitContext
  ) throws(HeadsError) -> [DualCoordinateDescent.Solution] {
    let positives = training.classes.count == 2 ? [1] : Array(training.classes.indices)
    let failures = FailureBox(positives.count)
    let solved = Mutex<[Int: DualCoordinateDescent.Solution]>([:])
    context.pool.forEach(positives.count) { problem, _ in
      do throws(HeadsError) {
        let solution = try solver.solve(
          training.labels.map { $0 == positives[problem] },
          SeededGenerator(seed: context.options.seed, stream: UInt64(problem) + 1), context)
        solved.withLock { solved in
          solved[problem] = solution
          context.report(solved.count, of: positives.count, solution.primal)
        }
      } catch { failures.record(error, problem) }
    }
    try failures.rethrow()
    return solved.withLock { solved in positives.indices.compactMap { solved[$0] } }
  }

  private func squaredNorms(_ rows: TrainingRows, _ context: FitContext) throws(HeadsError) -> [Double] {
    var scratch: [Float] = []
    var norms: [Double] = []
    norms.reserveCapacity(rows.count)
    for start in stride(from: 0, to: rows.count, by: rows.tileRows) {
      try context.checkCancellation()
      let range = start..<min(start + rows.tileRows, rows.count)
      try rows.withRows(range, scratch: &scratch) { values in
        for row in 0..<range.count {
          var sum = 0.0
          for index in row * rows.dimension..<(row + 1) * rows.dimension {
            sum += Double(values[index]) * Double(values[index])
          }
          norms.append(sum)
        }
      }
    }
    return norms
  }
}
