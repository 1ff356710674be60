/// The strength of the penalty on a linear head's weights.
public enum Regularization: Hashable, Sendable {
  /// The inverse strength C of scikit-learn and liblinear: the objective is C times the sum of the losses
  /// plus half the squared norm of the weights.
  case c(Double)
  /// The strength of the mean loss's penalty: alpha = 1 / (C S), S the sum of the row weights.
  case alpha(Double)

  /// C for rows whose weights sum to `weightSum`.
  ///
  /// - Throws: `.invalidArgument` where the value is not positive and finite.
  func c(weightSum: Double) throws(HeadsError) -> Double {
    switch self {
    case .c(let c):
      guard c > 0, c.isFinite else { throw HeadsError(.invalidArgument, "C must be positive, it is \(c)") }
      return c
    case .alpha(let alpha):
      guard alpha > 0, alpha.isFinite, (1 / (alpha * weightSum)).isFinite else {
        throw HeadsError(.invalidArgument, "alpha must be positive, it is \(alpha)")
      }
      return 1 / (alpha * weightSum)
    }
  }
}
