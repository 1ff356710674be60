import Heads
import Tensors
import Testing

@Suite struct PredictionMetricsTests {
  static let tables = ComparisonGolden.cases("tables")

  private func close(_ a: [Double?], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs(($0 ?? 0) - $1) < 1e-12 }
  }

  @Test func goldensAreRead() { #expect(Self.tables.count == 4) }

  @Test(arguments: tables.indices) func tablesMeetScikitLearn(_ index: Int) throws {
    let golden = Self.tables[index]
    let classes = golden.integer("classes")
    let (labels, logits, probabilities) = try ComparisonGolden.predictions(
      seed: golden.integer("seed"), rows: golden.integer("rows"), classes: classes,
      steps: golden.integer("steps"))
    let matrix = ConfusionMatrix(predictions: probabilities.winners, labels: labels, classCount: classes)
    #expect(close(matrix.precisions, golden.numbers("precision")))
    #expect(close(matrix.recalls, golden.numbers("recall")))
    #expect(close(matrix.f1Scores, golden.numbers("f1")))
    #expect(abs(matrix.macroF1 - golden.number("macroF1")) < 1e-12)
    #expect(abs(matrix.balancedAccuracy - golden.number("balancedAccuracy")) < 1e-12)
    #expect(abs(Metrics.brier(probabilities, labels) - golden.number("brier")) < 1e-7)
    let scores = classes == 2 ? logits : probabilities
    #expect(abs(Metrics.auroc(scores: scores, labels) - golden.number("auroc")) < 1e-12)
    #expect(
      abs(Metrics.averagePrecision(scores: scores, labels) - golden.number("averagePrecision")) < 1e-12)
    if classes == 2 {
      #expect(abs(Metrics.brier(probabilities, labels) / 2 - golden.number("halfBrier")) < 1e-7)
      let margins = (0..<labels.count).map { logits[$0, 1] - logits[$0, 0] }
      let column = try Tensor(shape: [labels.count, 1], values: margins)
      #expect(Metrics.auroc(scores: column, labels) == Metrics.auroc(scores: logits, labels))
    }
  }

  @Test(arguments: tables.indices) func calibrationMeetsTheDefinition(_ index: Int) throws {
    let golden = Self.tables[index]
    let (labels, _, probabilities) = try ComparisonGolden.predictions(
      seed: golden.integer("seed"), rows: golden.integer("rows"), classes: golden.integer("classes"),
      steps: golden.integer("steps"))
    let width = try ReliabilityCurve(probabilities: probabilities, labels, bins: 10, .equalWidth)
    let mass = try ReliabilityCurve(probabilities: probabilities, labels, bins: 6, .equalMass)
    #expect(abs(width.expectedCalibrationError - golden.number("widthECE")) < 1e-6)
    #expect(abs(width.maximumCalibrationError - golden.number("widthMCE")) < 1e-6)
    #expect(width.bins.map { Double($0.count) } == golden.numbers("widthCounts"))
    #expect(abs(mass.expectedCalibrationError - golden.number("massECE")) < 1e-6)
    #expect(mass.bins.map { Double($0.count) } == golden.numbers("massCounts"))
    let curve = golden["curve"]?.array?.map { $0.array?.compactMap(\.number) ?? [] } ?? []
    #expect(zip(width.bins, curve[0]).allSatisfy { abs($0.confidence - $1) < 1e-6 })
    #expect(zip(width.bins, curve[1]).allSatisfy { abs($0.accuracy - $1) < 1e-12 })
    let rows = labels.indices.reversed().map { $0 }
    let turned = try Tensor(
      shape: probabilities.shape,
      values: rows.flatMap { row in (0..<probabilities.shape[1]).map { probabilities[row, $0] } })
    let again = try ReliabilityCurve(probabilities: turned, rows.map { labels[$0] }, bins: 6, .equalMass)
    #expect(again.bins.map(\.count) == mass.bins.map(\.count))
    #expect(abs(again.expectedCalibrationError - mass.expectedCalibrationError) < 1e-12)
  }

  @Test func aurocIsTheShareOfPairsInOrder() {
    var random = SplitMix64(state: 9)
    let scores = (0..<70).map { _ in (random.uniform() * 4).rounded() }
    let positives = (0..<70).map { _ in random.uniform() > 0.3 }
    var (wins, pairs) = (0.0, 0.0)
    for a in scores.indices where positives[a] {
      for b in scores.indices where !positives[b] {
        pairs += 1
        wins += scores[a] > scores[b] ? 1 : scores[a] == scores[b] ? 0.5 : 0
      }
    }
    let area = Metrics.auroc(scores: scores, positives: positives)
    #expect(abs(area - wins / pairs) < 1e-12)
    #expect(abs(Metrics.auroc(scores: scores.map { -$0 }, positives: positives) - (1 - area)) < 1e-12)
    #expect(abs(Metrics.auroc(scores: scores, positives: positives.map { !$0 }) - (1 - area)) < 1e-12)
    #expect(Metrics.auroc(scores: scores.map { $0 * 3 - 7 }, positives: positives) == area)
    let constant = Array(repeating: 1.5, count: 70)
    #expect(Metrics.auroc(scores: constant, positives: positives) == 0.5)
    let share = Double(positives.count { $0 }) / 70
    #expect(abs(Metrics.averagePrecision(scores: constant, positives: positives) - share) < 1e-12)
  }

  @Test func whatIsNotDefinedIsNaN() throws {
    #expect(Metrics.auroc(scores: [1, 2], positives: [true, true]).isNaN)
    #expect(Metrics.auroc(scores: [], positives: []).isNaN)
    #expect(Metrics.averagePrecision(scores: [1], positives: [false]).isNaN)
    #expect(Metrics.averagePrecision(scores: [1], positives: [true]) == 1)
    #expect(Metrics.auroc(scores: [1, .nan], positives: [true, false]).isNaN)
    #expect(Metrics.auroc(scores: [.infinity, -.infinity], positives: [true, false]) == 1)
    let oneClass = try Tensor(shape: [2, 3], values: [1, 2, 3, 4, 5, 6])
    #expect(Metrics.auroc(scores: oneClass, [0, 0]).isNaN)
    let broken = try Tensor(shape: [2, 3], values: [1, 2, 3, .nan, 5, 6])
    #expect(Metrics.auroc(scores: broken, [0, 1]).isNaN)
    #expect(Metrics.brier(broken, [0, 1]).isNaN && Metrics.logLoss(broken, [0, 0]).isNaN)
    #expect(Metrics.topAccuracy(1, scores: broken, [2, 0]) == 0.5)
    #expect(Metrics.topAccuracy(2, scores: try Tensor(shape: [1, 1], values: [.nan]), [1]) == 0)
    let nothing = ConfusionMatrix(predictions: [], labels: [], classCount: 2)
    #expect(nothing.macroF1.isNaN && nothing.balancedAccuracy.isNaN && nothing.f1Scores == [nil, nil])
  }

  @Test func hostileConfidencesAreRefused() throws {
    for confidences in [[0.5, .nan], [1.1], [-0.1], [.infinity]] {
      let error = #expect(throws: HeadsError.self) {
        try ReliabilityCurve(confidences: confidences, confidences.map { _ in true })
      }
      #expect(error?.code == .invalidArgument)
    }
    #expect(throws: HeadsError.self) { try ReliabilityCurve(confidences: [0.5], [true], bins: 0) }
    for binning in ReliabilityCurve.Binning.allCases {
      let one = try ReliabilityCurve(confidences: [1], [true], bins: 15, binning)
      #expect(one.bins.map(\.count) == [1] && one.expectedCalibrationError == 0)
      let edges = try ReliabilityCurve(confidences: [0, 0, 1, 1], [false, false, true, true], binning)
      #expect(edges.bins.map(\.count) == [2, 2] && edges.expectedCalibrationError == 0)
      let nothing = try ReliabilityCurve(confidences: [], [], bins: 3, binning)
      #expect(nothing.bins.isEmpty && nothing.expectedCalibrationError.isNaN)
      let same = try ReliabilityCurve(
        confidences: Array(repeating: 0.7, count: 9), Array(repeating: true, count: 9), bins: 4, binning)
      #expect(same.bins.count == 1 && abs(same.expectedCalibrationError - 0.3) < 1e-12)
    }
  }

  @Test func theMostConfusedPairsComeFirst() {
    let matrix = ConfusionMatrix(
      predictions: [1, 1, 2, 0, 0, 0, 2, 2], labels: [0, 0, 0, 0, 1, 1, 2, 1], classCount: 3)
    let pairs = matrix.mostConfused()
    #expect(
      pairs.map { [$0.trueClass, $0.predictedClass, $0.count] } == [
        [0, 1, 2], [1, 0, 2], [0, 2, 1], [1, 2, 1],
      ])
    #expect(abs(pairs[1].share - 2.0 / 3) < 1e-15)
    #expect(matrix.mostConfused(1).count == 1 && matrix.mostConfused(-3).isEmpty)
  }

  @Test func anEvaluationOffersTheSame() async throws {
    let data = try GoldenCase.named("multiclass").data
    let head = try await LogisticRegression().fit(data).head
    let evaluation = try head.evaluate(data)
    let probabilities = try #require(evaluation.probabilities)
    #expect(evaluation.labels == data.labels)
    #expect(evaluation.auroc == Metrics.auroc(scores: probabilities, data.labels))
    #expect(evaluation.averagePrecision == Metrics.averagePrecision(scores: probabilities, data.labels))
    #expect(evaluation.brier == Metrics.brier(probabilities, data.labels))
    #expect(evaluation.topAccuracy(1) == evaluation.accuracy)
    #expect(try evaluation.reliability()?.count == data.count)
    let margins = try await LinearSVM().fit(data).head.evaluate(data)
    #expect(margins.brier == nil && margins.auroc > 0.5)
    #expect(try margins.reliability() == nil)
  }
}
