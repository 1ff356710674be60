import FeatureCache
import Heads
import Report

extension HeadResult {
  init(_ outcome: HeadComparison.Outcome) {
    let evaluation = outcome.evaluation
    let certificate = outcome.result.certificate
    self.init(
      name: outcome.title, layer: outcome.column,
      parameters: outcome.settings.map { Fact($0.name, number: $0.value) },
      accuracy: evaluation.accuracy, accuracyLow: evaluation.interval.low,
      accuracyHigh: evaluation.interval.high, correct: evaluation.confusion.correct,
      total: evaluation.confusion.total, logLoss: evaluation.logLoss,
      topFiveAccuracy: outcome.topFive,
      recall: evaluation.confusion.recalls.map { $0 ?? .nan }, fitSeconds: outcome.seconds,
      iterations: certificate.iterations, converged: outcome.isConverged,
      confusion: evaluation.confusion.counts, selection: outcome.selectionCurve,
      training: outcome.trainingCurves)
  }
}

extension HeadComparison.Outcome {
  /// Heads that are trained by epochs have no certificate of convergence.
  var isConverged: Bool? { result.history.isEmpty ? result.certificate.isConverged : nil }

  var selectionCurve: SelectionCurve? {
    selection.map { selection in
      SelectionCurve(
        points: selection.scores.map { .init(value: $0.c, accuracy: $0.value) }, chosen: selection.c)
    }
  }

  var trainingCurves: TrainingCurves? {
    let history = result.history
    guard !history.isEmpty else { return nil }
    let losses = history.compactMap(\.validationLoss)
    let kept = losses.min().flatMap { losses.firstIndex(of: $0) }.map { $0 + 1 }
    return TrainingCurves(
      trainLoss: history.map(\.trainingLoss), validationLoss: losses,
      trainAccuracy: history.map(\.trainingAccuracy),
      validationAccuracy: history.compactMap(\.validationAccuracy), keptEpoch: kept)
  }
}

extension HeadPair {
  init(_ pair: HeadComparison.Pair) {
    self.init(
      a: pair.a, b: pair.b, mcnemarP: pair.test.p, adjustedP: pair.adjusted, onlyA: pair.test.onlyFirst,
      onlyB: pair.test.onlySecond)
  }
}

extension DataSetFacts {
  init(_ data: ColumnData, _ split: DataSplit, name: String) {
    let labels = data.columns.first?.data.labels ?? []
    let parts = [("train", split.training), ("validation", split.validation), ("test", split.test)]
    self.init(
      name: name, classes: data.classes,
      splits: parts.filter { !$0.1.isEmpty }.map { name, rows in
        var counts = Array(repeating: 0, count: data.classes.count)
        for row in rows { counts[labels[row]] += 1 }
        return .init(name: name, rows: rows.count, classCounts: counts)
      })
  }
}
