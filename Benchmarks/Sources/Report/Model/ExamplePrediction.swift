/// A picture and what a head says it is.
public struct ExamplePrediction: Sendable {
  /// A class and the head's score for it.
  public struct Score: Sendable {
    public var classIndex: Int
    public var value: Double

    public init(classIndex: Int, value: Double) {
      self.classIndex = classIndex
      self.value = value
    }
  }

  /// What the numbers of `scores` are.
  public enum ScoreKind: Sendable {
    /// Probabilities, 0 to 1.
    case probability
    /// Signed distances from a class's border, of any size.
    case margin
  }

  /// The sample's key.
  public var key: String
  /// The encoded picture (JPEG, PNG, GIF or WebP) as it goes into the page; best a thumbnail.
  public var picture: [UInt8]
  /// The true class; nil where it is unknown.
  public var trueClass: Int?
  public var predictedClass: Int
  /// The highest scores, best first; a few are enough.
  public var scores: [Score]
  public var scoreKind: ScoreKind

  public init(
    key: String, picture: [UInt8], trueClass: Int?, predictedClass: Int,
    scores: [Score] = [], scoreKind: ScoreKind = .probability
  ) {
    self.key = key
    self.picture = picture
    self.trueClass = trueClass
    self.predictedClass = predictedClass
    self.scores = scores
    self.scoreKind = scoreKind
  }

  /// Whether the prediction is right; nil where the truth is unknown.
  package var isCorrect: Bool? { trueClass.map { $0 == predictedClass } }
}
