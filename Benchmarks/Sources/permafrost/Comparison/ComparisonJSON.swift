import Heads

/// What `compare --json` writes. Keys are part of the command line's contract.
struct ComparisonJSON: Encodable {
  struct HeadJSON: Encodable {
    struct Test: Encodable {
      let accuracy: Double
      let accuracyLow: Double
      let accuracyHigh: Double
      let logLoss: Double?
      let correct: Int
      let total: Int
      let balancedAccuracy: Double?
      let balancedAccuracyLow: Double?
      let balancedAccuracyHigh: Double?
      let macroF1: Double?
      let macroF1Low: Double?
      let macroF1High: Double?
      let topFiveAccuracy: Double?
      let auroc: Double?
      let averagePrecision: Double?
      let brier: Double?
      let calibrationError: Double?
      let calibrationErrorEqualMass: Double?
      let recall: [Double?]
      let precision: [Double?]
      let f1: [Double?]
      let confusion: [[Int]]
    }

    let name: String
    let network: String?
    let layer: String
    let parameters: [String: Double]
    let test: Test
    let fitSeconds: Double
    /// These are left out where nothing is solved for, as by nearest neighbours.
    let iterations: Int?
    let objective: Double?
    let converged: Bool?
    let status: String?
    let peakBytes: Int
    let peakRssBytes: Int
  }

  struct PairJSON: Encodable {
    let a: String
    let b: String
    let mcnemarP: Double
    let holmP: Double
    let onlyA: Int
    let onlyB: Int
    let flips: Int
    let difference: Double
    let differenceLow: Double
    let differenceHigh: Double
    let equivalenceP: Double
  }

  struct LearningJSON: Encodable {
    struct Point: Encodable {
      let rows: Int
      let accuracies: [Double]
    }

    let head: String
    let network: String?
    let layer: String
    let points: [Point]
  }

  let classes: [String]
  let splits: [String: Int]
  /// Accuracies that differ by less count as equal in `equivalence_p`.
  let margin: Double
  let heads: [HeadJSON]
  let pairs: [PairJSON]
  let learning: [LearningJSON]?

  init(_ results: ComparisonResults) throws {
    classes = results.data.classes
    splits = [
      "train": results.split.training.count, "validation": results.split.validation.count,
      "test": results.split.test.count,
    ]
    margin = results.margin
    heads = try results.outcomes.map { try HeadJSON($0) }
    let names = results.outcomes.map { "\($0.kind.rawValue)@\($0.column.title)" }
    pairs = results.pairs.map { pair in
      PairJSON(
        a: names[pair.a], b: names[pair.b], mcnemarP: pair.test.p, holmP: pair.adjusted,
        onlyA: pair.test.onlyFirst, onlyB: pair.test.onlySecond, flips: pair.flips.flips,
        difference: pair.difference.difference, differenceLow: pair.difference.low,
        differenceHigh: pair.difference.high, equivalenceP: pair.equivalence.p)
    }
    learning = results.learning.map { curves in
      curves.lines.map { kind, points in
        LearningJSON(
          head: kind.rawValue, network: curves.column.source.isEmpty ? nil : curves.column.source,
          layer: curves.column.name,
          points: points.map { .init(rows: $0.rows, accuracies: $0.values) })
      }
    }
  }
}

extension ComparisonJSON.HeadJSON {
  init(_ outcome: HeadComparison.Outcome) throws {
    let certificate = outcome.fit.certificate
    name = outcome.kind.rawValue
    network = outcome.column.source.isEmpty ? nil : outcome.column.source
    layer = outcome.column.name
    parameters = Dictionary(outcome.fit.settings.map { ($0.name, $0.value) }) { first, _ in first }
    test = try Test(outcome)
    fitSeconds = outcome.fit.seconds
    iterations = certificate?.iterations
    objective = certificate?.objective
    converged = certificate?.isConverged
    status = certificate?.status.rawValue
    peakBytes = outcome.fit.peakBytes
    peakRssBytes = outcome.fit.peakResident
  }
}

extension ComparisonJSON.HeadJSON.Test {
  init(_ outcome: HeadComparison.Outcome) throws {
    let evaluation = outcome.evaluation
    // JSON has no NaN: what is not defined is left out.
    func known(_ value: Double) -> Double? { value.isFinite ? value : nil }
    accuracy = evaluation.accuracy
    accuracyLow = evaluation.interval.low
    accuracyHigh = evaluation.interval.high
    logLoss = evaluation.logLoss.flatMap(known)
    correct = evaluation.confusion.correct
    total = evaluation.confusion.total
    balancedAccuracy = known(outcome.balancedAccuracy.value)
    balancedAccuracyLow = known(outcome.balancedAccuracy.low)
    balancedAccuracyHigh = known(outcome.balancedAccuracy.high)
    macroF1 = known(outcome.macroF1.value)
    macroF1Low = known(outcome.macroF1.low)
    macroF1High = known(outcome.macroF1.high)
    topFiveAccuracy = outcome.topFive
    auroc = known(evaluation.auroc)
    averagePrecision = known(evaluation.averagePrecision)
    brier = evaluation.brier.flatMap(known)
    calibrationError = try evaluation.reliability(bins: 10)?.expectedCalibrationError
    calibrationErrorEqualMass = try evaluation.reliability(bins: 10, .equalMass)?.expectedCalibrationError
    recall = evaluation.confusion.recalls
    precision = evaluation.confusion.precisions
    f1 = evaluation.confusion.f1Scores
    confusion = evaluation.confusion.counts
  }
}
