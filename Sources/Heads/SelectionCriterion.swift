extension RegularizationSearch.Criterion {
  /// The criterion of a head from its numbers on some rows.
  ///
  /// - Throws: `.invalidLabels` where there are no rows, `.invalidArgument` where the head has no probabilities
  ///   and they are asked for.
  func value(_ head: Head, decision: Tensor, labels: [Int]) throws(HeadsError) -> Double {
    guard !labels.isEmpty else { throw HeadsError(.invalidLabels, "there are no rows to evaluate on") }
    let confusion = ConfusionMatrix(
      predictions: head.predictions(ofDecision: decision), labels: labels, classCount: head.classes.count)
    switch self {
    case .accuracy: return confusion.accuracy
    case .balancedAccuracy: return confusion.balancedAccuracy
    case .logLoss:
      guard let probabilities = try head.probabilities(ofDecision: decision) else {
        throw HeadsError(.invalidArgument, "a head with margins has no log-loss to select by")
      }
      return Metrics.logLoss(probabilities, labels)
    }
  }

  /// The criterion of a classifier with probabilities.
  func value(_ evaluation: Evaluation) -> Double {
    switch self {
    case .accuracy: evaluation.accuracy
    case .balancedAccuracy: evaluation.confusion.balancedAccuracy
    case .logLoss: evaluation.logLoss ?? .nan
    }
  }

  func isBetter(_ a: Double, _ b: Double) -> Bool { self == .logLoss ? a < b : a > b }
}
