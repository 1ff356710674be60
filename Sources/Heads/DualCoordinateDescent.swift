/// Dual coordinate descent for linear support vector machines with shrinking (Hsieh, Chang, Lin, Keerthi and
/// Sundararajan, "A dual coordinate descent method for large-scale linear SVM", 2008, algorithm 3), for several
/// one-vs-rest problems at once: a row is visited for all of them while it is at hand.
///
/// With y_i = +-1 and U_i = C s_i, it minimises over 0 <= a_i (<= U_i with the plain hinge)
///
///     1/2 |w|^2 + 1/2 sum_i D_i a_i^2 - sum_i a_i,   w = sum_i a_i y_i x_i
///
/// where D_i = 0 with the plain hinge and 1 / (2 U_i) with its square. The passes run in float32 and, towards
/// the end, in float64. A problem is done when its duality gap, computed anew in float64 from the variables, is
/// small enough; the paper's criterion on projected gradients says when to look. What happens to a problem does
/// not depend on which others are solved with it.
struct DualCoordinateDescent {
  let problems: MarginProblems
  let passLimit: Int
  /// Whether problems that are not done at the limit get a certificate, or are left where they are.
  let certifiesAll: Bool

  enum Outcome {
    case solved(MarginProblems.Solution)
    case unfinished(MarginProblems.Point)
  }

  /// How far a problem is.
  private struct Progress {
    /// The duality gap is computed when projected gradients differ by no more than this.
    var threshold = 0.1
    var isPrecise = false
    /// The smallest difference so far, and for how many passes it has been that.
    var smallestSpread = Double.infinity
    var stalePasses = 0
  }

  /// Below this, differences of gradients drown in float32's rounding.
  private static let precisionThreshold = 1e-3

  /// - Parameters:
  ///   - positives: by problem, the label that is held against the rest.
  ///   - start: by problem, weights to begin near; for the squared hinge.
  func solve(
    _ positives: [Int], from start: [MarginProblems.Point]?, _ context: FitContext
  ) throws(HeadsError) -> [Outcome] {
    let rows = problems.rows
    let dual = DualProblems(
      dimension: rows.dimension, costs: problems.costs, squaredNorms: problems.squaredNorms,
      labels: problems.labels, positives: positives, constant: problems.constant,
      squared: problems.loss == .squaredHinge)
    let bytes = dual.bytes + visitBytes
    context.memory.reserve(bytes)
    defer { context.memory.release(bytes) }
    var outcomes = [MarginProblems.Solution?](repeating: nil, count: positives.count)
    var progress = [Progress](repeating: Progress(), count: positives.count)
    var generator = SeededGenerator(seed: context.options.seed, stream: 1)
    var scratch: [Float] = []
    if let start { try begin(dual, near: start, positives, &scratch, context) }
    for pass in 1...passLimit {
      let unfinished = outcomes.indices.filter { outcomes[$0] == nil }
      if unfinished.isEmpty { break }
      try visitAll(dual, unfinished, progress, &generator, &scratch, context)
      var due = unfinished.filter { isDue($0, dual, &progress[$0]) }
      if pass == passLimit && certifiesAll { due = unfinished }
      guard !due.isEmpty else { continue }
      let found = try certify(dual, due, positives, &scratch, context)
      for (problem, found) in zip(due, found) {
        let gap = found.primal - found.dual
        let isDone = gap <= problems.tolerance * found.primal
        guard isDone || pass == passLimit else {
          dual.takeAllIn(problem)
          dual.setWeights(found.point.weights, intercept: found.point.intercept, of: problem)
          // The gap falls about with the square of the differences.
          let wanted = (problems.tolerance * found.primal / gap).squareRoot()
          progress[problem].threshold *= min(0.5, max(0.05, 0.7 * wanted))
          if progress[problem].threshold < Self.precisionThreshold { progress[problem].isPrecise = true }
          continue
        }
        guard isDone || certifiesAll else { continue }
        outcomes[problem] = MarginProblems.Solution(
          point: found.point, primal: found.primal, dual: found.dual, passes: pass,
          status: isDone ? .converged : .iterationLimit)
      }
    }
    return outcomes.enumerated().map { problem, solution in
      solution.map { .solved($0) }
        ?? .unfinished(.init(weights: dual.weights(problem), intercept: dual.intercept(problem)))
    }
  }

  /// At the optimum a_i = 2 U_i max(0, 1 - y_i s_i). Weights from elsewhere give no optimum, but variables that,
  /// all times the best factor, are better than none.
  private func begin(
    _ dual: DualProblems, near start: [MarginProblems.Point], _ positives: [Int], _ scratch: inout [Float],
    _ context: FitContext
  ) throws(HeadsError) {
    let count = problems.rows.count
    let scores = try problems.scores(start, &scratch, context)
    let sets = positives.enumerated().map { problem, positive in
      var set = MarginProblems.RowFactors<Double>()
      for row in 0..<count where problems.costs[row] > 0 {
        let sign = problems.sign(row, positive)
        let hinge = 1 - sign * scores[problem * count + row]
        if hinge > 0 { set.append(row, sign * 2 * problems.costs[row] * hinge) }
      }
      return set
    }
    let bytes = 8 * positives.count * count + problems.bytes(sets)
    context.memory.reserve(bytes)
    defer { context.memory.release(bytes) }
    let points = try problems.combinations(sets, &scratch, context)
    for (problem, set) in sets.enumerated() {
      var (sum, squares) = (0.0, 2 * points[problem].halfSquaredNorm)
      for (row, factor) in zip(set.rows, set.factors) {
        sum += abs(factor)
        squares += factor * factor * 0.5 / problems.costs[Int(row)]
      }
      let scale = sum / squares
      guard scale > 0, scale.isFinite else { continue }
      for (row, factor) in zip(set.rows, set.factors) {
        dual.setVariable(Int(row), problem, to: scale * abs(factor))
      }
      dual.setWeights(
        points[problem].weights.map { scale * $0 }, intercept: scale * points[problem].intercept,
        of: problem)
    }
  }

  /// Of their order, twice, and of those that are read.
  private var visitBytes: Int {
    let visited = problems.rows.shuffledRows
    return (8 + 4) * visited + problems.rows.scratchBytes(ofRows: visited)
  }

  private func visitAll(
    _ dual: DualProblems, _ unfinished: [Int], _ progress: [Progress], _ generator: inout SeededGenerator,
    _ scratch: inout [Float], _ context: FitContext
  ) throws(HeadsError) {
    let precise = unfinished.filter { progress[$0].isPrecise }.map { UInt32(truncatingIfNeeded: $0) }
    let quick = unfinished.filter { !progress[$0].isPrecise }.map { UInt32(truncatingIfNeeded: $0) }
    let rows = problems.rows
    let tileRows = rows.shuffledRows
    var starts = Array(stride(from: 0, to: rows.count, by: tileRows))
    generator.shuffle(&starts)
    for start in starts {
      try context.checkCancellation()
      let range = start..<min(start + tileRows, rows.count)
      var order = Array(range.lazy.filter { problems.costs[$0] > 0 })
      generator.shuffle(&order)
      let visited = order.map { UInt32(truncatingIfNeeded: $0 - start) }
      try rows.withRows(range, scratch: &scratch) { tile in
        dual.descend(tile, first: start, order: visited, chosen: quick, precisely: false)
        dual.descend(tile, first: start, order: visited, chosen: precise, precisely: true)
      }
    }
  }

  /// Whether the duality gap should be looked at; sets what is left out in the next pass.
  private func isDue(_ problem: Int, _ dual: DualProblems, _ progress: inout Progress) -> Bool {
    let (smallest, largest) = dual.extremes(problem)
    let spread = largest - smallest
    if spread < 0.9 * progress.smallestSpread {
      (progress.smallestSpread, progress.stalePasses) = (spread, 0)
    } else {
      progress.stalePasses += 1
    }
    // Features of very different sizes may spoil float32 sooner.
    let isStuck = progress.stalePasses >= 20 && !progress.isPrecise
    if isStuck { progress.isPrecise = true }
    guard spread > progress.threshold, !isStuck else {
      dual.setBounds(problem, above: .infinity, below: -.infinity)
      return true
    }
    dual.setBounds(
      problem, above: largest > 0 ? largest : .infinity, below: smallest < 0 ? smallest : -.infinity)
    return false
  }

  /// Weights of some problems from their variables, and both objectives there: their difference bounds what is
  /// left to gain.
  private func certify(
    _ dual: DualProblems, _ chosen: [Int], _ positives: [Int], _ scratch: inout [Float],
    _ context: FitContext
  ) throws(HeadsError) -> [(point: MarginProblems.Point, primal: Double, dual: Double)] {
    let rowCount = problems.rows.count
    let sets = chosen.map { problem in
      var set = MarginProblems.RowFactors<Double>()
      for row in 0..<rowCount {
        let variable = dual.variable(row, problem)
        if variable != 0 { set.append(row, problems.sign(row, positives[problem]) * variable) }
      }
      return set
    }
    let bytes = 8 * chosen.count * rowCount + problems.bytes(sets)
    context.memory.reserve(bytes)
    defer { context.memory.release(bytes) }
    let points = try problems.combinations(sets, &scratch, context)
    let scores = try problems.scores(points, &scratch, context)
    var found: [(point: MarginProblems.Point, primal: Double, dual: Double)] = []
    for (index, problem) in chosen.enumerated() {
      let primal = try problems.primal(
        points[index], scores[index * rowCount..<(index + 1) * rowCount], positives[problem])
      var value = -points[index].halfSquaredNorm
      for (row, factor) in zip(sets[index].rows, sets[index].factors) {
        let variable = abs(factor)
        let diagonal = problems.loss == .squaredHinge ? 0.5 / problems.costs[Int(row)] : 0
        value += variable - 0.5 * diagonal * variable * variable
      }
      found.append((points[index], primal, value))
    }
    return found
  }
}
