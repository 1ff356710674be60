/// The sequential dual method for the multiclass support vector machine of Crammer and Singer (Keerthi,
/// Sundararajan, Chang, Hsieh and Lin, "A sequential dual method for large scale multi-class linear SVMs", 2008).
///
/// With one variable a_im a row and class, a_im <= C_i for the row's own class and <= 0 for others, and
/// sum_m a_im = 0, it maximises
///
///     -1/2 sum_m |w_m|^2 - sum_i sum_(m != y_i) a_im,   w_m = sum_i a_im x_i
///
/// over all variables of one row at a time. A row holds the intercept's constant as one more feature, which is
/// kept apart here. The fit ends by the duality gap; how far variables are from their conditions says when to
/// look at it.
struct CrammerSinger {
  let rows: TrainingRows
  let labels: [Int]
  let classes: Int
  /// C_i; rows with 0 are left out.
  let costs: [Double]
  /// |x_i|^2, the constant included.
  let squaredNorms: [Double]
  /// The constant feature; 0 without intercept.
  let constant: Double
  /// Of the duality gap over the objective.
  let tolerance: Double
  let passLimit: Int

  struct Solution {
    /// K x d
    var weights: [Double]
    /// Coefficients of the constant feature.
    var intercepts: [Double]
    var primal: Double
    var dual: Double
    var passes: Int
    var status: FitCertificate.Status

    fileprivate var halfSquaredNorm: Double {
      0.5 * (BLAS.dot(weights, weights) + BLAS.dot(intercepts, intercepts))
    }
  }

  private struct State {
    var solution: Solution
    /// n x K
    var variables: [Double]
    var scores: [Double]
    var changes: [Double]
    /// Rows without variables whose scores are so far apart that they would stay so.
    var isStill: [Bool]
    var largestViolation = 0.0
  }

  func solve(_ context: FitContext) throws(HeadsError) -> Solution {
    var state = State(
      solution: Solution(
        weights: [Double](repeating: 0, count: classes * rows.dimension),
        intercepts: [Double](repeating: 0, count: classes), primal: 0, dual: 0, passes: 0,
        status: .iterationLimit),
      variables: [Double](repeating: 0, count: rows.count * classes),
      scores: [Double](repeating: 0, count: classes), changes: [Double](repeating: 0, count: classes),
      isStill: [Bool](repeating: false, count: rows.count))
    context.memory.reserve(bytes)
    var generator = SeededGenerator(seed: context.options.seed, stream: 1)
    var scratch: [Float] = []
    var threshold = 0.1
    var stillBeyond = Double.infinity
    for pass in 1...passLimit {
      state.solution.passes = pass
      state.largestViolation = 0
      try visitAll(&state, stillBeyond, &generator, &scratch, context)
      stillBeyond = state.largestViolation
      guard state.largestViolation <= threshold || pass == passLimit else { continue }
      try certify(&state, &scratch, context)
      let (primal, gap) = (state.solution.primal, state.solution.primal - state.solution.dual)
      context.report(pass, of: passLimit, primal)
      if gap <= tolerance * primal {
        state.solution.status = .converged
        break
      }
      // The gap falls about with the violations, at the worst.
      threshold *= min(0.5, max(0.05, tolerance * primal / gap))
      for row in state.isStill.indices { state.isStill[row] = false }
      stillBeyond = .infinity
    }
    return state.solution
  }

  /// Of the weights, the variables, the order of the rows, and those that are read.
  private var bytes: Int {
    8 * classes * (rows.dimension + rows.count + 2 * rows.tileRows) + rows.count + 8 * rows.shuffledRows
      + rows.scratchBytes(ofRows: rows.shuffledRows)
  }

  private func visitAll(
    _ state: inout State, _ stillBeyond: Double, _ generator: inout SeededGenerator,
    _ scratch: inout [Float], _ context: FitContext
  ) throws(HeadsError) {
    let tileRows = rows.shuffledRows
    var starts = Array(stride(from: 0, to: rows.count, by: tileRows))
    generator.shuffle(&starts)
    for start in starts {
      try context.checkCancellation()
      let range = start..<min(start + tileRows, rows.count)
      var order = range.filter { costs[$0] > 0 && !state.isStill[$0] }
      generator.shuffle(&order)
      try rows.withRows(range, scratch: &scratch) { tile in
        for row in order {
          let first = (row - start) * rows.dimension
          visit(row, tile.extracting(first..<first + rows.dimension), stillBeyond, &state)
        }
      }
    }
  }

  /// Maximises over the variables of one row.
  private func visit(_ row: Int, _ values: Span<Float>, _ stillBeyond: Double, _ state: inout State) {
    let (own, first) = (labels[row], row * classes)
    RowProducts.scores(
      values, dimension: rows.dimension, weights: state.solution.weights, classes: classes,
      into: &state.scores)
    for m in 0..<classes {
      state.scores[m] += constant * state.solution.intercepts[m] + (m == own ? 0 : 1)
    }
    // The gradient is equal among free variables, and no larger where one is at its bound.
    var (largest, smallestFree) = (-Double.infinity, Double.infinity)
    for m in 0..<classes {
      largest = max(largest, state.scores[m])
      if state.variables[first + m] < (m == own ? costs[row] : 0) {
        smallestFree = min(smallestFree, state.scores[m])
      }
    }
    let violation = largest - smallestFree
    if violation <= 0 {
      let others = (0..<classes).reduce(-Double.infinity) { $1 == own ? $0 : max($0, state.scores[$1]) }
      let isUnused = (0..<classes).allSatisfy { state.variables[first + $0] == 0 }
      if isUnused && state.scores[own] - others > stillBeyond { state.isStill[row] = true }
      return
    }
    state.largestViolation = max(state.largestViolation, violation)
    if violation <= 1e-12 { return }
    let new = maximum(row, own, state)
    var changed = false
    for m in 0..<classes {
      state.changes[m] = new[m] - state.variables[first + m]
      state.variables[first + m] = new[m]
      state.solution.intercepts[m] += constant * state.changes[m]
      changed = changed || state.changes[m] != 0
    }
    guard changed else { return }
    RowProducts.accumulate(
      values, dimension: rows.dimension, factors: state.changes, classes: classes,
      into: &state.solution.weights)
  }

  /// The best variables of a row, its scores (plus one for other classes) being given: minimum of
  /// A/2 sum a_m^2 + sum b_m a_m under the conditions, found by sorting (section 3.1 of the paper).
  private func maximum(_ row: Int, _ own: Int, _ state: State) -> [Double] {
    let (norm, cost, first) = (squaredNorms[row], costs[row], row * classes)
    guard norm > 0 else {  // a row of zeros: linear, best where its whole cost stands against one class
      return (0..<classes).map { $0 == own ? cost : ($0 == (own == 0 ? 1 : 0) ? -cost : 0) }
    }
    let linear = (0..<classes).map { state.scores[$0] - norm * state.variables[first + $0] }
    var sorted = linear
    sorted[own] += norm * cost
    sorted.sort(by: >)
    var beta = sorted[0] - norm * cost
    var count = 1
    while count < classes, beta < Double(count) * sorted[count] {
      beta += sorted[count]
      count += 1
    }
    beta /= Double(count)
    return (0..<classes).map { min($0 == own ? cost : 0, (beta - linear[$0]) / norm) }
  }

  /// Weights from the variables, and both objectives there: their difference bounds what is left to gain.
  private func certify(
    _ state: inout State, _ scratch: inout [Float], _ context: FitContext
  ) throws(HeadsError) {
    for index in state.solution.weights.indices { state.solution.weights[index] = 0 }
    for m in 0..<classes {
      state.solution.intercepts[m] =
        constant
        * stride(from: m, to: state.variables.count, by: classes).reduce(0) { $0 + state.variables[$1] }
    }
    try forEachTile(&scratch, context) { range, tile in
      RowProducts.accumulate(
        tile, dimension: rows.dimension,
        factors: Array(state.variables[range.lowerBound * classes..<range.upperBound * classes]),
        classes: classes, into: &state.solution.weights)
    }
    let half = state.solution.halfSquaredNorm
    var (primal, dual) = (half, -half)
    var scores = [Double](repeating: 0, count: rows.tileRows * classes)
    try forEachTile(&scratch, context) { range, tile in
      RowProducts.scores(
        tile, dimension: rows.dimension, weights: state.solution.weights, classes: classes, into: &scores)
      for row in range where costs[row] > 0 {
        let own = labels[row]
        var largest = 0.0
        func score(_ m: Int) -> Double {
          scores[(row - range.lowerBound) * classes + m] + constant * state.solution.intercepts[m]
        }
        for m in 0..<classes where m != own {
          largest = max(largest, 1 + score(m) - score(own))
          dual -= state.variables[row * classes + m]
        }
        primal += costs[row] * largest
      }
    }
    guard primal.isFinite else { throw HeadsError(.diverged, "the objective of the SVM is \(primal)") }
    (state.solution.primal, state.solution.dual) = (primal, dual)
  }

  private func forEachTile(
    _ scratch: inout [Float], _ context: FitContext, _ body: (Range<Int>, Span<Float>) -> Void
  ) throws(HeadsError) {
    for start in stride(from: 0, to: rows.count, by: rows.tileRows) {
      try context.checkCancellation()
      let range = start..<min(start + rows.tileRows, rows.count)
      try rows.withRows(range, scratch: &scratch) { tile in body(range, tile) }
    }
  }
}
