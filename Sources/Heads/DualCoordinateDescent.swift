/// Dual coordinate descent for a binary linear support vector machine (Hsieh, Chang, Lin, Keerthi and
/// Sundararajan, "A dual coordinate descent method for large-scale linear SVM", 2008, algorithm 3).
///
/// With y_i = +-1 and U_i = C s_i, it minimises over 0 <= a_i (<= U_i with the plain hinge)
///
///     1/2 |w|^2 + 1/2 sum_i D_i a_i^2 - sum_i a_i,   w = sum_i a_i y_i x_i
///
/// where D_i = 0 with the plain hinge and 1 / (2 U_i) with its square. A row holds the intercept's constant as
/// one more feature, which is kept apart here.
struct DualCoordinateDescent {
  let rows: TrainingRows
  /// |x_i|^2, the constant included.
  let squaredNorms: [Double]
  /// U_i; rows with 0 are left out.
  let costs: [Double]
  let loss: LinearSVM.Loss
  /// The constant feature; 0 without intercept.
  let constant: Double
  let tolerance: Double
  let passLimit: Int

  struct Solution {
    var weights: [Double]
    /// Coefficient of the constant feature.
    var constantWeight: Double
    var primal: Double
    var dual: Double
    var passes: Int
    var converged: Bool
  }

  /// One problem under way.
  private struct State {
    var alpha: [Double]
    var weights: [Double]
    var constantWeight = 0.0
    var scratch: [Float] = []
    var score = [0.0]
  }

  /// - Parameter isPositive: y_i > 0.
  func solve(
    _ isPositive: [Bool], _ generator: SeededGenerator, _ context: FitContext
  ) throws(HeadsError) -> Solution {
    var generator = generator
    var state = State(
      alpha: Array(repeating: 0, count: rows.count), weights: Array(repeating: 0, count: rows.dimension))
    let all = costs.indices.filter { costs[$0] > 0 }
    var order = all
    var active = all.count
    // Rows at a bound whose gradient lies beyond the last pass's extremes are left out: they would stay.
    var shrinkAbove = Double.infinity
    var shrinkBelow = -Double.infinity
    var passes = 0
    var converged = false
    while passes < passLimit {
      try context.checkCancellation()
      passes += 1
      shuffle(&order, active, &generator)
      var largest = -Double.infinity
      var smallest = Double.infinity
      var position = 0
      while position < active {
        let row = order[position]
        let y = isPositive[row] ? 1.0 : -1.0
        let gradient = y * (try score(row, &state)) - 1 + diagonal(row) * state.alpha[row]
        var projected = gradient
        if state.alpha[row] == 0 {
          if gradient > shrinkAbove {
            active -= 1
            order.swapAt(position, active)
            continue
          }
          projected = min(gradient, 0)
        } else if state.alpha[row] >= upperBound(row) {
          if gradient < shrinkBelow {
            active -= 1
            order.swapAt(position, active)
            continue
          }
          projected = max(gradient, 0)
        }
        largest = max(largest, projected)
        smallest = min(smallest, projected)
        if abs(projected) > 1e-12 { try update(row, y, gradient, &state) }
        position += 1
      }
      if largest - smallest <= tolerance || active == 0 {
        if active == all.count {
          converged = true
          break
        }
        active = all.count  // once more with all rows
        shrinkAbove = .infinity
        shrinkBelow = -.infinity
      } else {
        shrinkAbove = largest > 0 ? largest : .infinity
        shrinkBelow = smallest < 0 ? smallest : -.infinity
      }
    }
    return try certify(state, isPositive, passes: passes, converged: converged)
  }

  private func shuffle(_ order: inout [Int], _ active: Int, _ generator: inout SeededGenerator) {
    for position in 0..<active { order.swapAt(position, position + generator.below(active - position)) }
  }

  private func diagonal(_ row: Int) -> Double { loss == .squaredHinge ? 0.5 / costs[row] : 0 }
  private func upperBound(_ row: Int) -> Double { loss == .squaredHinge ? .infinity : costs[row] }

  /// w . x_i
  private func score(_ row: Int, _ state: inout State) throws(HeadsError) -> Double {
    try rows.withRows(row..<row + 1, scratch: &state.scratch) { values in
      RowProducts.scores(
        values, dimension: rows.dimension, weights: state.weights, classes: 1, into: &state.score)
    }
    return state.score[0] + constant * state.constantWeight
  }

  /// Minimises over a_i alone and moves w along.
  private func update(
    _ row: Int, _ y: Double, _ gradient: Double, _ state: inout State
  ) throws(HeadsError) {
    let curvature = squaredNorms[row] + diagonal(row)
    let old = state.alpha[row]
    // Without curvature (a row of zeros) the objective is linear and its minimum at the bound.
    let wanted = curvature > 0 ? old - gradient / curvature : (gradient < 0 ? .infinity : 0)
    let new = min(max(wanted, 0), upperBound(row))
    state.alpha[row] = new
    let change = (new - old) * y
    guard change != 0 else { return }
    state.constantWeight += change * constant
    try rows.withRows(row..<row + 1, scratch: &state.scratch) { values in
      RowProducts.accumulate(
        values, dimension: rows.dimension, factors: [change], classes: 1, into: &state.weights)
    }
  }

  /// Both objectives at the end: their difference bounds what is left to gain.
  private func certify(
    _ state: State, _ isPositive: [Bool], passes: Int, converged: Bool
  ) throws(HeadsError) -> Solution {
    var state = state
    let halfNorm =
      0.5 * (BLAS.dot(state.weights, state.weights) + state.constantWeight * state.constantWeight)
    var primal = halfNorm
    var dual = -halfNorm
    for row in costs.indices where costs[row] > 0 {
      let margin = (isPositive[row] ? 1 : -1) * (try score(row, &state))
      let hinge = max(0, 1 - margin)
      primal += costs[row] * (loss == .squaredHinge ? hinge * hinge : hinge)
      let alpha = state.alpha[row]
      dual += alpha - 0.5 * diagonal(row) * alpha * alpha
    }
    guard primal.isFinite else { throw HeadsError(.diverged, "the objective of the SVM is \(primal)") }
    return Solution(
      weights: state.weights, constantWeight: state.constantWeight, primal: primal, dual: dual,
      passes: passes, converged: converged)
  }
}
