/// A test of two heads on the same test pictures.
public struct HeadPair: Sendable {
  /// Index of the first head in `ComparisonReport.heads`.
  public var a: Int
  /// Index of the second head.
  public var b: Int
  /// Two-sided p of McNemar's exact test.
  public var mcnemarP: Double
  /// The same p corrected for the number of pairs (Holm), where that was done; it then decides.
  public var adjustedP: Double?
  /// Pictures that only the first head got right.
  public var onlyA: Int
  /// Pictures that only the second head got right.
  public var onlyB: Int
  /// Ends of the 95 % interval of the first head's accuracy minus the second's; not numbers where unknown.
  public var differenceLow = Double.nan
  public var differenceHigh = Double.nan
  /// p of two one-sided tests that the accuracies differ by less than the report's margin.
  public var equivalenceP: Double?
  /// Pictures on which the two answers differ, right or wrong.
  public var flips: Int?

  public init(a: Int, b: Int, mcnemarP: Double, adjustedP: Double? = nil, onlyA: Int, onlyB: Int) {
    self.a = a
    self.b = b
    self.mcnemarP = mcnemarP
    self.adjustedP = adjustedP
    self.onlyA = onlyA
    self.onlyB = onlyB
  }

  /// The p that decides: corrected where there is a correction.
  package var decisiveP: Double { adjustedP ?? mcnemarP }
  /// Whether the difference is significant at 5 %.
  package var isSignificant: Bool { decisiveP < 0.05 }

  package var hasInterval: Bool { differenceLow.isFinite && differenceHigh.isFinite }

  /// Whether the whole interval lies within a margin.
  package func isWithin(_ margin: Double) -> Bool {
    hasInterval && differenceLow > -margin && differenceHigh < margin
  }

  /// The same test with the heads in the other order.
  package var turned: HeadPair {
    var pair = self
    (pair.a, pair.b, pair.onlyA, pair.onlyB) = (b, a, onlyB, onlyA)
    (pair.differenceLow, pair.differenceHigh) = (-differenceHigh, -differenceLow)
    return pair
  }
}
