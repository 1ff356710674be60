#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The penalised mean log-loss of a linear classifier, as scikit-learn 1.9 minimises it:
///
///     f(W, b) = (1/S) sum_i s_i loss(W x_i + b, y_i) + |W|^2 / (2 C S),   S = sum_i s_i
///
/// With K > 2 classes, z = W x + b has K numbers and loss(z, y) = log(sum_k exp z_k) - z_y. With two there is
/// one number z, and loss(z, y) = log(1 + exp z) - y z. The intercept b is not penalised.
///
/// The point holds W row by row, then b. The gradient is
///
///     df/dW_k = (1/S) sum_i s_i (p_ik - [y_i = k]) x_i + W_k / (C S),   df/db_k the same sum without x_i
package struct LogisticObjective: SmoothObjective {
  let rows: TrainingRows
  let labels: [Int]
  /// s_i
  let weights: [Double]
  let weightSum: Double
  /// K, or 1 where there are two classes.
  let outputs: Int
  /// 1 / (C S)
  let penalty: Double
  let hasIntercept: Bool
  let context: FitContext
  private let parts: [PartialSums]

  package init(
    _ rows: TrainingRows, labels: [Int], weights: [Double], classes: Int, penalty: Double,
    hasIntercept: Bool, _ context: FitContext
  ) {
    self.rows = rows
    self.labels = labels
    self.weights = weights
    weightSum = weights.reduce(0, +)
    outputs = classes == 2 ? 1 : classes
    self.penalty = penalty
    self.hasIntercept = hasIntercept
    self.context = context
    let count = outputs * (rows.dimension + 1)
    parts = (0..<context.pool.threads).map { _ in PartialSums(count: count) }
  }

  var weightCount: Int { outputs * rows.dimension }
  package var parameterCount: Int { weightCount + outputs }

  package func evaluate(_ point: [Double], gradient: inout [Double]) throws(HeadsError) -> Double {
    for part in parts { part.reset() }
    try rows.forEachTile(parts, context) { part, range, tile in add(tile, range, point, to: part) }
    gradient = PartialSums.total(parts)
    let loss = parts.reduce(0) { $0 + $1.loss }
    var squares = 0.0
    for index in 0..<weightCount {
      squares += point[index] * point[index]
      gradient[index] += penalty * point[index]
    }
    if !hasIntercept { for index in weightCount..<parameterCount { gradient[index] = 0 } }
    return loss + 0.5 * penalty * squares
  }

  /// Adds one tile's loss and gradient.
  private func add(_ tile: Span<Float>, _ range: Range<Int>, _ point: [Double], to part: PartialSums) {
    let count = range.count * outputs
    if part.scratch.count < count { part.scratch = Array(repeating: 0, count: count) }
    RowProducts.scores(
      tile, dimension: rows.dimension, weights: point, classes: outputs, into: &part.scratch)
    for (index, row) in range.enumerated() {
      let first = index * outputs
      for output in 0..<outputs { part.scratch[first + output] += point[weightCount + output] }
      part.loss +=
        outputs == 1
        ? binary(&part.scratch[first], row) : multinomial(&part.scratch, first, row)
      for output in 0..<outputs { part.values[weightCount + output] += part.scratch[first + output] }
    }
    RowProducts.accumulate(
      tile, dimension: rows.dimension, factors: part.scratch, classes: outputs, into: &part.values)
  }

  /// Replaces the score by the loss's derivative; returns the weighted loss.
  private func binary(_ score: inout Double, _ row: Int) -> Double {
    let z = score
    let target = Double(labels[row])
    let share = weights[row] / weightSum
    let exponential = exp(-abs(z))
    let probability = z >= 0 ? 1 / (1 + exponential) : exponential / (1 + exponential)
    score = share * (probability - target)
    return share * (max(z, 0) - target * z + log1p(exponential))
  }

  private func multinomial(_ scores: inout [Double], _ first: Int, _ row: Int) -> Double {
    let share = weights[row] / weightSum
    var largest = scores[first]
    for output in 1..<outputs { largest = max(largest, scores[first + output]) }
    let target = scores[first + labels[row]]
    var sum = 0.0
    for index in first..<first + outputs {
      scores[index] = exp(scores[index] - largest)
      sum += scores[index]
    }
    for index in first..<first + outputs { scores[index] *= share / sum }
    scores[first + labels[row]] -= share
    return share * (largest + log(sum) - target)
  }
}
