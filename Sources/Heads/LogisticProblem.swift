/// One of several logistic regressions over the same rows: what each row counts, and in which coordinates its
/// coefficients are sought. See `LogisticObjective` for the function that is minimised.
package struct LogisticProblem: Sendable {
  /// s_i, zero for rows that are not trained on.
  let weights: [Double]
  /// S
  let weightSum: Double
  /// s_i / S
  let shares: [Float]
  /// Rows whose scores are wanted, ascending.
  let held: [Int]
  let coordinates: LinearCoordinates

  package init(weights: [Double], held: [Int], _ coordinates: LinearCoordinates) {
    self.weights = weights
    let sum = weights.reduce(0, +)
    weightSum = sum
    shares = weights.map { Float($0 / sum) }
    self.held = held
    self.coordinates = coordinates
  }
}

/// Value and gradient of one problem's objective at one point.
package struct LogisticAnswer: Sendable {
  package var value: Double
  /// By the point's coordinates.
  package var gradient: [Double]
  /// Of the gradient by the weights and intercepts of the scaled features.
  package var largestComponent: Double
  /// Scores of the held rows, row by row.
  package var held: [Float]
}
