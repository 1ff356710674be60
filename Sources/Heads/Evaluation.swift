/// What a head does on rows it was not fitted to.
public struct Evaluation: Sendable {
  /// The true class of each row.
  public let labels: [Int]
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

  /// Counts what was predicted. Traps unless there is one prediction and one row of scores a label.
  package init(
    predictions: [Int], labels: [Int], classCount: Int, decision: Tensor, probabilities: Tensor?
  ) {
    self.labels = labels
    self.predictions = predictions
    confusion = ConfusionMatrix(predictions: predictions, labels: labels, classCount: classCount)
    interval = WilsonInterval(successes: confusion.correct, trials: confusion.total)
    logLoss = probabilities.map { Metrics.logLoss($0, labels) }
    self.decision = decision
    self.probabilities = probabilities
  }
}

extension Evaluation {
  /// What orders the rows best: probabilities where there are any, so that rows can be compared across
  /// classes, else the decision.
  private var scores: Tensor { probabilities ?? decision }

  /// Share of rows whose class has one of the `k` highest scores.
  public func topAccuracy(_ k: Int) -> Double { Metrics.topAccuracy(k, scores: scores, labels) }

  /// Area under the receiver operating characteristic, the mean over the classes; see `Metrics`.
  public var auroc: Double { Metrics.auroc(scores: scores, labels) }

  /// Average precision, the mean over the classes; see `Metrics`.
  public var averagePrecision: Double { Metrics.averagePrecision(scores: scores, labels) }

  /// `nil` for a head without probabilities.
  public var brier: Double? { probabilities.map { Metrics.brier($0, labels) } }

  /// Whether confidence can be believed; `nil` for a head without probabilities.
  ///
  /// - Throws: `.invalidArgument` where there is no bin.
  public func reliability(
    bins: Int = 15, _ binning: ReliabilityCurve.Binning = .equalWidth
  ) throws(HeadsError) -> ReliabilityCurve? {
    try probabilities.map { table throws(HeadsError) in
      try ReliabilityCurve(probabilities: table, labels, bins: bins, binning)
    }
  }
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
    return Evaluation(
      predictions: predictions(ofDecision: decision), labels: data.labels, classCount: classes.count,
      decision: decision, probabilities: try probabilities(ofDecision: decision))
  }
}
