/// A Newton step of the squared hinge by one factorisation. With A the active rows, the constant feature last, each
/// times the root of 2 U_i, the Hessian is 1 + A'A, and by Woodbury's identity
///
///     (1 + A'A)^-1 g = g - A' (1 + A A')^-1 A g
///
/// which needs a matrix of the active rows only. Products of rows are float32: the next step's gradient corrects what
/// they round.
struct ExactNewtonStep {
  let problems: MarginProblems
  /// U_i over the largest of all.
  let active: MarginProblems.RowFactors<Float>

  /// Above this conjugate gradients are faster.
  private static let largestOrder = 1024

  private static let bandRows = 64

  private var length: Int { problems.rows.dimension + 1 }
  private var order: Int { active.rows.count }
  private var stride: Int { LinearTiles.stride(rows: order) }

  var isCheap: Bool { (1...Self.largestOrder).contains(order) }

  /// - Returns: `nil` where the matrix is not positive definite as it was computed.
  func direction(
    _ gradient: MarginProblems.Point, _ scratch: inout [Float], _ context: FitContext
  ) throws(HeadsError) -> MarginProblems.Point? {
    try context.checkCancellation()
    let bytes = 4 * (order * length + Self.bandRows * stride) + 8 * order * order
    context.memory.reserve(bytes)
    defer { context.memory.release(bytes) }
    let rows = try scaledRows(&scratch)
    var matrix: SymmetricMatrix
    do throws(TensorsError) { matrix = try SymmetricMatrix(order: order) } catch { throw HeadsError(error) }
    setProducts(of: rows, &matrix)
    matrix.addToDiagonal([Double](repeating: 1, count: order))
    guard let factor = matrix.choleskyFactorOnThisThread() else { return nil }
    var direction = gradient.weights + [gradient.intercept]
    var inner = [Double](repeating: 0, count: order)
    RowProducts.scores(rows.span, dimension: length, weights: direction, classes: 1, into: &inner)
    let solution = factor.solve(inner, columns: 1)
    RowProducts.accumulate(
      rows.span, dimension: length, factors: solution.map { -$0 }, classes: 1, into: &direction)
    let intercept = -direction.removeLast()
    return MarginProblems.Point(weights: direction.map { -$0 }, intercept: intercept)
  }

  /// A A', of which only what is on and below the diagonal is computed.
  private func setProducts(of rows: [Float], _ matrix: inout SymmetricMatrix) {
    var band = [Float](repeating: 0, count: Self.bandRows * stride)
    for first in Swift.stride(from: 0, to: order, by: Self.bandRows) {
      let part = first..<min(first + Self.bandRows, order)
      LinearTiles.scores(
        rows.span.extracting(0..<part.upperBound * length), dimension: length,
        weights: rows.span.extracting(part.lowerBound * length..<part.upperBound * length),
        outputs: part.count, into: &band, stride: stride)
      matrix.setRows(part, band, stride: stride)
    }
  }

  /// A
  private func scaledRows(_ scratch: inout [Float]) throws(HeadsError) -> [Float] {
    let twiceCost = 2 * (problems.costs.max() ?? 0)
    var scaled: [Float] = []
    scaled.reserveCapacity(order * length)
    for (row, share) in zip(active.rows, active.factors) {
      let factor = Float((twiceCost * Double(share)).squareRoot())
      try problems.rows.withRows(Int(row)..<Int(row) + 1, scratch: &scratch) { values in
        for column in 0..<values.count { scaled.append(factor * values[column]) }
      }
      scaled.append(factor * Float(problems.constant))
    }
    return scaled
  }
}
