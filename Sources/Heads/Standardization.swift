/// Column means and standard deviations of the training rows.
package struct Standardization: Sendable {
  package let mean: [Double]
  /// Standard deviation, dividing by n; 1 for a constant column.
  package let scale: [Double]
  /// The same as float32, which is exact enough in this form: (x - center) - rest is the deviation rounded once
  /// or twice, whatever the mean.
  private let center: [Float]
  private let rest: [Float]
  private let factor: [Float]

  /// One pass over the rows, of which there is at least one.
  package init(_ features: FeatureMatrix, _ context: FitContext) throws(HeadsError) {
    let rows = try TrainingRows(streaming: features, context)
    self.init(try ColumnMoments(rows, context), rows: rows.count)
  }

  init(_ moments: ColumnMoments, rows: Int) {
    self.init(
      mean: moments.mean, scale: moments.mean.indices.map { moments.deviation($0, rows: rows) ?? 1 })
  }

  init(mean: [Double], scale: [Double]) {
    self.mean = mean
    self.scale = scale
    center = mean.map { Float($0) }
    rest = zip(mean, center).map { Float($0 - Double($1)) }
    factor = scale.map { Float(1 / $0) }
  }

  /// Of its five numbers a column.
  var bytes: Int { mean.count * (2 * 8 + 3 * 4) }

  /// Scales rows in place.
  func apply(to rows: UnsafeMutableBufferPointer<Float>) {
    unsafe LinearTiles.standardize(rows, center: center, rest: rest, factor: factor)
  }
}
