import Heads
import Tensors
import Testing

@Suite struct PresetTests {
  private func parts(_ name: String) throws -> (LabeledFeatures, LabeledFeatures) {
    let data = try GoldenCase.named(name).data
    let split = try DataSplit(stratified: data.labels, SplitRule("0.7/0.3"), seed: 2)
    return (data.selecting(split.training), data.selecting(split.test))
  }

  @Test func linearEvaluationHas45ValuesAtEqualRatios() {
    let values = RegularizationSearch.linearEvaluation.candidates
    #expect(values.count == 45)
    #expect(abs(values[0] / 1e-6 - 1) < 1e-12 && abs(values[44] / 1e5 - 1) < 1e-12)
    for (a, b) in zip(values, values.dropFirst()) { #expect(abs(b / a / values[1] * values[0] - 1) < 1e-12) }
    #expect(RegularizationSearch.linearEvaluation.refits)
  }

  @Test func linearEvaluationWithFoldsMeetsASearchOneByOne() async throws {
    let (training, _) = try parts("multiclass")
    let configuration = LogisticRegression(tolerance: 1e-8)
    var search = RegularizationSearch.linearEvaluation
    search.criterion = .logLoss
    search.folds = 3
    let options = FitOptions(threads: 2, seed: 4)
    let selection = try await search.select(configuration, training: training, options: options)
    let folds = try DataSplit.folds(3, labels: training.labels, seed: 4)
    for index in stride(from: 0, to: 45, by: 11) {
      let score = selection.scores[index]
      var sum = 0.0
      for fold in folds {
        let rows = TrialRows(leavingOut: fold, of: training.count)
        var single = configuration
        single.regularization = .c(score.c)
        let head = try await single.fit(training.selecting(rows.training)).head
        let probabilities = try #require(try head.probabilities(training.features.selecting(fold)))
        sum += Metrics.logLoss(probabilities, fold.map { training.labels[$0] }) * Double(fold.count)
      }
      #expect(abs(sum / Double(training.count) - score.value) < 0.02 * score.value, "C \(score.c)")
    }
    var chosen = configuration
    chosen.regularization = .c(selection.c)
    let refit = try await chosen.fit(training)
    let ratio = refit.certificate.objective / selection.result.certificate.objective
    #expect(abs(ratio - 1) < 1e-6 && selection.result.certificate.isConverged)
  }

  @Test func clipHalvesTheIntervalAroundTheBest() async throws {
    let (training, validation) = try parts("imbalanced")
    var search = RegularizationSearch.clip
    search.criterion = .logLoss
    let selection = try await search.select(
      LogisticRegression(), training: training, validation: validation)
    // Seven coarse values, then two for each of the steps 1, 1/2, 1/4 and 1/8 of a decade.
    #expect(selection.scores.count == 15)
    let best = try #require(selection.scores.firstIndex { $0.c == selection.c })
    let neighbours = selection.scores.indices.filter { abs($0 - best) == 1 }
    for index in neighbours {
      let ratio = selection.scores[index].c / selection.c
      #expect(abs(max(ratio, 1 / ratio) / 1.3335214321633241 - 1) < 1e-9)
      #expect(selection.scores[index].value >= selection.scores[best].value)
    }
    #expect(selection.scores.map(\.c) == selection.scores.map(\.c).sorted())
  }

  @Test func vtabChoosesOnAFifthAndRefitsToAll() async throws {
    let data = try GoldenCase.named("multiclass").data
    let search = RegularizationSearch(candidates: [1e-3, 1e-1, 10], criterion: .logLoss)
    let options = FitOptions(threads: 2, seed: 3)
    let configuration = LogisticRegression(tolerance: 1e-8)
    let selection = try await search.select(configuration, of: data, holdingOut: 0.2, options: options)
    let split = try DataSplit(
      stratified: data.labels, .fractions(training: 0.8, validation: 0.2, test: 0), seed: 3)
    #expect(split.validation.count == data.count / 5)
    var chosen = configuration
    chosen.regularization = .c(selection.c)
    let all = try await chosen.fit(data)
    #expect(abs(all.certificate.objective / selection.result.certificate.objective - 1) < 1e-6)
    for share in [0.0, 1, -1, .nan] {
      let error = await #expect(throws: HeadsError.self) {
        _ = try await search.select(configuration, of: data, holdingOut: share)
      }
      #expect(error != nil)
    }
  }

  @Test func aGridKeepsTheBestPair() async throws {
    let (training, validation) = try parts("multiclass")
    let half = Array(0..<training.features.dimension / 2)
    let columns = [
      HeadGrid.Columns(
        "half", training: training.features.selectingColumns(half),
        validation: validation.features.selectingColumns(half)),
      HeadGrid.Columns("all", training: training.features, validation: validation.features),
    ]
    let grid = HeadGrid([LogisticRegression(regularization: .c(1e-4)), LogisticRegression()])
    let selection = try await grid.select(
      columns, trainingLabels: training.labels, validationLabels: validation.labels,
      classes: training.classes)
    #expect(selection.scores.map(\.columns) == ["half", "half", "all", "all"])
    #expect(selection.scores.map(\.configuration) == [0, 1, 0, 1])
    let best = try #require(selection.scores.map(\.value).max())
    #expect(selection.best == selection.scores.first { $0.value == best })
    let alone = try await LogisticRegression().fit(training).head.evaluate(validation)
    #expect(selection.scores[3].value == alone.accuracy)

    let dinov2 = HeadGrid.dinov2(epochs: 3, batchSize: 16)
    #expect(dinov2.configurations.count == 13)
    let found = try await dinov2.select(
      [columns[1]], trainingLabels: training.labels, validationLabels: validation.labels,
      classes: training.classes)
    #expect(found.scores.count == 13 && found.result.head.layers.count == 1)
    #expect(found.best.value > 1 / Double(training.classes.count))
    let error = await #expect(throws: HeadsError.self) {
      _ = try await grid.select([], trainingLabels: [], validationLabels: [], classes: ["a", "b"])
    }
    #expect(error?.code == .invalidArgument)
  }

  /// Labels depend on two columns of twenty; the others are noise.
  @Test func selectionFindsTheColumnsThatMatter() async throws {
    var random = SplitMix64(state: 5)
    var rows: [Float] = []
    var labels: [Int] = []
    for _ in 0..<400 {
      let row = (0..<20).map { _ in Float(random.uniform()) }
      // In other units, so that weights alone would mislead.
      rows += row.indices.map { $0 == 3 ? row[$0] * 100 : row[$0] }
      labels.append(row[3] + row[11] > 0 ? 1 : 0)
    }
    let data = try LabeledFeatures(
      FeatureMatrix(rows, dimension: 20), labels: labels, classes: ["low", "high"])
    let (training, validation) = (data.selecting(Array(0..<300)), data.selecting(Array(300..<400)))
    let head = try await LogisticRegression().fit(training).head
    let scores = try await FeatureSelection.scores(head, training.features)
    #expect(Set(scores.indices.sorted { scores[$0] > scores[$1] }.prefix(2)) == [3, 11])
    let layers = FeatureSelection.layerScores(scores, [0..<10, 10..<20])
    #expect(abs(layers[0] * layers[0] * 10 - scores[..<10].reduce(0) { $0 + $1 * $1 }) < 1e-9)

    let selection = try await FeatureSelection(fractions: [0.05, 0.1, 1]).select(
      LogisticRegression(), training: training, validation: validation)
    #expect(selection.fraction == 0.1 || selection.scores[1] < (selection.scores.max() ?? 0))
    #expect(selection.scores.count == 3 && selection.scores[1] > 0.9)
    let part = try await LogisticRegression().fit(
      LabeledFeatures(
        training.features.selectingColumns(selection.columns), labels: training.labels,
        classes: training.classes))
    let narrow = try part.head.decision(validation.features.selectingColumns(selection.columns))
    let wide = try selection.result.head.decision(validation.features)
    for (a, b) in zip(narrow.values, wide.values) { #expect(abs(a - b) < 1e-4 * (1 + abs(a))) }
    for fractions in [[], [0], [1.5]] {
      let error = await #expect(throws: HeadsError.self) {
        _ = try await FeatureSelection(fractions: fractions).select(
          LogisticRegression(), training: training, validation: validation)
      }
      #expect(error?.code == .invalidArgument)
    }
  }
}
