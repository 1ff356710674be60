/// Column means and standard deviations of the training rows.
package struct Standardization: Sendable {
  package let mean: [Double]
  /// Standard deviation, dividing by n; 1 for a constant column.
  package let scale: [Double]

  /// Two passes over the rows, of which there is at least one.
  package init(_ features: FeatureMatrix, _ context: FitContext) throws(HeadsError) {
    let rows = try TrainingRows(streaming: features, context)
    let count = Double(rows.count)
    let dimension = rows.dimension
    let ones = Array(repeating: 1.0, count: rows.tileRows)
    let sums = try rows.columnSums(context) { tile, sums in
      RowProducts.accumulate(
        tile, dimension: dimension, factors: ones, classes: 1, into: &sums)
    }
    let mean = sums.map { $0 / count }
    let squares = try rows.columnSums(context) { tile, sums in
      RowProducts.accumulateSquaredDeviations(tile, from: mean, into: &sums)
    }
    // A column whose spread is only the rounding of its mean is constant (scikit-learn's criterion).
    let epsilon = Double.ulpOfOne
    let deviations = zip(squares, mean).map { sum, mean -> Double? in
      let variance = sum / count
      let rounding = count * mean * epsilon
      return variance <= count * epsilon * variance + rounding * rounding ? nil : variance.squareRoot()
    }
    scale = deviations.map { $0 ?? 1 }
    // The value itself is a better mean of a constant column than a rounded sum: it leaves exact zeros.
    let first: [Float]
    do throws(TensorsError) { first = try features.row(0) } catch { throw HeadsError(error) }
    self.mean = mean.indices.map { deviations[$0] == nil ? Double(first[$0]) : mean[$0] }
  }
}
