import Heads
import Tensors
import Testing

@Suite struct RegularizationSearchTests {
  private func parts(_ name: String) throws -> (LabeledFeatures, LabeledFeatures, LabeledFeatures) {
    let data = try GoldenCase.named(name).data
    let split = try DataSplit(stratified: data.labels, SplitRule("0.6/0.2/0.2"), seed: 2)
    return (data.selecting(split.training), data.selecting(split.validation), data.selecting(split.test))
  }

  @Test func theBestOnValidationIsChosenAndTheSmallestOfEquals() async throws {
    let (training, validation, _) = try parts("multiclass")
    let selection = try await RegularizationSearch().select(
      LogisticRegression(), training: training, validation: validation)
    #expect(selection.scores.map(\.c) == RegularizationSearch.decades)
    let best = try #require(selection.scores.map(\.value).max())
    #expect(selection.c == selection.scores.first { $0.value == best }?.c)
    for score in selection.scores {
      let alone = try await LogisticRegression(regularization: .c(score.c)).fit(training)
      #expect(abs(try alone.head.evaluate(validation).accuracy - score.value) < 0.03)
    }
    #expect(try selection.result.head.evaluate(validation).accuracy == best)
  }

  @Test func ridgeFitsItsPathAsOneByOne() async throws {
    let data = try GoldenCase.named("multiclass").data
    let trials = try DataSplit.folds(3, labels: data.labels, seed: 4).map {
      TrialRows(leavingOut: $0, of: data.count)
    }
    let values = [1e-3, 0.1, 10]
    let paths = try await RidgeClassifier().path(data, trials, values: values, options: FitOptions())
    #expect(paths.map { $0.map(\.c) } == [values, values, values])
    for (trial, path) in zip(trials, paths) {
      for fit in path {
        let alone = try await RidgeClassifier(regularization: .c(fit.c)).fit(data.selecting(trial.training))
        #expect(alone.head == fit.result.head)
        let held = data.features.selecting(trial.heldOut)
        #expect(try alone.head.decision(held) == fit.heldOut)
      }
    }
  }

  @Test func refittingUsesBothParts() async throws {
    let (training, validation, _) = try parts("multiclass")
    let search = RegularizationSearch(criterion: .logLoss, refits: true)
    let tight = LogisticRegression(tolerance: 1e-7)
    let selection = try await search.select(tight, training: training, validation: validation)
    var chosen = tight
    chosen.regularization = .c(selection.c)
    let both = try await chosen.fit(training.appending(validation))
    #expect(abs(both.certificate.objective - selection.result.certificate.objective) < 1e-6)
    #expect(
      selection.scores.allSatisfy { score in
        score.value >= (selection.scores.first { $0.c == selection.c }?.value ?? .infinity)
      })
  }

  @Test func foldsServeWhereThereIsNoValidationPart() async throws {
    let (training, validation, _) = try parts("imbalanced")
    let all = try training.appending(validation)
    let svm = LinearSVM(loss: .hinge, tolerance: 1e-3)  // always starts anew
    let search = RegularizationSearch(candidates: [1e-3, 1e-1, 1e-2], criterion: .balancedAccuracy, folds: 4)
    let selection = try await search.select(svm, training: all)
    #expect(selection.scores.map(\.c) == [1e-3, 1e-2, 1e-1])
    var chosen = svm
    chosen.regularization = .c(selection.c)
    #expect(selection.result.head == (try await chosen.fit(all)).head)
    #expect(selection.scores == (try await search.select(svm, training: all)).scores)
  }

  @Test func theTestPartIsEvaluatedOnceForAllHeads() async throws {
    let (training, _, test) = try parts("separable")
    let heads = [
      try await LogisticRegression().fit(training).head, try await LinearSVM().fit(training).head,
    ]
    let held = HeldOutFeatures(test)
    let results = try held.evaluate(heads)
    #expect(results.count == 2)
    for (head, result) in zip(heads, results) {
      #expect(result.predictions == (try head.predict(test.features)))
      #expect(result.accuracy == Metrics.accuracy(result.predictions, test.labels))
      #expect(result.interval.low < result.accuracy || result.accuracy == 0)
    }
    #expect(results[0].logLoss != nil && results[1].logLoss == nil)
  }

  @Test func impossibleSearchesAreRefused() async throws {
    let (training, validation, _) = try parts("binary")
    for search in [
      RegularizationSearch(candidates: []), RegularizationSearch(candidates: [1, -1]),
      RegularizationSearch(candidates: [.nan]), RegularizationSearch(criterion: .logLoss),
    ] {
      let error = await #expect(throws: HeadsError.self) {
        try await search.select(LinearSVM(), training: training, validation: validation)
      }
      #expect(error?.code == .invalidArgument)
    }
  }
}
