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
}
