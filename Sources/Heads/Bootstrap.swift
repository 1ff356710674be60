#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Intervals for any figure of merit by drawing the rows anew, with replacement (Efron and Tibshirani, "An
/// introduction to the bootstrap", 1993). Rows that belong together, such as pictures of one object, are drawn
/// together (the cluster bootstrap: Davison and Hinkley, "Bootstrap methods and their application", 1997,
/// section 3.8).
///
///     let f1 = try Bootstrap().interval(rows: labels.count) { rows in
///       ConfusionMatrix(
///         predictions: rows.map { predictions[$0] }, labels: rows.map { labels[$0] }, classCount: 10).macroF1
///     }
///
/// A bootstrap cannot show what the rows do not: with one row or group, or a figure that no resample changes,
/// the interval has no width. For a share of successes `WilsonInterval` is the better choice.
public struct Bootstrap: Hashable, Sendable {
  public enum Method: String, Hashable, Sendable, CaseIterable {
    /// Quantiles of the resampled figures.
    case percentile
    /// The same, corrected for bias and for a spread that changes with the figure (Efron, "Better bootstrap
    /// confidence intervals", 1987).
    case bca
  }

  public var resamples: Int
  public var confidence: Double
  public var method: Method
  /// Decides the draws: SplitMix64, one draw a row or group, resample by resample.
  public var seed: UInt64

  public init(
    resamples: Int = 2000, confidence: Double = 0.95, method: Method = .bca, seed: UInt64 = 0
  ) {
    self.resamples = resamples
    self.confidence = confidence
    self.method = method
    self.seed = seed
  }

  /// With more rows or groups than this, the acceleration of `.bca` leaves them out in so many blocks instead
  /// of one by one.
  static let mostBlocks = 2000

  /// The interval of a figure.
  ///
  /// - Parameters:
  ///   - count: rows there are.
  ///   - groups: the group of each row; `nil` where rows are independent.
  ///   - statistic: the figure on some rows, given as indices below `count`, repeated as drawn.
  /// - Throws: `.invalidArgument` where a setting is out of range, there are no rows, or not one group a row.
  public func interval(
    rows count: Int, groups: [Int]? = nil, of statistic: (_ rows: [Int]) -> Double
  ) throws(HeadsError) -> BootstrapInterval {
    let units = try units(count, groups)
    let value = statistic(Array(0..<count))
    return interval(value, distribution(units, statistic), units, statistic)
  }

  /// The paired bootstrap: both heads' figures on the same resamples.
  ///
  /// - Throws: as `interval`.
  public func difference(
    rows count: Int, groups: [Int]? = nil, _ first: (_ rows: [Int]) -> Double,
    minus second: (_ rows: [Int]) -> Double
  ) throws(HeadsError) -> PairedBootstrap {
    let units = try units(count, groups)
    func statistic(_ rows: [Int]) -> Double { first(rows) - second(rows) }
    let value = statistic(Array(0..<count))
    let values = distribution(units, statistic)
    let defined = values.filter { !$0.isNaN }
    let tail = min(defined.count { $0 <= 0 }, defined.count { $0 >= 0 })
    return PairedBootstrap(
      difference: interval(value, values, units, statistic),
      p: min(1, 2 * Double(tail + 1) / Double(defined.count + 1)))
  }

  /// The rows of each unit that is drawn as a whole.
  private func units(_ count: Int, _ groups: [Int]?) throws(HeadsError) -> [[Int]] {
    guard (1...10_000_000).contains(resamples), confidence > 0, confidence < 1, count > 0 else {
      throw HeadsError(
        .invalidArgument,
        "a bootstrap of \(resamples) resamples of \(count) rows at confidence \(confidence) makes no sense")
    }
    guard let groups else { return (0..<count).map { [$0] } }
    guard groups.count == count else {
      throw HeadsError(.invalidArgument, "\(groups.count) groups for \(count) rows")
    }
    return Dictionary(grouping: groups.indices, by: { groups[$0] }).sorted { $0.key < $1.key }.map(\.value)
  }

  /// The figure on each resample.
  private func distribution(_ units: [[Int]], _ statistic: ([Int]) -> Double) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    var rows: [Int] = []
    return (0..<resamples).map { _ in
      rows.removeAll(keepingCapacity: true)
      for _ in units.indices { rows += units[generator.below(units.count)] }
      return statistic(rows)
    }
  }

  private func interval(
    _ value: Double, _ distribution: [Double], _ units: [[Int]], _ statistic: ([Int]) -> Double
  ) -> BootstrapInterval {
    var defined = distribution.filter { !$0.isNaN }
    defined.sort()
    var shares = (low: (1 - confidence) / 2, high: (1 + confidence) / 2)
    if method == .bca {
      let below = Double(defined.count { $0 < value } + defined.count { $0 <= value })
      let count = Double(2 * defined.count)
      // Half a resample from either end at least: a figure beyond all resamples has no finite bias.
      let bias = NormalDistribution.quantile(min(max(below, 1), count - 1) / count)
      let acceleration = acceleration(units, statistic)
      let corrected = { (share: Double) in
        let z = bias + NormalDistribution.quantile(share)
        return NormalDistribution.cumulative(bias + z / (1 - acceleration * z))
      }
      shares = (corrected(shares.low), corrected(shares.high))
    }
    let mean = defined.reduce(0, +) / Double(defined.count)
    let squares = defined.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return BootstrapInterval(
      value: value,
      low: value.isNaN ? .nan : BootstrapInterval.quantile(shares.low, ofSorted: defined),
      high: value.isNaN ? .nan : BootstrapInterval.quantile(shares.high, ofSorted: defined),
      standardError: (squares / Double(defined.count - 1)).squareRoot(),
      undefinedResamples: distribution.count - defined.count)
  }

  /// From leaving out units one by one (Efron, 1987, equation 7.3); 0 where that changes nothing or leaves
  /// nothing.
  private func acceleration(_ units: [[Int]], _ statistic: ([Int]) -> Double) -> Double {
    let blocks = min(units.count, Self.mostBlocks)
    guard blocks > 1 else { return 0 }
    let values = (0..<blocks).map { block in
      statistic(units.indices.flatMap { $0 % blocks == block ? [] : units[$0] })
    }
    let mean = values.reduce(0, +) / Double(blocks)
    var (squares, cubes) = (0.0, 0.0)
    for value in values {
      squares += (mean - value) * (mean - value)
      cubes += (mean - value) * (mean - value) * (mean - value)
    }
    let acceleration = cubes / (6 * squares * squares.squareRoot())
    return acceleration.isFinite ? acceleration : 0
  }
}
