/// Limited-memory BFGS (Liu and Nocedal, "On the limited memory BFGS method for large scale optimization",
/// 1989), started from a guess of the inverse Hessian. It asks for evaluations and is told their results, so
/// that many searches can share one pass over the rows.
struct LBFGS {
  /// What an evaluation led to.
  enum Event {
    /// A new point was reached; `propose` says where to evaluate next.
    case moved
    /// The memory was spoilt and is gone; `propose` says where to evaluate next.
    case forgot
    /// The line search goes on at `trial`.
    case searching
    /// No step improves the objective at the precision of its arithmetic.
    case stuck
  }

  /// Pairs of steps and gradient changes that are remembered.
  var memory = 10
  var lineSearch = LineSearch()

  /// The best point so far, and what is known there.
  private(set) var point: [Double]
  private(set) var value = Double.infinity
  private(set) var gradient: [Double] = []
  /// Points reached after the first one.
  private(set) var iterations = 0
  /// By how much the last of them lowered the objective.
  private(set) var lastDecrease = Double.infinity
  /// Where to evaluate next.
  private(set) var trial: [Double]
  private var pairs: [Pair] = []
  /// How much less the objective bends than the guess has it, along the last step.
  /// `nil` until it is known.
  private var curvatureScale: Double?
  private var direction: [Double] = []
  private var session: LineSearch.Session?
  private var step = 1.0

  /// What its vectors take up at most: pairs, the point, the trial, the direction, gradients.
  var bytes: Int { (2 * memory + 6) * point.count * MemoryLayout<Double>.stride }

  var knowsCurvature: Bool { !pairs.isEmpty }

  /// A step, the gradient's change along it, and 1 / (step . change).
  private struct Pair {
    var step: [Double]
    var change: [Double]
    var inverseProduct: Double
  }

  init(start: [Double]) {
    point = start
    trial = start
  }

  /// Starts again at another point, or with another objective at the same one. What is remembered of the
  /// curvature stays.
  mutating func restart(at start: [Double]) {
    point = start
    trial = start
    session = nil
    value = .infinity
    gradient = []
  }

  /// Gives the memory back; the search is over.
  mutating func forget() {
    pairs = []
    direction = []
    trial = []
  }

  /// Starts at a point of the objective whose squared norm of the first `count` coordinates weighs
  /// `penaltyChange` more. The remembered pairs are what they would have been with it.
  mutating func restart(at start: [Double], penaltyChange: Double, count: Int) {
    restart(at: start)
    pairs = pairs.compactMap { pair in
      var pair = pair
      let step = Array(pair.step[..<count])
      BLAS.add(step + Array(repeating: 0, count: start.count - count), times: penaltyChange, to: &pair.change)
      let product = BLAS.dot(pair.step, pair.change)
      let norms = BLAS.dot(pair.step, pair.step) * BLAS.dot(pair.change, pair.change)
      guard product > 1e-12 * norms.squareRoot() else { return nil }
      pair.inverseProduct = 1 / product
      return pair
    }
    curvatureScale = nil
  }

  /// - Throws: `.diverged` where the objective is not finite at the start.
  mutating func take(value: Double, gradient: [Double]) throws(HeadsError) -> Event {
    guard var session else {
      guard value.isFinite, gradient.allSatisfy(\.isFinite) else {
        throw HeadsError(.diverged, "the objective is \(value) where the fit starts")
      }
      (self.value, self.gradient) = (value, gradient)
      return .moved
    }
    let outcome = session.take(
      LineSearch.Point(step: step, value: value, slope: BLAS.dot(direction, gradient)))
    self.session = session
    switch outcome {
    case .accepted:
      remember(gradient)
      point = trial
      lastDecrease = self.value - value
      (self.value, self.gradient) = (value, gradient)
      iterations += 1
      self.session = nil
      return .moved
    case .evaluate(let next):
      move(next)
      return .searching
    case .failed:
      self.session = nil
      guard !pairs.isEmpty else { return .stuck }
      pairs = []
      return .forgot
    }
  }

  /// Chooses a direction and the first trial along it.
  ///
  /// - Returns: how far the objective is expected to be above its minimum, or `nil` where nothing descends.
  mutating func propose(_ guess: some InverseCurvature) -> Double? {
    direction = descent(guess)
    var slope = BLAS.dot(direction, gradient)
    if !(slope < 0) {  // rounding has spoilt the memory
      pairs = []
      direction = descent(guess)
      slope = BLAS.dot(direction, gradient)
    }
    session = LineSearch.Session(lineSearch, from: LineSearch.Point(step: 0, value: value, slope: slope))
    guard session != nil else { return nil }
    move(1)
    return -slope / 2
  }

  private mutating func move(_ step: Double) {
    self.step = step
    trial = point
    BLAS.add(direction, times: step, to: &trial)
  }

  private mutating func remember(_ next: [Double]) {
    var step = trial
    BLAS.add(point, times: -1, to: &step)
    var change = next
    BLAS.add(gradient, times: -1, to: &change)
    let product = BLAS.dot(step, change)
    // A pair without positive curvature would make the inverse Hessian indefinite.
    guard
      product > Double.ulpOfOne * BLAS.dot(change, change).squareRoot() * BLAS.dot(step, step).squareRoot()
    else { return }
    if pairs.count == memory { pairs.removeFirst() }
    pairs.append(Pair(step: step, change: change, inverseProduct: 1 / product))
    curvatureScale = nil
  }

  /// Minus the inverse Hessian times the gradient, by the two-loop recursion.
  private mutating func descent(_ guess: some InverseCurvature) -> [Double] {
    var result = gradient
    var coefficients = Array(repeating: 0.0, count: pairs.count)
    for index in pairs.indices.reversed() {
      let pair = pairs[index]
      coefficients[index] = BLAS.dot(pair.step, result) * pair.inverseProduct
      BLAS.add(pair.change, times: -coefficients[index], to: &result)
    }
    result = guess.times(result)
    if let last = pairs.last {
      let scale =
        curvatureScale ?? 1 / (last.inverseProduct * BLAS.dot(last.change, guess.times(last.change)))
      curvatureScale = scale
      BLAS.scale(&result, by: scale)
    }
    for (index, pair) in pairs.enumerated() {
      let coefficient = BLAS.dot(pair.change, result) * pair.inverseProduct
      BLAS.add(pair.step, times: coefficients[index] - coefficient, to: &result)
    }
    BLAS.scale(&result, by: -1)
    return result
  }
}

/// A positive definite guess of an inverse Hessian.
protocol InverseCurvature {
  func times(_ vector: [Double]) -> [Double]
}

extension [Double] {
  var largestMagnitude: Double { reduce(0) { Swift.max($0, abs($1)) } }
}
