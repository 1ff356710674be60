/// Whether two heads differ over repeated folds or splits: the corrected resampled t-test (Nadeau and Bengio,
/// "Inference for the generalization error", 2003; for repeated folds Bouckaert and Frank, "Evaluating the
/// replicability of significance tests for comparing learning algorithms", 2004).
///
/// The scores of different folds share training rows, so the plain t-test sees differences that are not there.
/// Here the variance of their mean is not s^2 / J but s^2 (1 / J + test rows / training rows).
public struct CorrectedTTest: Hashable, Sendable {
  /// Mean difference.
  public let difference: Double
  /// Its corrected standard error.
  public let standardError: Double
  public let degreesOfFreedom: Int
  /// Probability of a difference at least as large if there were none, in both directions. Where every fold has
  /// the same difference it is 1 for a difference of 0, else 0.
  public let p: Double

  /// - Parameters:
  ///   - differences: score of the first head minus that of the second, one for every fold of every repeat.
  ///   - testShare: test rows over training rows of a fold: 1 / (k - 1) for k folds.
  /// - Throws: `.invalidArgument` where there are fewer than two differences, one is not finite, or the share
  ///   is not positive and finite.
  public init(differences: [Double], testShare: Double) throws(HeadsError) {
    guard differences.count > 1, differences.allSatisfy(\.isFinite), testShare > 0, testShare.isFinite else {
      throw HeadsError(
        .invalidArgument,
        "a corrected t-test needs two finite differences and a test share, it has \(differences.count) and "
          + "\(testShare)")
    }
    let count = Double(differences.count)
    let mean = differences.reduce(0, +) / count
    let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    difference = mean
    standardError = (variance * (1 / count + testShare)).squareRoot()
    degreesOfFreedom = differences.count - 1
    let tail = Self.upperTail(abs(mean), standardError, degreesOfFreedom)
    p = mean == 0 ? 1 : min(1, 2 * tail)
  }

  /// The difference's interval. Traps where `confidence` is not between 0 and 1.
  public func interval(confidence: Double = 0.95) -> ClosedRange<Double> {
    precondition(confidence > 0 && confidence < 1, "confidence must be between 0 and 1")
    let half =
      StudentTDistribution(degreesOfFreedom: Double(degreesOfFreedom)).upperQuantile(0.5 - confidence / 2)
      * standardError
    return difference - half...difference + half
  }

  /// Whether the heads differ by less than a margin. Traps where the margin is not positive.
  public func equivalence(margin: Double) -> EquivalenceTest {
    precondition(margin > 0, "the margin must be positive")
    return EquivalenceTest(
      margin: margin, below: Self.upperTail(difference + margin, standardError, degreesOfFreedom),
      above: Self.upperTail(margin - difference, standardError, degreesOfFreedom))
  }

  /// P(T >= distance / error); without any spread the answer is certain.
  private static func upperTail(_ distance: Double, _ error: Double, _ freedom: Int) -> Double {
    guard error > 0 else { return distance > 0 ? 0 : distance < 0 ? 1 : 0.5 }
    return StudentTDistribution(degreesOfFreedom: Double(freedom)).upperTail(distance / error)
  }
}
