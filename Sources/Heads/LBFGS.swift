/// Limited-memory BFGS (Liu and Nocedal, "On the limited memory BFGS method for large scale optimization",
/// 1989), started from a diagonal guess of the inverse Hessian.
struct LBFGS {
  /// Pairs of steps and gradient changes that are remembered.
  var memory = 10
  var iterationLimit: Int
  /// Largest absolute component of the gradient at which the search ends.
  var tolerance: Double
  var lineSearch = LineSearch()

  /// A step, the gradient's change along it, and 1 / (step . change).
  private struct Pair {
    var step: [Double]
    var change: [Double]
    var inverseProduct: Double
  }

  /// - Parameter inverseCurvature: guess of the inverse Hessian's diagonal, all positive.
  /// - Throws: `.diverged` where the objective is not finite at `start`; whatever `objective` throws.
  func minimize(
    _ objective: some SmoothObjective, from start: [Double], inverseCurvature: [Double], _ context: FitContext
  ) throws(HeadsError) -> SmoothMinimum {
    var point = start
    var gradient = Array(repeating: 0.0, count: start.count)
    var value = try objective.evaluate(point, gradient: &gradient)
    guard value.isFinite, gradient.allSatisfy(\.isFinite) else {
      throw HeadsError(.diverged, "the objective is \(value) where the fit starts")
    }
    var pairs: [Pair] = []
    var iteration = 0
    var status = FitCertificate.Status.iterationLimit
    while true {
      if gradient.largestMagnitude <= tolerance {
        status = .converged
        break
      }
      guard iteration < iterationLimit else { break }
      try context.checkCancellation()
      var direction = descent(gradient, pairs, inverseCurvature)
      var slope = BLAS.dot(direction, gradient)
      if !(slope < 0) {  // rounding has spoilt the memory
        pairs = []
        direction = descent(gradient, pairs, inverseCurvature)
        slope = BLAS.dot(direction, gradient)
      }
      var trial = point
      var trialGradient = gradient
      let found = try lineSearch.search(
        from: LineSearch.Point(step: 0, value: value, slope: slope), firstStep: 1
      ) { step throws(HeadsError) in
        trial = point
        BLAS.add(direction, times: step, to: &trial)
        let value = try objective.evaluate(trial, gradient: &trialGradient)
        return LineSearch.Point(step: step, value: value, slope: BLAS.dot(direction, trialGradient))
      }
      guard let found else {
        if pairs.isEmpty {
          status = .precisionLimit
          break
        }
        pairs = []
        continue
      }
      remember(&pairs, from: point, gradient, to: trial, trialGradient)
      point = trial
      gradient = trialGradient
      value = found.value
      iteration += 1
      context.report(iteration, of: iterationLimit, value)
    }
    return SmoothMinimum(
      point: point, value: value, gradientMaximum: gradient.largestMagnitude, iterations: iteration,
      status: status)
  }

  private func remember(
    _ pairs: inout [Pair], from point: [Double], _ gradient: [Double], to next: [Double],
    _ nextGradient: [Double]
  ) {
    var step = next
    BLAS.add(point, times: -1, to: &step)
    var change = nextGradient
    BLAS.add(gradient, times: -1, to: &change)
    let product = BLAS.dot(step, change)
    // A pair without positive curvature would make the inverse Hessian indefinite.
    guard
      product > Double.ulpOfOne * BLAS.dot(change, change).squareRoot() * BLAS.dot(step, step).squareRoot()
    else { return }
    if pairs.count == memory { pairs.removeFirst() }
    pairs.append(Pair(step: step, change: change, inverseProduct: 1 / product))
  }

  /// Minus the inverse Hessian times the gradient, by the two-loop recursion.
  private func descent(_ gradient: [Double], _ pairs: [Pair], _ inverseCurvature: [Double]) -> [Double] {
    var result = gradient
    var coefficients = Array(repeating: 0.0, count: pairs.count)
    for index in pairs.indices.reversed() {
      let pair = pairs[index]
      coefficients[index] = BLAS.dot(pair.step, result) * pair.inverseProduct
      BLAS.add(pair.change, times: -coefficients[index], to: &result)
    }
    var scale = 1.0
    if let last = pairs.last {
      var weighted = 0.0
      for index in last.change.indices {
        weighted += last.change[index] * last.change[index] * inverseCurvature[index]
      }
      scale = 1 / (last.inverseProduct * weighted)
    }
    for index in result.indices { result[index] *= scale * inverseCurvature[index] }
    for (index, pair) in pairs.enumerated() {
      let coefficient = BLAS.dot(pair.change, result) * pair.inverseProduct
      BLAS.add(pair.step, times: coefficients[index] - coefficient, to: &result)
    }
    for index in result.indices { result[index] = -result[index] }
    return result
  }
}

extension [Double] {
  var largestMagnitude: Double { reduce(0) { Swift.max($0, abs($1)) } }
}
