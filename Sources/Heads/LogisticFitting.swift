/// Fits logistic regressions to the same rows together. See `LogisticRegression` for what is minimised.
struct LogisticFitting {
  /// Which rows one problem is fitted to, and along which values of C.
  struct Member {
    /// s_i, zero for rows that are not trained on.
    var weights: [Double]
    /// The rows that the features' scaling is taken from; `nil` for all.
    var isIncluded: [Bool]?
    /// Rows whose scores are wanted along the way, ascending.
    var held: [Int] = []
    /// Ascending.
    var values: [Double]
    var start: Head?
  }

  /// One fit of a member.
  struct Fitted: Sendable {
    var c: Double
    var result: FitResult
    /// Scores of the member's held rows.
    var held: [Float]
  }

  let configuration: LogisticRegression
  let data: LabeledFeatures
  let context: FitContext
  /// See `LogisticWalk.Rule`.
  var objectiveTolerance: Double
  /// Whether it is `objectiveTolerance` alone that ends a fit.
  var isApproximate = false

  private static let farthestMean = 64.0

  private var outputs: Int { data.classes.count == 2 ? 1 : data.classes.count }

  /// The fits of each member, one a value of C.
  func fit(_ members: [Member]) throws(HeadsError) -> [[Fitted]] {
    guard configuration.tolerance >= 0, configuration.iterationLimit >= 0 else {
      throw HeadsError(
        .invalidArgument,
        "tolerance \(configuration.tolerance) or iteration limit \(configuration.iterationLimit) is negative")
    }
    let isNormalized = configuration.scaling == .l2Normalize
    let plain = try TrainingRows(
      widening: data.features,
      scaling: FittedScaling(isNormalized ? .l2Normalize : .none, data.features, context),
      context)
    let all = try ColumnMoments(plain, context)
    // A column far from 0 loses its digits in float32 products; such rows are centred while they are read.
    let isFar = all.mean.indices.contains { column in
      guard let deviation = all.deviation(column, rows: plain.count) else { return false }
      return abs(all.mean[column]) > Self.farthestMean * deviation
    }
    let center = isFar && !isNormalized ? all.mean : nil
    let rows = try center.map { mean throws(HeadsError) in
      try TrainingRows(
        data.features,
        scaling: FittedScaling(columns: Standardization(mean: mean, scale: mean.map { _ in 1 })), context)
    }
    let problems = try members.map { member throws(HeadsError) in
      try problem(member, plain, all, center: center)
    }
    let directions = try PrincipalDirections(
      rows ?? plain, problems[0].coordinates,
      columnVariances: zip(all.variance, problems[0].coordinates.factor).map { $0 * $1 * $1 }, context)
    let walks = try members.indices.map { index throws(HeadsError) in
      try walk(members[index], index, problems[index], directions, all)
    }
    let batch = LogisticBatch(
      rows ?? plain, problems.map(\.problem), labels: data.labels, outputs: outputs, context)
    let precise = PreciseObjectives(
      plain: plain, data: data, outputs: outputs, hasIntercept: configuration.hasIntercept, context: context)
    try advance(walks, batch, precise, problems)
    return try walks.indices.map { index throws(HeadsError) in
      try fitted(walks[index], problems[index])
    }
  }

  /// A member's problem, and how its features are scaled.
  struct Prepared {
    var problem: LogisticProblem
    var scaling: Standardization?
    var coordinates: LinearCoordinates { problem.coordinates }
  }

  private func problem(
    _ member: Member, _ plain: TrainingRows, _ all: ColumnMoments, center: [Double]?
  ) throws(HeadsError) -> Prepared {
    let standardizes = configuration.scaling == .standardize
    let isPart = standardizes && member.isIncluded != nil
    let moments = isPart ? try ColumnMoments(plain, isIncluded: member.isIncluded, context) : all
    let count = isPart ? member.isIncluded?.count { $0 } ?? plain.count : plain.count
    let scaling = standardizes ? Standardization(moments, rows: count) : nil
    let centers = standardizes || configuration.hasIntercept
    let isConstant = moments.mean.indices.map { moments.deviation($0, rows: count) == nil }
    let coordinates = LinearCoordinates(
      mean: moments.mean.indices.map { (centers ? moments.mean[$0] : 0) - (center?[$0] ?? 0) },
      factor: moments.mean.indices.map { column in
        if centers && isConstant[column] { return 0 }
        return scaling.map { 1 / $0.scale[column] } ?? 1
      },
      hasIntercept: configuration.hasIntercept,
      shift: standardizes || !centers ? nil : moments.mean)
    return Prepared(
      problem: LogisticProblem(weights: member.weights, held: member.held, coordinates), scaling: scaling)
  }

  private func walk(
    _ member: Member, _ index: Int, _ prepared: Prepared, _ directions: PrincipalDirections,
    _ all: ColumnMoments
  ) throws(HeadsError) -> LogisticWalk {
    let parameters = outputs * (data.features.dimension + 1)
    var start = Array(repeating: 0.0, count: parameters)
    if let head = member.start {
      try head.checkStart(
        layers: [(data.features.dimension, outputs)], classes: data.classes, configuration.scaling)
      let (weight, bias) = head.layers[0].unfolded(prepared.scaling)
      start = prepared.coordinates.point(
        scaled: weight + (configuration.hasIntercept ? bias : bias.map { _ in 0 }), outputs: outputs)
    }
    for c in member.values {
      guard (1 / (c * prepared.problem.weightSum)).isFinite else {
        throw HeadsError(
          .invalidArgument, "C \(c) is too small for weights of sum \(prepared.problem.weightSum)")
      }
    }
    // Rounding of float32 residuals times the columns' spread.
    let spread = zip(all.variance, prepared.coordinates.factor).map { $0.squareRoot() * $1 }.max() ?? 0
    return LogisticWalk(
      problem: index, values: member.values, weightSum: prepared.problem.weightSum, start: start,
      outputs: outputs, directions,
      LogisticWalk.Rule(
        tolerance: isApproximate ? 0 : configuration.tolerance, objectiveTolerance: objectiveTolerance,
        iterationLimit: configuration.iterationLimit,
        singlePrecisionLimit: isApproximate ? 0 : 4e-7 * max(1, spread)),
      context)
  }

  /// Evaluates what the walks ask for, all of them in one pass, until none asks any more.
  private func advance(
    _ walks: [LogisticWalk], _ batch: LogisticBatch, _ precise: PreciseObjectives, _ problems: [Prepared]
  ) throws(HeadsError) {
    var passes = 0
    while true {
      let active = walks.filter { !$0.isFinished }
      guard !active.isEmpty else { return }
      try context.checkCancellation()
      let single = active.filter { !$0.isPrecise }
      if !single.isEmpty {
        let answers = try batch.evaluate(single.map(\.job))
        let failures = FailureBox(single.count)
        context.pool.forEach(single.count) { index, _ in
          do throws(HeadsError) { try single[index].take(answers[index]) } catch {
            failures.record(error, index)
          }
        }
        try failures.rethrow()
      }
      for walk in active where walk.isPrecise && !single.contains(where: { $0 === walk }) {
        let prepared = problems[walk.problem]
        try walk.take(try precise.evaluate(walk.job, prepared.problem, prepared.scaling))
      }
      passes += 1
      if let walk = active.last {
        context.report(passes, of: configuration.iterationLimit * walk.values.count, walk.value)
      }
    }
  }

  private func fitted(_ walk: LogisticWalk, _ prepared: Prepared) throws(HeadsError) -> [Fitted] {
    try walk.stops.map { stop throws(HeadsError) in
      let scaled = prepared.coordinates.scaled(stop.point, outputs: outputs)
      let count = outputs * data.features.dimension
      let layer = try DenseLayer(
        folding: Array(scaled[..<count]), bias: Array(scaled[count...]), inputs: data.features.dimension,
        prepared.scaling)
      let head = try Head(
        layers: [layer], output: outputs == 1 ? .sigmoid : .softmax, classes: data.classes,
        normalizesRows: configuration.scaling == .l2Normalize)
      return Fitted(
        c: stop.c,
        result: FitResult(
          head: head,
          certificate: FitCertificate(
            objective: stop.value, optimality: .gradient(stop.largestComponent), iterations: stop.iterations,
            seconds: stop.seconds, status: stop.status, peakBytes: context.memory.peak)), held: stop.held)
    }
  }
}
