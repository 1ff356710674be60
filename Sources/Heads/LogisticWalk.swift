#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One problem on its way along ascending values of C: it asks for evaluations, ends a fit where its tolerance is
/// met, and starts the next one further along the line through the last two answers, with what it has learnt of
/// the curvature.
final class LogisticWalk {
  /// An answer on the way.
  struct Stop: Sendable {
    var c: Double
    var point: [Double]
    var value: Double
    var largestComponent: Double
    /// Steps since the last answer.
    var iterations: Int
    var seconds: Double
    var status: FitCertificate.Status
    /// Scores of the problem's held rows at the point.
    var held: [Float]
  }

  /// When a fit ends.
  struct Rule: Sendable {
    /// Largest component of the gradient by weights and intercepts of the scaled features.
    var tolerance: Double
    /// Share of the objective by which it may be above its minimum, as the solver's model of it has it; 0 for
    /// never.
    var objectiveTolerance: Double
    var iterationLimit: Int
    /// Below this largest component float32 arithmetic shows noise.
    var singlePrecisionLimit: Double
  }

  let problem: Int
  let values: [Double]
  private let weightSum: Double
  private let outputs: Int
  private let directions: PrincipalDirections
  private let rule: Rule
  private let context: FitContext
  private var search: LBFGS
  private(set) var stops: [Stop] = []
  /// Whether evaluations have to be in float64 from here on.
  private(set) var isPrecise = false
  private var firstIteration = 0
  private var startSeconds: Double
  private var largestComponent = Double.infinity
  private var held: [Float] = []
  private var previous: [Double]?

  init(
    problem: Int, values: [Double], weightSum: Double, start: [Double], outputs: Int,
    _ directions: PrincipalDirections, _ rule: Rule, _ context: FitContext
  ) {
    self.problem = problem
    self.values = values
    self.weightSum = weightSum
    self.outputs = outputs
    self.directions = directions
    self.rule = rule
    self.context = context
    search = LBFGS(start: start)
    context.memory.reserve(search.bytes)
    startSeconds = context.seconds
    setPrecision(false)
  }

  /// The objective at the best point.
  var value: Double { search.value }

  var isFinished: Bool { stops.count == values.count }

  /// What is to be evaluated next.
  var job: LogisticBatch.Job {
    LogisticBatch.Job(problem: problem, point: search.trial, penalty: penalty)
  }

  private var penalty: Double { penalty(values[min(stops.count, values.count - 1)]) }
  private func penalty(_ c: Double) -> Double { 1 / (c * weightSum) }

  private var guess: SpectralCurvature {
    SpectralCurvature(
      directions: directions, outputs: outputs, penalty: penalty,
      bend: outputs == 1 ? 0.25 : 1 / Double(outputs))
  }

  private func setPrecision(_ isPrecise: Bool) {
    self.isPrecise = isPrecise
    search.lineSearch.rounding = isPrecise ? 1e-14 : 1e-6
  }

  /// Takes the answer to `job`.
  func take(_ answer: LogisticAnswer) throws(HeadsError) {
    switch try search.take(value: answer.value, gradient: answer.gradient) {
    case .searching:
      break
    case .stuck:
      cannotMove()
    case .forgot:
      decide()
    case .moved:
      (largestComponent, held) = (answer.largestComponent, answer.held)
      decide()
    }
  }

  private func decide() {
    let done = search.iterations - firstIteration
    let limit = isPrecise ? 0 : rule.singlePrecisionLimit
    if largestComponent <= rule.tolerance && rule.tolerance >= limit { return finish(.converged) }
    // The limit has something to spare; passes in float64 take several times as long.
    if largestComponent <= max(rule.tolerance, limit / 4) && rule.tolerance < limit {
      setPrecision(true)
      return search.restart(at: search.point)
    }
    guard done < rule.iterationLimit else { return finish(.iterationLimit) }
    guard let excess = search.propose(guess) else { return cannotMove() }
    // What is left is only as good as the solver's model. After a short step along the path the model of the
    // last place still holds; a long one has to be paid for with steps here, and with a margin.
    let tolerance = rule.objectiveTolerance * search.value
    let isNear = stops.last.map { values[stops.count] <= 2 * $0.c } ?? false
    let isTrusted =
      done > 0 ? search.lastDecrease <= 10 * tolerance : isNear && search.knowsCurvature
    if isTrusted && excess <= (isNear && done > 0 ? 1 : 0.1) * tolerance { finish(.converged) }
  }

  private func cannotMove() {
    if isPrecise { return finish(.precisionLimit) }
    setPrecision(true)
    search.restart(at: search.point)
  }

  private func finish(_ status: FitCertificate.Status) {
    let (c, point) = (values[stops.count], search.point)
    stops.append(
      Stop(
        c: c, point: point, value: search.value, largestComponent: largestComponent,
        iterations: search.iterations - firstIteration, seconds: context.seconds - startSeconds,
        status: status, held: held))
    guard !isFinished else { return search.forget() }
    startSeconds = context.seconds
    firstIteration = search.iterations
    setPrecision(false)
    var start = point
    if let previous {
      // Along a path the answer moves by nearly as much from one C to the next, if their ratios are equal.
      let reach = log(values[stops.count] / c) / log(c / values[stops.count - 2])
      BLAS.scale(&start, by: 1 + min(reach, 2))
      BLAS.add(previous, times: -min(reach, 2), to: &start)
    }
    previous = point
    search.restart(
      at: start, penaltyChange: penalty - penalty(c), count: outputs * directions.dimension)
  }
}
