/// How good one kind of head becomes with how many training pictures.
public struct LearningSeries: Sendable {
  public struct Point: Sendable {
    /// Training pictures.
    public var rows: Int
    /// Accuracy, 0 to 1: the mean over several draws, the least and the most.
    public var mean: Double
    public var low: Double
    public var high: Double

    public init(rows: Int, mean: Double, low: Double, high: Double) {
      self.rows = rows
      self.mean = mean
      self.low = low
      self.high = high
    }
  }

  /// As in `HeadResult`.
  public var name: String
  public var network: String
  public var layer: String
  public var points: [Point]

  public init(name: String, network: String = "", layer: String, points: [Point]) {
    self.name = name
    self.network = network
    self.layer = layer
    self.points = points
  }
}
