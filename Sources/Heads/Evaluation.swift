/// What a head does on rows it was not fitted to.
public struct Evaluation: Sendable {
  /// The class each row was taken for.
  public let predictions: [Int]
  public let confusion: ConfusionMatrix
  /// Share of rows that are right.
  public var accuracy: Double { confusion.accuracy }
  /// Its 95 % interval.
  public let interval: WilsonInterval
  /// `nil` for a head without probabilities.
  public let logLoss: Double?
  /// The last layer's numbers, n x K or n x 1.
  public let decision: Tensor
  /// n x K; `nil` for a head without probabilities.
  public let probabilities: Tensor?
}

extension Head {
  /// Predicts labelled rows and counts. Row weights play no part.
  ///
  /// - Throws: `.invalidLabels` where there are no rows or other classes; else as `decision(_:)`.
  public func evaluate(_ data: LabeledFeatures) throws(HeadsError) -> Evaluation {
    guard data.classes == classes else {
      throw HeadsError(.invalidLabels, "the rows have classes \(data.classes), the head has \(classes)")
    }
    guard data.count > 0 else { throw HeadsError(.invalidLabels, "there are no rows to evaluate on") }
    let decision = try decision(data.features)
    let predictions = predictions(ofDecision: decision)
    let probabilities = try probabilities(ofDecision: decision)
    let confusion = ConfusionMatrix(
      predictions: predictions, labels: data.labels, classCount: classes.count)
    return Evaluation(
      predictions: predictions, confusion: confusion,
      interval: WilsonInterval(successes: confusion.correct, trials: confusion.total),
      logLoss: probabilities.map { Metrics.logLoss($0, data.labels) }, decision: decision,
      probabilities: probabilities)
  }
}
