/// How a head's confidence compares with how often it is right.
public struct Reliability: Sendable {
  /// Test pictures of like confidence, which is the probability of the predicted class.
  public struct Bin: Sendable {
    /// Ends of the confidences that belong here, 0 to 1.
    public var low: Double
    public var high: Double
    public var count: Int
    /// Mean confidence, 0 to 1.
    public var confidence: Double
    /// Share that is right, 0 to 1.
    public var accuracy: Double

    public init(low: Double, high: Double, count: Int, confidence: Double, accuracy: Double) {
      self.low = low
      self.high = high
      self.count = count
      self.confidence = confidence
      self.accuracy = accuracy
    }
  }

  /// Bins of equal width that hold pictures, by rising confidence.
  public var bins: [Bin]
  /// Expected calibration error over these bins, 0 to 1.
  public var expectedError: Double
  /// The same over bins of equally many pictures.
  public var equalMassError: Double

  public init(bins: [Bin], expectedError: Double, equalMassError: Double = .nan) {
    self.bins = bins
    self.expectedError = expectedError
    self.equalMassError = equalMassError
  }
}
