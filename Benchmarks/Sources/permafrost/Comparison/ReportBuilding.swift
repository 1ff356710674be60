import FeatureCache
import Heads
import Report

extension HeadResult {
  init(_ outcome: HeadComparison.Outcome) throws {
    let evaluation = outcome.evaluation
    self.init(
      name: outcome.title, layer: outcome.column.name,
      parameters: outcome.fit.settings.map { Fact($0.name, number: $0.value) },
      accuracy: evaluation.accuracy, accuracyLow: evaluation.interval.low,
      accuracyHigh: evaluation.interval.high, correct: evaluation.confusion.correct,
      total: evaluation.confusion.total, logLoss: evaluation.logLoss,
      topFiveAccuracy: outcome.topFive,
      recall: evaluation.confusion.recalls.map { $0 ?? .nan }, fitSeconds: outcome.fit.seconds,
      iterations: outcome.kind.isClosedForm ? nil : outcome.fit.certificate?.iterations,
      converged: outcome.isConverged,
      confusion: evaluation.confusion.counts, selection: outcome.selectionCurve,
      training: outcome.trainingCurves)
    network = outcome.column.source
    balancedAccuracy = Measure(outcome.balancedAccuracy)
    macroF1 = Measure(outcome.macroF1)
    auroc = evaluation.auroc
    averagePrecision = evaluation.averagePrecision
    brier = evaluation.brier
    reliability = try Reliability(evaluation)
    precision = evaluation.confusion.precisions.map { $0 ?? .nan }
    peakMemory = outcome.fit.peakBytes
    certificate = outcome.fit.certificate?.text ?? ""
  }
}

extension Measure {
  init(_ interval: BootstrapInterval) {
    self.init(interval.value, low: interval.low, high: interval.high)
  }
}

extension Reliability {
  /// `nil` for a head without probabilities.
  init?(_ evaluation: Evaluation) throws {
    guard let width = try evaluation.reliability(bins: 10),
      let mass = try evaluation.reliability(bins: 10, .equalMass)
    else { return nil }
    self.init(
      bins: width.bins.map {
        .init(
          low: $0.range.lowerBound, high: $0.range.upperBound, count: $0.count, confidence: $0.confidence,
          accuracy: $0.accuracy)
      }, expectedError: width.expectedCalibrationError, equalMassError: mass.expectedCalibrationError)
  }
}

extension FitCertificate {
  /// What the solver can prove, for people.
  var text: String {
    switch optimality {
    case .gradient(0): "exact"
    case .gradient(let value): "gradient \(plain(value))"
    case .dualityGap(let value): "duality gap \(plain(value))"
    default: ""
    }
  }

  private func plain(_ value: Double) -> String { NumberFormat.short(value) }
}

extension HeadComparison.Outcome {
  /// Heads that are trained by epochs have no certificate of convergence.
  var isConverged: Bool? { fit.history.isEmpty ? fit.certificate?.isConverged : nil }

  /// Share of test rows whose class has one of the five highest scores; `nil` for five classes or fewer.
  var topFive: Double? { column.data.classes.count > 5 ? evaluation.topAccuracy(5) : nil }

  var selectionCurve: SelectionCurve? {
    fit.choice.map { choice in
      var curve = SelectionCurve(
        parameter: choice.name, points: choice.scores.map { .init(value: $0.value, accuracy: $0.score) },
        chosen: choice.chosen)
      curve.criterion = choice.criterion.words
      curve.isShare = choice.criterion != .logLoss
      return curve
    }
  }

  var trainingCurves: TrainingCurves? {
    let history = fit.history
    guard !history.isEmpty else { return nil }
    let losses = history.compactMap(\.validationLoss)
    let kept = losses.min().flatMap { losses.firstIndex(of: $0) }.map { $0 + 1 }
    return TrainingCurves(
      trainLoss: history.map(\.trainingLoss), validationLoss: losses,
      trainAccuracy: history.map(\.trainingAccuracy),
      validationAccuracy: history.compactMap(\.validationAccuracy), keptEpoch: kept)
  }
}

extension RegularizationSearch.Criterion {
  var words: String { rawValue.separatedWords }
}

extension String {
  /// `balancedAccuracy` as `balanced accuracy`.
  var separatedWords: String { map { $0.isUppercase ? " " + $0.lowercased() : String($0) }.joined() }
}

extension HeadPair {
  init(_ pair: ComparedPair) {
    self.init(
      a: pair.a, b: pair.b, mcnemarP: pair.test.p, adjustedP: pair.adjusted, onlyA: pair.test.onlyFirst,
      onlyB: pair.test.onlySecond)
    differenceLow = pair.difference.low
    differenceHigh = pair.difference.high
    equivalenceP = pair.equivalence.p
    flips = pair.flips.flips
  }
}

extension DataSetFacts {
  init(_ data: ColumnData, _ split: DataSplit, name: String) {
    let labels = data.labels
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

extension LearningCurves {
  var series: [LearningSeries] {
    lines.map { kind, points in
      LearningSeries(
        name: kind.title, network: column.source, layer: column.name,
        points: points.map { .init(rows: $0.rows, mean: $0.mean, low: $0.low, high: $0.high) })
    }
  }
}
