/// How far apart the accuracies of two heads are that were tried on the same rows, with its score interval
/// (Tango, "Equivalence test and confidence interval for the difference in proportions for the paired-sample
/// design", 1998). It contains 0 exactly where McNemar's test without its exact tail keeps the heads equal, and
/// stays within its limits for few rows and few disagreements, where the textbook interval does not.
public struct PairedDifference: Hashable, Sendable {
  /// Rows that only the first head gets right, and only the second.
  public let onlyFirst: Int
  public let onlySecond: Int
  /// All rows.
  public let count: Int
  public let confidence: Double
  /// Accuracy of the first minus that of the second; 0 without rows.
  public let difference: Double
  /// The ends of its interval; -1 and 1 without rows.
  public let low: Double
  public let high: Double

  /// Traps where a count is negative, there are fewer rows than disagreements, or `confidence` is not between 0
  /// and 1.
  public init(onlyFirst: Int, onlySecond: Int, count: Int, confidence: Double = 0.95) {
    precondition(
      onlyFirst >= 0 && onlySecond >= 0 && onlyFirst <= count && onlySecond <= count - onlyFirst,
      "more disagreements than rows")
    precondition(confidence > 0 && confidence < 1, "confidence must be between 0 and 1")
    self.onlyFirst = onlyFirst
    self.onlySecond = onlySecond
    self.count = count
    self.confidence = confidence
    guard count > 0 else {
      (difference, low, high) = (0, -1, 1)
      return
    }
    let score = PairedScore(Double(onlyFirst), Double(onlySecond), Double(count))
    let z = NormalDistribution.quantile(0.5 + confidence / 2)
    difference = score.estimate
    low = score.root(z, in: -1...score.estimate)
    high = score.root(-z, in: score.estimate...1)
  }

  /// Traps unless there are as many predictions of each as labels.
  public init(first: [Int], second: [Int], labels: [Int], confidence: Double = 0.95) {
    let flips = PredictionFlips(first: first, second: second, labels: labels)
    self.init(
      onlyFirst: flips.onlyFirst, onlySecond: flips.onlySecond, count: labels.count, confidence: confidence)
  }

  /// Whether the accuracies differ by less than a margin, such as 0.01 for one point. Traps where the margin is
  /// not between 0 and 1.
  public func equivalence(margin: Double) -> EquivalenceTest {
    precondition(margin > 0 && margin < 1, "the margin must be between 0 and 1")
    guard count > 0 else { return EquivalenceTest(margin: margin, below: 1, above: 1) }
    let score = PairedScore(Double(onlyFirst), Double(onlySecond), Double(count))
    return EquivalenceTest(
      margin: margin, below: NormalDistribution.upperTail(score(-margin)),
      above: NormalDistribution.cumulative(score(margin)))
  }
}

/// Two one-sided tests of equivalence (Schuirmann, "A comparison of the two one-sided tests procedure and the
/// power approach for assessing the equivalence of average bioavailability", 1987).
public struct EquivalenceTest: Hashable, Sendable {
  /// What counts as equal: a difference between -margin and margin.
  public let margin: Double
  /// p of the hypothesis that the difference is -margin or below, and that it is margin or above.
  public let below: Double
  public let above: Double
  /// p of the hypothesis that the heads are not equivalent: the larger of the two. It is at most alpha exactly
  /// where the difference's interval at confidence 1 - 2 alpha lies within the margin; "within the margin at
  /// 95 %" is p <= 0.025.
  public var p: Double { max(below, above) }

  /// Whether the difference's interval at this confidence lies within the margin.
  public func isWithin(confidence: Double = 0.95) -> Bool { p <= (1 - confidence) / 2 }
}

/// Tango's score statistic for b and c disagreements of n rows: the standardised distance of the observed
/// difference from a hypothetical one, with the variance estimated under that hypothesis.
private struct PairedScore {
  let b: Double
  let c: Double
  let n: Double
  var estimate: Double { (b - c) / n }

  init(_ b: Double, _ c: Double, _ n: Double) { (self.b, self.c, self.n) = (b, c, n) }

  func callAsFunction(_ delta: Double) -> Double {
    // The most likely share of rows that only the second gets right, given the difference (Tango, equation 7).
    let linear = -b - c + (2 * n - b + c) * delta
    let constant = -c * delta * (1 - delta)
    let root = max(linear * linear - 8 * n * constant, 0).squareRoot()
    let share = (root - linear) / (4 * n)
    let variance = n * (2 * share + delta * (1 - delta))
    let distance = b - c - n * delta
    guard variance > 0 else { return distance == 0 ? 0 : distance > 0 ? .infinity : -.infinity }
    return distance / variance.squareRoot()
  }

  /// The difference at which the statistic, which falls, is `value`; the end of the range where it is not
  /// reached.
  func root(_ value: Double, in range: ClosedRange<Double>) -> Double {
    var (low, high) = (range.lowerBound, range.upperBound)
    if value > 0, self(low) <= value { return low }
    if value < 0, self(high) >= value { return high }
    for _ in 0..<200 where high - low > 1e-16 {
      let middle = low + (high - low) / 2
      if self(middle) > value { low = middle } else { high = middle }
    }
    return low + (high - low) / 2
  }
}
