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
      let recall: [Double?]
      let confusion: [[Int]]
    }

    let name: String
    let layer: String
    let parameters: [String: Double]
    let test: Test
    let fitSeconds: Double
    let iterations: Int
    let objective: Double
    let converged: Bool
  }

  struct PairJSON: Encodable {
    let a: String
    let b: String
    let mcnemarP: Double
    let holmP: Double
    let onlyA: Int
    let onlyB: Int
  }

  let classes: [String]
  let splits: [String: Int]
  let heads: [HeadJSON]
  let pairs: [PairJSON]

  init(
    classes: [String], split: DataSplit, _ outcomes: [HeadComparison.Outcome],
    _ pairs: [HeadComparison.Pair]
  ) {
    self.classes = classes
    splits = [
      "train": split.training.count, "validation": split.validation.count, "test": split.test.count,
    ]
    heads = outcomes.map(HeadJSON.init)
    let names = outcomes.map { "\($0.kind.rawValue)@\($0.column)" }
    self.pairs = pairs.map { pair in
      PairJSON(
        a: names[pair.a], b: names[pair.b], mcnemarP: pair.test.p, holmP: pair.adjusted,
        onlyA: pair.test.onlyFirst, onlyB: pair.test.onlySecond)
    }
  }
}

extension ComparisonJSON.HeadJSON {
  init(_ outcome: HeadComparison.Outcome) {
    let evaluation = outcome.evaluation
    let certificate = outcome.result.certificate
    name = outcome.kind.rawValue
    layer = outcome.column
    parameters = Dictionary(outcome.settings.map { ($0.name, $0.value) }) { first, _ in first }
    test = Test(
      accuracy: evaluation.accuracy, accuracyLow: evaluation.interval.low,
      accuracyHigh: evaluation.interval.high, logLoss: evaluation.logLoss,
      correct: evaluation.confusion.correct, total: evaluation.confusion.total,
      recall: evaluation.confusion.recalls, confusion: evaluation.confusion.counts)
    fitSeconds = outcome.seconds
    iterations = certificate.iterations
    objective = certificate.objective
    converged = certificate.isConverged
  }
}
