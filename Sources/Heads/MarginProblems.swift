/// One-vs-rest problems of a linear support vector machine, and the sums over the rows that solvers need of
/// them. A row holds the intercept's constant as one more feature, which is kept apart here.
struct MarginProblems: Sendable {
  let rows: TrainingRows
  let labels: [Int]
  /// U_i = C s_i; rows with 0 are left out.
  let costs: [Double]
  /// |x_i|^2, the constant included.
  let squaredNorms: [Double]
  let loss: LinearSVM.Loss
  /// The constant feature; 0 without intercept.
  let constant: Double
  /// Of the duality gap over the objective.
  let tolerance: Double
  let passLimit: Int

  /// w and the constant's coefficient v.
  struct Point {
    var weights: [Double]
    var intercept: Double

    var halfSquaredNorm: Double { 0.5 * (BLAS.dot(weights, weights) + intercept * intercept) }
  }

  struct Solution {
    var point: Point
    var primal: Double
    var dual: Double
    var passes: Int
    var status: FitCertificate.Status
  }

  /// Factors of some rows, in ascending order.
  struct RowFactors<Number: Sendable> {
    var rows: [UInt32] = []
    var factors: [Number] = []

    var bytes: Int { rows.count * (4 + MemoryLayout<Number>.stride) }

    mutating func append(_ row: Int, _ factor: Number) {
      rows.append(UInt32(truncatingIfNeeded: row))
      factors.append(factor)
    }
  }

  /// y_i
  func sign(_ row: Int, _ positive: Int) -> Double { labels[row] == positive ? 1 : -1 }

  /// 1/2 (|w|^2 + v^2) + sum_i U_i loss_i, given w . x_i + v constant of every row.
  func primal(_ point: Point, _ scores: ArraySlice<Double>, _ positive: Int) throws(HeadsError) -> Double {
    var value = point.halfSquaredNorm
    for row in costs.indices where costs[row] > 0 {
      let hinge = max(0, 1 - sign(row, positive) * scores[scores.startIndex + row])
      value += costs[row] * (loss == .squaredHinge ? hinge * hinge : hinge)
    }
    guard value.isFinite else { throw HeadsError(.diverged, "the objective of the SVM is \(value)") }
    return value
  }

  /// w . x_i + v constant for all rows, point after point.
  func scores(
    _ points: [Point], _ scratch: inout [Float], _ context: FitContext
  ) throws(HeadsError) -> [Double] {
    let weights = points.flatMap(\.weights)
    let bytes = 8 * points.count * (rows.dimension + rows.tileRows)
    context.memory.reserve(bytes)
    defer { context.memory.release(bytes) }
    var all = [Double](repeating: 0, count: points.count * rows.count)
    var tileScores = [Double](repeating: 0, count: points.count * rows.tileRows)
    try forEachTile(of: rows.tileRows, &scratch, context) { range, tile in
      RowProducts.scores(
        tile, dimension: rows.dimension, weights: weights, classes: points.count, into: &tileScores)
      for (index, point) in points.enumerated() {
        let shift = point.intercept * constant
        for row in 0..<range.count {
          all[index * rows.count + range.lowerBound + row] = tileScores[row * points.count + index] + shift
        }
      }
    }
    return all
  }

  /// Of some sets of factors and the points that `combinations` makes of them.
  func bytes(_ sets: [RowFactors<Double>]) -> Int {
    sets.reduce(8 * sets.count * rows.dimension) { $0 + $1.bytes }
  }

  /// sum_i f_i x_i for each set of factors, and the same of the constant feature.
  func combinations(
    _ sets: [RowFactors<Double>], _ scratch: inout [Float], _ context: FitContext
  ) throws(HeadsError) -> [Point] {
    var points = sets.map { set in
      Point(
        weights: [Double](repeating: 0, count: rows.dimension),
        intercept: constant * set.factors.reduce(0, +))
    }
    var positions = sets.map { _ in 0 }
    try forEachTile(of: rows.isResident ? rows.count : rows.tileRows, &scratch, context) { range, tile in
      for (index, set) in sets.enumerated() {
        let part = Self.part(of: set.rows, from: positions[index], below: range.upperBound)
        positions[index] = part.upperBound
        MarginKernels.combine(
          tile, first: range.lowerBound, chosen: set.rows, part, factors: set.factors,
          into: &points[index].weights)
      }
    }
    return points
  }

  /// The positions from `start` on of rows below a bound.
  static func part(of rows: [UInt32], from start: Int, below bound: Int) -> Range<Int> {
    var end = start
    while end < rows.count, rows[end] < bound { end += 1 }
    return start..<end
  }

  func forEachTile(
    of count: Int, _ scratch: inout [Float], _ context: FitContext,
    _ body: (Range<Int>, Span<Float>) throws(HeadsError) -> Void
  ) throws(HeadsError) {
    for start in stride(from: 0, to: rows.count, by: count) {
      try context.checkCancellation()
      let range = start..<min(start + count, rows.count)
      try rows.withRows(range, scratch: &scratch) { tile throws(HeadsError) in try body(range, tile) }
    }
  }
}
