/// Whether a head's confidence can be believed: rows are put into bins by the probability of their predicted
/// class, and each bin compares the mean probability with the share that is right (DeGroot and Fienberg, "The
/// comparison and evaluation of forecasters", 1983; Guo et al., "On calibration of modern neural networks",
/// 2017).
public struct ReliabilityCurve: Hashable, Sendable {
  /// How the bins are cut.
  public enum Binning: String, Hashable, Sendable, CaseIterable {
    /// Bin m of M holds confidences in ((m - 1) / M, m / M]; the first holds 0 as well.
    case equalWidth
    /// As many rows in each bin, to the nearest row, but equal confidences stay together, so that the order
    /// of the rows does not matter.
    case equalMass
  }

  public struct Bin: Hashable, Sendable {
    /// The least and the largest confidence that belongs here: the bin's borders, or its rows' extremes where
    /// bins have equal mass.
    public let range: ClosedRange<Double>
    public let count: Int
    /// Mean confidence of its rows.
    public let confidence: Double
    /// Share of its rows that are right.
    public let accuracy: Double
  }

  /// Bins that have rows, by rising confidence.
  public let bins: [Bin]
  /// Rows of all bins.
  public let count: Int

  /// Expected calibration error: mean distance of confidence and accuracy over the bins, weighted by their
  /// rows (Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning",
  /// 2015). NaN without rows.
  public var expectedCalibrationError: Double {
    bins.reduce(0) { $0 + Double($1.count) * abs($1.confidence - $1.accuracy) } / Double(count)
  }

  /// The largest distance of confidence and accuracy in a bin; NaN without rows.
  public var maximumCalibrationError: Double {
    bins.map { abs($0.confidence - $0.accuracy) }.max() ?? .nan
  }

  /// From a probability table, n x K: the confidence of a row is its largest probability, the lower class
  /// being predicted of equals.
  ///
  /// - Throws: `.invalidArgument` as below.
  public init(
    probabilities: Tensor, _ labels: [Int], bins count: Int = 15, _ binning: Binning = .equalWidth
  ) throws(HeadsError) {
    let columns = Metrics.columnCount(probabilities, labels)
    guard columns > 0 else { throw HeadsError(.invalidArgument, "there are no classes") }
    var confidences: [Double] = []
    var verdicts: [Bool] = []
    for row in labels.indices {
      let values = (0..<columns).map { probabilities[row, $0] }
      let best = values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
      confidences.append(Double(values.contains(where: \.isNaN) ? .nan : values[best]))
      verdicts.append(best == labels[row])
    }
    try self.init(confidences: confidences, verdicts, bins: count, binning)
  }

  /// - Parameter verdicts: whether the prediction of each confidence was right. Traps unless there is one a
  ///   confidence.
  /// - Throws: `.invalidArgument` where there is no bin, or a confidence is NaN or not in 0...1.
  public init(
    confidences: [Double], _ verdicts: [Bool], bins count: Int = 15, _ binning: Binning = .equalWidth
  ) throws(HeadsError) {
    precondition(confidences.count == verdicts.count, "one verdict a confidence")
    guard (1...1_000_000).contains(count) else {
      throw HeadsError(.invalidArgument, "a reliability curve has 1 to 1000000 bins, not \(count)")
    }
    if let row = confidences.firstIndex(where: { !(0...1).contains($0) }) {
      throw HeadsError(.invalidArgument, "the probability of row \(row) is \(confidences[row])")
    }
    self.count = confidences.count
    let order = confidences.indices.sorted { confidences[$0] < confidences[$1] }
    let parts =
      binning == .equalWidth
      ? Self.equalWidth(order, confidences, count) : Self.equalMass(order, confidences, count)
    bins = parts.map { part in
      let size = Double(part.rows.count)
      return Bin(
        range: part.range, count: part.rows.count,
        confidence: part.rows.reduce(0) { $0 + confidences[$1] } / size,
        accuracy: Double(part.rows.count { verdicts[$0] }) / size)
    }
  }

  private typealias Part = (range: ClosedRange<Double>, rows: [Int])

  private static func equalWidth(_ order: [Int], _ confidences: [Double], _ count: Int) -> [Part] {
    var parts: [Part] = []
    for row in order {
      let bin = max(0, Int((confidences[row] * Double(count)).rounded(.up)) - 1)
      let range = Double(bin) / Double(count)...Double(bin + 1) / Double(count)
      if parts.last?.range == range {
        parts[parts.count - 1].rows.append(row)
      } else {
        parts.append((range, [row]))
      }
    }
    return parts
  }

  private static func equalMass(_ order: [Int], _ confidences: [Double], _ count: Int) -> [Part] {
    var parts: [Part] = []
    var start = 0
    for bin in 1...count {
      var end = max(start, order.count * bin / count)
      while end > start, end < order.count, confidences[order[end]] == confidences[order[end - 1]] {
        end += 1
      }
      guard end > start else { continue }
      let rows = Array(order[start..<end])
      parts.append((confidences[rows[0]]...confidences[rows[rows.count - 1]], rows))
      start = end
    }
    return parts
  }
}
