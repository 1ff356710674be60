/// A figure of merit with its 95 % interval.
public struct Measure: Sendable, Hashable {
  public var value: Double
  /// Ends of the interval; not finite where they are unknown.
  public var low: Double
  public var high: Double

  public init(_ value: Double, low: Double = .nan, high: Double = .nan) {
    self.value = value
    self.low = low
    self.high = high
  }

  package var hasInterval: Bool { low.isFinite && high.isFinite }
}
