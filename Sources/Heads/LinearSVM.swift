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
/// With `multiclass` `.crammerSinger` there is one problem for all classes instead (Crammer and Singer, "On the
/// algorithmic implementation of multiclass kernel-based vector machines", 2001; liblinear's `-s 4`), in which
/// `loss` does not appear:
///
///     1/2 sum_m (|w_m|^2 + v_m^2) + C sum_i s_i max(0, max_(m != y_i) 1 + w_m . x_i + b_m - w_(y_i) . x_i - b_(y_i))
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

  /// How more than two classes are told apart.
  public enum Multiclass: String, Hashable, Sendable, CaseIterable {
    case oneVersusRest
    case crammerSinger
  }

  public var loss: Loss
  public var multiclass: Multiclass
  public var regularization: Regularization
  public var classWeights: ClassWeights
  public var scaling: FeatureScaling
  public var hasIntercept: Bool
  /// The constant feature by which the intercept is learnt.
  public var interceptScaling: Double
  /// The fit of a class ends when its duality gap, which bounds how far its objective is above the minimum, is at
  /// most so large a part of the objective.
  public var tolerance: Double
  /// Passes over the rows, or Newton steps, for each class.
  public var iterationLimit: Int

  public var name: String { "svm" }
  /// Weights tell the dual variables of the squared hinge, but not those of the plain one.
  public var startsWarm: Bool { loss == .squaredHinge && multiclass == .oneVersusRest }

  public init(
    loss: Loss = .squaredHinge, regularization: Regularization = .c(1), classWeights: ClassWeights = .uniform,
    scaling: FeatureScaling = .standardize, hasIntercept: Bool = true, interceptScaling: Double = 1,
    tolerance: Double = 1e-6, iterationLimit: Int = 1000,
    multiclass: Multiclass = .oneVersusRest
  ) {
    self.multiclass = multiclass
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
    context.memory.reserve(3 * 8 * rows.count)  // weights, costs and norms
    let norms = try rows.squaredNorms(context).map { $0 + constant * constant }
    guard multiclass == .oneVersusRest else {
      let solver = CrammerSinger(
        rows: rows, labels: training.labels, classes: training.classes.count, costs: costs,
        squaredNorms: norms, constant: constant, tolerance: tolerance, passLimit: iterationLimit)
      return try result(of: try solver.solve(context), training, scaling, context)
    }
    let problems = MarginProblems(
      rows: rows, labels: training.labels, costs: costs, squaredNorms: norms, loss: loss, constant: constant,
      tolerance: tolerance, passLimit: iterationLimit)
    let start = try start(training, scaling, context.options.initialHead)
    let solutions = try solveAll(problems, training, start, context)
    let layer = try MarginRounding(problems: problems, columns: scaling.columns)
      .layer(solutions.map(\.point), positives(training), context)
    let head = try Head(
      layers: [layer], output: .margins, classes: training.classes,
      normalizesRows: self.scaling == .l2Normalize)
    let statuses = solutions.map(\.status)
    return FitResult(
      head: head,
      certificate: FitCertificate(
        objective: solutions.reduce(0) { $0 + $1.primal },
        optimality: .dualityGap(solutions.reduce(0) { $0 + $1.primal - $1.dual }),
        iterations: solutions.map(\.passes).max() ?? 0, seconds: context.seconds,
        status: statuses.contains(.iterationLimit)
          ? .iterationLimit : (statuses.contains(.precisionLimit) ? .precisionLimit : .converged),
        peakBytes: context.memory.peak))
  }

  /// Of two classes a head holds the difference.
  private func result(
    of solution: CrammerSinger.Solution, _ training: LabeledFeatures, _ scaling: FittedScaling,
    _ context: FitContext
  ) throws(HeadsError) -> FitResult {
    let dimension = training.features.dimension
    var weights = solution.weights
    var bias = solution.intercepts.map { $0 * interceptScaling }
    if bias.count == 2 {
      weights = (0..<dimension).map { weights[dimension + $0] - weights[$0] }
      bias = [bias[1] - bias[0]]
    }
    let layer = try DenseLayer(folding: weights, bias: bias, inputs: dimension, scaling.columns)
    return FitResult(
      head: try Head(
        layers: [layer], output: .margins, classes: training.classes,
        normalizesRows: self.scaling == .l2Normalize),
      certificate: FitCertificate(
        objective: solution.primal, optimality: .dualityGap(solution.primal - solution.dual),
        iterations: solution.passes, seconds: context.seconds, status: solution.status,
        peakBytes: context.memory.peak))
  }

  /// By problem, the label that is held against the rest.
  private func positives(_ training: LabeledFeatures) -> [Int] {
    training.classes.count == 2 ? [1] : Array(training.classes.indices)
  }

  /// The one-vs-rest problems, in groups that each run on one thread. A problem's answer depends neither on the
  /// thread count nor on its group.
  private func solveAll(
    _ problems: MarginProblems, _ training: LabeledFeatures, _ start: [MarginProblems.Point]?,
    _ context: FitContext
  ) throws(HeadsError) -> [MarginProblems.Solution] {
    let positives = positives(training)
    let threads = context.pool.threads
    let size = min(Self.largestGroup, (positives.count + threads - 1) / threads)
    let groups = stride(from: 0, to: positives.count, by: size).map { first in
      first..<min(first + size, positives.count)
    }
    let failures = FailureBox(groups.count)
    let solved = Mutex<[Int: MarginProblems.Solution]>([:])
    context.pool.forEach(groups.count) { group, _ in
      do throws(HeadsError) {
        let range = groups[group]
        let solutions = try solve(
          problems, Array(positives[range]), start.map { Array($0[range]) }, context)
        solved.withLock { solved in
          for (problem, solution) in zip(range, solutions) {
            solved[problem] = solution
            context.report(solved.count, of: positives.count, solution.primal)
          }
        }
      } catch { failures.record(error, group) }
    }
    try failures.rethrow()
    return solved.withLock { solved in positives.indices.compactMap { solved[$0] } }
  }

  /// Problems of a group: so many weight vectors stay in the second cache beside a few rows.
  private static let largestGroup = 16
  /// Where so many passes did not suffice, as with a large C, Newton steps are better at the rest.
  private static let descentPasses = 300
  /// The same where Newton steps cost little.
  private static let fewPasses = 12

  private func solve(
    _ problems: MarginProblems, _ positives: [Int], _ start: [MarginProblems.Point]?, _ context: FitContext
  ) throws(HeadsError) -> [MarginProblems.Solution] {
    let passes = MarginNewton.isFast(problems) ? Self.fewPasses : Self.descentPasses
    let suitsNewton = MarginNewton.suits(problems) && iterationLimit > passes
    let descent = DualCoordinateDescent(
      problems: problems, passLimit: suitsNewton ? passes : iterationLimit, certifiesAll: !suitsNewton)
    let outcomes = try descent.solve(positives, from: start, context)
    var (rest, points) = ([Int](), [MarginProblems.Point]())
    for (positive, outcome) in zip(positives, outcomes) {
      guard case .unfinished(let point) = outcome else { continue }
      rest.append(positive)
      points.append(point)
    }
    var others = try MarginNewton(problems: problems)
      .solve(rest, from: points, passes: passes, context)[...]
    return outcomes.compactMap { outcome in
      if case .solved(let solution) = outcome { solution } else { others.popFirst() }
    }
  }

  /// The initial head's weights as they act on scaled rows; they help with the squared hinge only.
  private func start(
    _ training: LabeledFeatures, _ scaling: FittedScaling, _ head: Head?
  ) throws(HeadsError) -> [MarginProblems.Point]? {
    guard let head, startsWarm else { return nil }
    let dimension = training.features.dimension
    let outputs = training.classes.count == 2 ? 1 : training.classes.count
    try head.checkStart(layers: [(dimension, outputs)], classes: training.classes, self.scaling)
    let (weight, bias) = head.layers[0].unfolded(scaling.columns)
    return (0..<outputs).map { output in
      MarginProblems.Point(
        weights: Array(weight[output * dimension..<(output + 1) * dimension]),
        intercept: hasIntercept ? bias[output] / interceptScaling : 0)
    }
  }
}
