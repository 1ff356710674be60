import Heads
import Tensors
import Testing

@Suite struct NearestNeighborsTests {
  private func voting(_ name: String?) -> NearestNeighbors.Voting {
    switch name {
    case "uniform": .uniform
    case "distance": .distance
    default: .similarity(temperature: 0.07)
    }
  }

  @Test(arguments: BaselineGolden.all) func parity(_ peer: BaselineGolden) async throws {
    let data = peer.golden.data
    let unweighted = try LabeledFeatures(data.features, labels: data.labels, classes: data.classes)
    let voters = unweighted.selecting((0..<data.count).filter { $0 % 5 > 0 })
    let queries = unweighted.selecting((0..<8).map { 5 * $0 })
    #expect(peer.entries("neighbors").count == 4)
    for entry in peer.entries("neighbors") {
      let configuration = NearestNeighbors(
        neighbors: try #require(entry["k"]?.integer),
        metric: try #require(entry["metric"]?.string.flatMap(NearestNeighbors.Metric.init)),
        voting: voting(entry["voting"]?.string))
      let classifier = try await configuration.fit(voters)
      let found = try await classifier.neighbors(queries.features)
      let rows = flat(entry["rows"]).map { Int($0) }
      #expect(found.flatMap(\.rows) == rows, "\(peer) \(configuration)")
      #expect(distance(found.flatMap(\.distances).map { Float($0) }, flat(entry["distances"])) < 1e-6)
      let evaluation = try await classifier.evaluate(queries)
      #expect(distance(try #require(evaluation.probabilities).values, flat(entry["probabilities"])) < 1e-6)
      #expect(try await classifier.predict(queries.features) == evaluation.predictions)
      #expect(try await classifier.probabilities(queries.features) == evaluation.probabilities)
    }
  }

  @Test func manyKFromOneSearch() async throws {
    let data = try GoldenCase.named("multiclass").data
    let wanted = [1, 4, 30]
    let together = try await NearestNeighbors(neighbors: 2).fit(data).evaluate(data, neighbors: wanted)
    for (k, evaluation) in zip(wanted, together) {
      let alone = try await NearestNeighbors(neighbors: k).fit(data).evaluate(data)
      #expect(alone.probabilities == evaluation.probabilities && alone.predictions == evaluation.predictions)
    }
    #expect(together[0].accuracy == 1)
  }

  /// Blocks are of 1024 rows and fewer: more rows than that, and longer ones.
  @Test func blocksDoNotShow() async throws {
    var random = SplitMix64(state: 3)
    for (rows, dimension) in [(1500, 3), (80, 40_000)] {
      let features = try FeatureMatrix(
        (0..<rows * dimension).map { _ in Float(random.uniform()) }, dimension: dimension)
      let data = try LabeledFeatures(features, labels: (0..<rows).map { $0 % 3 }, classes: ["a", "b", "c"])
      for scaling in [FeatureScaling.none, .standardize] {
        let classifier = try await NearestNeighbors(
          neighbors: 1, metric: .euclidean, voting: .uniform, scaling: scaling
        ).fit(data, options: FitOptions(threads: 2, rowMemoryBudget: 0))
        let found = try await classifier.neighbors(features)
        #expect(found.map { $0.rows[0] } == Array(0..<rows) && found.allSatisfy { $0.distances[0] == 0 })
      }
    }
  }

  @Test(arguments: RegularizationSearch.Criterion.allCases)
  func kIsTheBestOnTheValidationPart(_ criterion: RegularizationSearch.Criterion) async throws {
    let data = try GoldenCase.named("multiclass").data
    let validation = data.selecting((0..<data.count).filter { $0 % 5 == 0 })
    let training = data.selecting((0..<data.count).filter { $0 % 5 > 0 })
    let search = NeighborCountSearch(candidates: [9, 1, 3, 27, 10_000], criterion: criterion)
    let configuration = NearestNeighbors(metric: .euclidean, voting: .uniform)
    let selection = try await search.select(configuration, training: training, validation: validation)
    #expect(selection.scores.map(\.neighbors) == [1, 3, 9, 27])
    var best: NeighborCountSearch.Score?
    for score in selection.scores {
      var alone = configuration
      alone.neighbors = score.neighbors
      let evaluation = try await alone.fit(training).evaluate(validation)
      let value: Double? =
        switch criterion {
        case .accuracy: evaluation.accuracy
        case .balancedAccuracy: evaluation.confusion.balancedAccuracy
        case .logLoss: evaluation.logLoss
        }
      #expect(score.value == value)
      let isNoWorse = best.map { criterion == .logLoss ? score.value <= $0.value : score.value >= $0.value }
      if isNoWorse ?? true { best = score }
    }
    #expect(selection.neighbors == best?.neighbors)
    #expect(selection.classifier.configuration.neighbors == selection.neighbors)
    #expect(selection.classifier.training.count == training.count)
  }

  @Test func kIsChosenByFoldsOrRefitted() async throws {
    let data = try GoldenCase.named("separable").data
    let options = FitOptions(threads: 2, seed: 5)
    let folded = try await NeighborCountSearch(candidates: [1, 5], folds: 3).select(
      NearestNeighbors(), training: data, options: options)
    var correct = 0
    for heldOut in try DataSplit.folds(3, labels: data.labels, seed: 5) {
      let rows = TrialRows(leavingOut: heldOut, of: data.count)
      let classifier = try await NearestNeighbors(neighbors: 5).fit(data.selecting(rows.training))
      correct += try await classifier.evaluate(data.selecting(rows.heldOut)).confusion.correct
    }
    #expect(abs(folded.scores[1].value - Double(correct) / Double(data.count)) < 1e-12)
    #expect(folded.classifier.training.count == data.count)
    // Of two k that are equally good the larger is taken.
    #expect(folded.scores[0].value != folded.scores[1].value || folded.neighbors == 5)
    let validation = data.selecting(Array(0..<20))
    let training = data.selecting(Array(20..<data.count))
    let refitted = try await NeighborCountSearch(candidates: [3], refits: true).select(
      NearestNeighbors(), training: training, validation: validation)
    #expect(refitted.classifier.training.count == data.count && refitted.neighbors == 3)
  }

  @Test func impossibleCandidatesAreRefused() async throws {
    let data = try GoldenCase.named("binary").data
    for candidates in [[], [0, 1], [-3], [100_000]] {
      let error = await #expect(throws: HeadsError.self) {
        _ = try await NeighborCountSearch(candidates: candidates).select(NearestNeighbors(), training: data)
      }
      #expect(error?.code == .invalidArgument)
    }
  }

  @Test func weightsAreVotes() async throws {
    let rows: [Float] = [1, 0, 1, 0.1, 0, 1, 0.1, 1]
    let features = try FeatureMatrix(rows, dimension: 2)
    let data = try LabeledFeatures(
      features, labels: [0, 1, 0, 1], classes: ["a", "b"], weights: [3, 1, 1, 1])
    let query = try FeatureMatrix([1, 0.05], dimension: 2)
    func shares(_ weights: ClassWeights) async throws -> [Float]? {
      try await NearestNeighbors(neighbors: 2, metric: .euclidean, voting: .uniform, classWeights: weights)
        .fit(data).probabilities(query)?.values
    }
    #expect(try await shares(.uniform) == [0.75, 0.25])
    #expect(try await shares(.given([1, 3])) == [0.5, 0.5])
  }

  @Test func equalDistancesAndEqualVotes() async throws {
    let features = try FeatureMatrix([1, -1, 1, -1], dimension: 1)
    let data = try LabeledFeatures(features, labels: [1, 0, 0, 1], classes: ["a", "b"])
    let classifier = try await NearestNeighbors(neighbors: 2, metric: .euclidean, voting: .uniform).fit(data)
    let query = try FeatureMatrix([0], dimension: 1)
    #expect(try await classifier.neighbors(query)[0].rows == [0, 1])
    #expect(try await classifier.predict(query) == [0])
  }

  @Test func heldOutFeaturesTakeClassifiersOfEveryKind() async throws {
    let data = try GoldenCase.named("separable").data
    let classifiers: [any Classifier] = [
      try await LogisticRegression().fit(data).head, try await NearestNeighbors(neighbors: 3).fit(data),
    ]
    let evaluations = try await HeldOutFeatures(data).evaluate(classifiers: classifiers)
    #expect(evaluations.count == 2 && evaluations.allSatisfy { $0.accuracy == 1 })
  }

  @Test func badInput() async throws {
    let data = try GoldenCase.named("binary").data
    func code(_ configuration: NearestNeighbors, _ data: LabeledFeatures) async -> HeadsError.Code? {
      do throws(HeadsError) {
        _ = try await configuration.fit(data)
        return nil
      } catch { return error.code }
    }
    for k in [0, -1, 121] { #expect(await code(NearestNeighbors(neighbors: k), data) == .invalidArgument) }
    for temperature in [0, -1, .nan, .infinity] {
      let configuration = NearestNeighbors(neighbors: 3, voting: .similarity(temperature: temperature))
      #expect(await code(configuration, data) == .invalidArgument)
    }
    #expect(await code(NearestNeighbors(neighbors: 3, metric: .euclidean), data) == .invalidArgument)
    let single = try LabeledFeatures(FeatureMatrix([1, 2], dimension: 2), labels: [0], classes: ["a", "b"])
    #expect(await code(NearestNeighbors(neighbors: 1), single) == .missingClass)
    let broken = try LabeledFeatures(
      FeatureMatrix([1, .nan], dimension: 1), labels: [0, 1], classes: ["a", "b"])
    #expect(await code(NearestNeighbors(neighbors: 1), broken) == .invalidFeatures)
    let classifier = try await NearestNeighbors(neighbors: 3).fit(data)
    let narrow = try FeatureMatrix([1, 2], dimension: 2)
    await #expect(throws: HeadsError.self) { try await classifier.predict(narrow) }
    await #expect(throws: HeadsError.self) { try await classifier.evaluate(data, neighbors: [0]) }
    // The cosine with zeros is 0, and a temperature near 0 makes the nearest the only voter.
    let zero = try FeatureMatrix(Array(repeating: 0, count: data.features.dimension), dimension: 8)
    #expect(try await classifier.neighbors(zero)[0].distances == [1, 1, 1])
    let sharp = try await NearestNeighbors(neighbors: 9, voting: .similarity(temperature: 1e-300)).fit(data)
    #expect(try await sharp.evaluate(data).accuracy == 1)
  }
}
