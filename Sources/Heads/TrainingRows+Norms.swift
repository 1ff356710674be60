import Tensors

extension TrainingRows {
  private final class Part { var norms: [Double] = [] }

  /// The squared Euclidean norm of every row, in float64. Looks at all numbers: none of them is infinite or NaN
  /// afterwards.
  func squaredNorms(_ context: FitContext) throws(HeadsError) -> [Double] {
    let parts = (0..<context.pool.threads).map { _ in Part() }
    try forEachTile(parts, context) { part, _, rows in
      part.norms += MarginKernels.squaredNorms(rows, dimension: dimension)
    }
    knowFinite()
    return parts.flatMap(\.norms)
  }
}
