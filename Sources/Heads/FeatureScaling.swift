/// What is done to feature rows before they are fitted to.
public enum FeatureScaling: String, Hashable, Sendable, CaseIterable {
  case none
  /// Each column minus its mean, divided by its standard deviation (of the training rows, dividing by n and
  /// not counting row weights, as scikit-learn's `StandardScaler`); a constant column is only centred. Folded
  /// into the weights of the fitted head.
  case standardize
  /// Each row divided by its Euclidean norm; a row of zeros stays. Recorded in the fitted head, which does the
  /// same to the rows it predicts.
  case l2Normalize
}

/// A scaling with the numbers it takes from the training rows.
package struct FittedScaling: Sendable {
  let kind: FeatureScaling
  /// Column means and divisors where columns are standardised.
  package let columns: Standardization?

  package init(
    _ kind: FeatureScaling, _ features: FeatureMatrix, _ context: FitContext
  ) throws(HeadsError) {
    self.kind = kind
    columns = kind == .standardize ? try Standardization(features, context) : nil
    context.memory.reserve(columns?.bytes ?? 0)
  }

  /// Columns standardised with numbers that are known already, or no scaling.
  init(columns: Standardization?) {
    kind = columns == nil ? .none : .standardize
    self.columns = columns
  }

  /// Scales rows in place.
  func apply(to rows: UnsafeMutableBufferPointer<Float>, dimension: Int) {
    switch kind {
    case .none:
      break
    case .standardize:
      unsafe columns?.apply(to: rows)
    case .l2Normalize:
      for start in stride(from: 0, to: rows.count, by: dimension) {
        unsafe normalizeRow(rows.extracting(start..<start + dimension))
      }
    }
  }
}

/// Divides a row by its Euclidean norm; zeros stay.
func normalizeRow(_ row: UnsafeMutableBufferPointer<Float>) {
  let norm = unsafe row.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  guard norm > 0 else { return }
  for column in row.indices { unsafe row[column] = Float(Double(row[column]) / norm) }
}
