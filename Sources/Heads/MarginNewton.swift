/// Truncated Newton steps for the squared hinge in the primal (Keerthi and DeCoste, "A modified finite Newton
/// method for fast solution of large scale linear SVMs", 2005), for several one-vs-rest problems at once.
///
/// The Hessian 1 + 2 sum_active U_i x_i x_i^T has only the rows within the margin. Where these are few it is
/// factorised, else conjugate gradients apply it in float32; scores, gradients and the search along the direction are
/// float64, so that every step corrects the last one's rounding. With the dual variables 2 U_i max(0, 1 - y_i s_i) the duality gap is half the
/// squared norm of the gradient: the certificate costs nothing.
struct MarginNewton {
  let problems: MarginProblems

  private struct State {
    let positive: Int
    var point: MarginProblems.Point
    var gradient: MarginProblems.Point
    /// U_i of the rows within the margin, over the largest of all.
    var active = MarginProblems.RowFactors<Float>()
    var primal = Double.infinity
    var squaredGradient = Double.infinity
    var poorSteps = 0
    var solution: MarginProblems.Solution?
  }

  /// Whether the steps' float32 can work at all with such costs and rows.
  static func suits(_ problems: MarginProblems) -> Bool {
    guard problems.loss == .squaredHinge else { return false }
    let cost = problems.costs.max() ?? 0
    let norm = problems.squaredNorms.max() ?? 0
    return norm < 1e30 && cost < 1e30 && cost * norm < 1e12
  }

  /// Whether the Hessian is small and rows are many, so that a few steps cost less than many passes.
  static func isFast(_ problems: MarginProblems) -> Bool {
    suits(problems) && problems.rows.dimension < 1024
      && problems.rows.count >= 4 * problems.rows.dimension
  }

  /// - Parameters:
  ///   - starts: by problem.
  ///   - passes: those that were made before.
  func solve(
    _ positives: [Int], from starts: [MarginProblems.Point], passes: Int, _ context: FitContext
  ) throws(HeadsError) -> [MarginProblems.Solution] {
    guard !positives.isEmpty else { return [] }
    // Points, gradients and directions, scores and slopes, and the vectors of conjugate gradients.
    let (rows, dimension) = (problems.rows.count, problems.rows.dimension)
    let bytes =
      8 * (positives.count * (3 * dimension + 2 * rows) + 4 * dimension)
      + problems.rows.scratchBytes(ofRows: problems.rows.tileRows)
    context.memory.reserve(bytes)
    defer { context.memory.release(bytes) }
    var states = zip(positives, starts).map { State(positive: $0, point: $1, gradient: $1) }
    var scratch: [Float] = []
    var scores = try problems.scores(starts, &scratch, context)
    var passes = passes
    while true {
      passes += 1
      try look(&states, scores, passes, &scratch, context)
      let unfinished = states.indices.filter { states[$0].solution == nil }
      if unfinished.isEmpty { break }
      var directions: [MarginProblems.Point] = []
      for index in unfinished { directions.append(try direction(states[index], &scratch, context)) }
      let slopes = try problems.scores(directions, &scratch, context)
      let count = problems.rows.count
      for (position, index) in unfinished.enumerated() {
        let (own, other) = (index * count, position * count)
        let step = step(
          states[index], directions[position], scores[own..<own + count], slopes[other..<other + count])
        BLAS.add(directions[position].weights, times: step, to: &states[index].point.weights)
        states[index].point.intercept += step * directions[position].intercept
        for row in 0..<count { scores[own + row] += step * slopes[other + row] }
      }
    }
    return states.compactMap(\.solution)
  }

  /// Gradients and certificates where the problems are now.
  private func look(
    _ states: inout [State], _ scores: [Double], _ passes: Int, _ scratch: inout [Float],
    _ context: FitContext
  ) throws(HeadsError) {
    let count = problems.rows.count
    let largestCost = problems.costs.max() ?? 0
    let unfinished = states.indices.filter { states[$0].solution == nil }
    var pulls: [MarginProblems.RowFactors<Double>] = []
    for index in unfinished {
      var pull = MarginProblems.RowFactors<Double>()
      states[index].active = .init()
      for row in 0..<count where problems.costs[row] > 0 {
        let sign = problems.sign(row, states[index].positive)
        let hinge = 1 - sign * scores[index * count + row]
        guard hinge > 0 else { continue }
        pull.append(row, 2 * problems.costs[row] * hinge * sign)
        states[index].active.append(row, Float(problems.costs[row] / largestCost))
      }
      pulls.append(pull)
    }
    let bytes = problems.bytes(pulls)
    context.memory.reserve(bytes)
    defer { context.memory.release(bytes) }
    let combined = try problems.combinations(pulls, &scratch, context)
    for (index, sum) in zip(unfinished, combined) {
      var gradient = states[index].point
      BLAS.add(sum.weights, times: -1, to: &gradient.weights)
      gradient.intercept -= sum.intercept
      let gap = gradient.halfSquaredNorm
      let primal = try problems.primal(
        states[index].point, scores[index * count..<(index + 1) * count], states[index].positive)
      states[index].poorSteps =
        2 * gap > 0.5 * states[index].squaredGradient ? states[index].poorSteps + 1 : 0
      states[index].gradient = gradient
      states[index].squaredGradient = 2 * gap
      states[index].primal = primal
      let status: FitCertificate.Status
      if gap <= problems.tolerance * primal {
        status = .converged
      } else if passes >= problems.passLimit {
        status = .iterationLimit
      } else if states[index].poorSteps >= 12 {
        status = .precisionLimit
      } else {
        continue
      }
      states[index].solution = MarginProblems.Solution(
        point: states[index].point, primal: primal, dual: primal - gap, passes: passes, status: status)
    }
  }

  private func direction(
    _ state: State, _ scratch: inout [Float], _ context: FitContext
  ) throws(HeadsError) -> MarginProblems.Point {
    let exact = ExactNewtonStep(problems: problems, active: state.active)
    if exact.isCheap, let step = try exact.direction(state.gradient, &scratch, context) { return step }
    return try approximateDirection(state, &scratch, context)
  }

  /// Conjugate gradients until what is left of the gradient suffices for the tolerance, or for a step.
  private func approximateDirection(
    _ state: State, _ scratch: inout [Float], _ context: FitContext
  ) throws(HeadsError) -> MarginProblems.Point {
    let dimension = problems.rows.dimension
    let twiceCost = 2 * (problems.costs.max() ?? 0)
    let hessian = try ActiveRows(problems, state.active, &scratch, context)
    context.memory.reserve(hessian.bytes)
    defer { context.memory.release(hessian.bytes) }
    func flat(_ point: MarginProblems.Point) -> [Double] { point.weights + [point.intercept] }
    var residual = flat(state.gradient).map { -$0 }
    var solution = [Double](repeating: 0, count: dimension + 1)
    var search = residual
    var squared = state.squaredGradient
    // The gap that is allowed, with something to spare, but no more than a digit a step: the active rows change.
    let wanted = 0.5 * (2 * problems.tolerance * state.primal / state.squaredGradient).squareRoot()
    let goal = max(0.1, min(0.5, wanted))
    let enough = goal * goal * squared
    for _ in 0..<min(250, 2 * dimension + 10) {
      if !(squared > enough) { break }
      try context.checkCancellation()
      var product = try hessian.product(search, &scratch, context)
      for index in product.indices { product[index] = search[index] + twiceCost * product[index] }
      let step = squared / BLAS.dot(search, product)
      guard step.isFinite else { break }
      BLAS.add(search, times: step, to: &solution)
      BLAS.add(product, times: -step, to: &residual)
      let next = BLAS.dot(residual, residual)
      let share = next / squared
      for index in search.indices { search[index] = residual[index] + share * search[index] }
      squared = next
    }
    let intercept = solution.removeLast()
    return MarginProblems.Point(weights: solution, intercept: intercept)
  }

  /// How far to go along a direction: a root of the objective's derivative, which is piecewise linear and rises.
  private func step(
    _ state: State, _ direction: MarginProblems.Point, _ scores: ArraySlice<Double>,
    _ slopes: ArraySlice<Double>
  ) -> Double {
    let linear =
      BLAS.dot(state.point.weights, direction.weights) + state.point.intercept * direction.intercept
    let quadratic = 2 * direction.halfSquaredNorm
    func derivative(_ step: Double) -> (value: Double, curvature: Double) {
      var (value, curvature) = (linear + step * quadratic, quadratic)
      for (row, cost) in problems.costs.enumerated() where cost > 0 {
        let sign = problems.sign(row, state.positive)
        let slope = slopes[slopes.startIndex + row]
        let hinge = 1 - sign * (scores[scores.startIndex + row] + step * slope)
        guard hinge > 0 else { continue }
        value -= 2 * cost * sign * slope * hinge
        curvature += 2 * cost * slope * slope
      }
      return (value, curvature)
    }
    let start = abs(
      BLAS.dot(state.gradient.weights, direction.weights)
        + state.gradient.intercept * direction.intercept)
    var step = 1.0
    var (low, high) = (0.0, Double.infinity)
    for _ in 0..<30 {
      let (value, curvature) = derivative(step)
      if abs(value) <= 1e-3 * start || !curvature.isFinite || curvature <= 0 { break }
      if value < 0 { low = step } else { high = step }
      let wanted = step - value / curvature
      step = wanted > low && wanted < high ? wanted : (high.isFinite ? (low + high) / 2 : 2 * step)
    }
    return step
  }
}
