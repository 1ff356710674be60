/// Interval of a share that was estimated from independent trials (Wilson, "Probable inference, the law of
/// succession, and statistical inference", 1927).
public struct WilsonInterval: Hashable, Sendable {
  public let low: Double
  public let high: Double

  /// Without trials the interval is [0, 1]. Traps where `successes` is not in 0...trials, or `confidence` not
  /// between 0 and 1.
  public init(successes: Int, trials: Int, confidence: Double = 0.95) {
    precondition(successes >= 0 && successes <= trials, "more successes than trials")
    precondition(confidence > 0 && confidence < 1, "confidence must be between 0 and 1")
    guard trials > 0 else {
      (low, high) = (0, 1)
      return
    }
    let z = NormalDistribution.quantile(0.5 + confidence / 2)
    let count = Double(trials)
    let share = Double(successes) / count
    let center = (share + z * z / (2 * count)) / (1 + z * z / count)
    let half =
      z / (1 + z * z / count) * (share * (1 - share) / count + z * z / (4 * count * count)).squareRoot()
    low = successes == 0 ? 0 : max(0, center - half)
    high = successes == trials ? 1 : min(1, center + half)
  }
}
