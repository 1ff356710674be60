/// Column means and variances, from one pass over the rows.
///
/// Sums run over deviations from the first row: what is lost in taking the mean's square away from the mean
/// square is then at most the row count times a rounding error, and constant columns have exactly no variance.
struct ColumnMoments: Sendable {
  let mean: [Double]
  /// Dividing by the row count; 0 for constant columns.
  let variance: [Double]

  private final class Sums {
    var deviations: [Double]
    var squares: [Double]

    init(_ count: Int) {
      deviations = Array(repeating: 0, count: count)
      squares = deviations
    }
  }

  /// - Parameter isIncluded: which rows count, at least one; `nil` for all.
  /// - Throws: `.invalidFeatures` where a feature of such a row is not finite; `.io`; `.cancelled`
  init(_ rows: TrainingRows, isIncluded: [Bool]? = nil, _ context: FitContext) throws(HeadsError) {
    let dimension = rows.dimension
    let first = isIncluded?.firstIndex(of: true) ?? 0
    var scratch: [Float] = []
    let origin = try rows.withRows(first..<first + 1, scratch: &scratch) { row in row.indices.map { row[$0] }
    }
    let parts = (0..<context.pool.threads).map { _ in Sums(dimension) }
    try rows.forEachTile(parts, context) { part, range, tile in
      guard let isIncluded else {
        return LinearTiles.moments(tile, from: origin, sums: &part.deviations, squares: &part.squares)
      }
      var row = range.lowerBound
      while row < range.upperBound {
        let start = row
        while row < range.upperBound, isIncluded[row] == isIncluded[start] { row += 1 }
        guard isIncluded[start] else { continue }
        let run = (start - range.lowerBound) * dimension..<(row - range.lowerBound) * dimension
        LinearTiles.moments(
          tile.extracting(run), from: origin, sums: &part.deviations, squares: &part.squares)
      }
    }
    let count = Double(isIncluded.map { $0.count { $0 } } ?? rows.count)
    var mean = Array(repeating: 0.0, count: dimension)
    var variance = mean
    for column in 0..<dimension {
      let deviation = parts.reduce(0) { $0 + $1.deviations[column] } / count
      let square = parts.reduce(0) { $0 + $1.squares[column] } / count
      mean[column] = Double(origin[column]) + deviation
      variance[column] = max(0, square - deviation * deviation)
    }
    self.mean = mean
    self.variance = variance
    if isIncluded == nil { rows.knowFinite() }
  }

  /// The standard deviation of a column, or `nil` where its spread is only the rounding of its mean
  /// (scikit-learn's criterion).
  func deviation(_ column: Int, rows: Int) -> Double? {
    let epsilon = Double(rows) * Double.ulpOfOne
    let rounding = epsilon * mean[column]
    let variance = variance[column]
    return variance <= epsilon * variance + rounding * rounding ? nil : variance.squareRoot()
  }
}
