import Heads
import Tensors
import Testing

@Suite struct CurveTests {
  @Test func moreRowsOfTheSameDataHelp() async throws {
    let data = try GoldenCase.named("multiclass").data
    let split = try DataSplit(stratified: data.labels, SplitRule("0.7/0.3"), seed: 1)
    let training = data.selecting(split.training)
    let sizes = LearningCurve.sizes(upTo: training.count, classes: 4, count: 4)
    #expect(sizes.first == 20 && sizes.last == 140 && sizes == sizes.sorted())
    let curve = try await LearningCurve.fit(
      LogisticRegression(regularization: .c(0.1)), training: training, sizes: sizes, seeds: [0, 1, 2, 3])
    #expect(curve.fits.map(\.rows) == sizes.flatMap { Array(repeating: $0, count: 4) })
    let evaluations = try HeldOutFeatures(data.selecting(split.test)).evaluate(curve.heads)
    let points = curve.points(evaluations)
    #expect(points.map(\.rows) == sizes && points.allSatisfy { $0.values.count == 4 })
    #expect(points[3].mean > points[0].mean)
    #expect(points[0].low <= points[0].mean && points[0].mean <= points[0].high)
    // With all rows every seed has the same ones.
    #expect(Set(points[3].values).count == 1)
    let losses = curve.points(evaluations) { $0.logLoss ?? .nan }
    #expect(losses[3].mean < losses[0].mean)
    let whole = try await LogisticRegression(regularization: .c(0.1)).fit(training)
    #expect(curve.heads.last == whole.head)
  }

  @Test func sizesAreWithinTheRows() {
    #expect(LearningCurve.sizes(upTo: 1000, classes: 10, count: 3) == [50, 224, 1000])
    #expect(LearningCurve.sizes(upTo: 1000, classes: 10, count: 1) == [1000])
    #expect(LearningCurve.sizes(upTo: 12, classes: 10) == [10, 11, 12])
    #expect(LearningCurve.sizes(upTo: 10, classes: 10) == [10])
    #expect(LearningCurve.sizes(upTo: 5, classes: 10).isEmpty)
    #expect(LearningCurve.sizes(upTo: 50, classes: 2, count: 0).isEmpty)
  }

  @Test func impossibleSizesAreRefused() async throws {
    let data = try GoldenCase.named("binary").data
    for (sizes, seeds) in [([], [0]), ([1], [0]), ([121], [0]), ([10, -4], [0]), ([10], [])]
      as [([Int], [UInt64])]
    {
      let error = await #expect(throws: HeadsError.self) {
        try await LearningCurve.fit(LogisticRegression(), training: data, sizes: sizes, seeds: seeds)
      }
      #expect(error?.code == .invalidArgument)
    }
  }

  @Test func layersAreComparedOnTheSameRows() async throws {
    let data = try GoldenCase.named("multiclass").data
    let noise = try LabeledFeatures(
      FeatureMatrix((0..<data.count * 2).map { Float($0 * 7919 % 31) }, dimension: 2), labels: data.labels,
      classes: data.classes)
    let split = try DataSplit(stratified: data.labels, SplitRule("0.6/0.2/0.2"), seed: 1)
    let layers = [LayerCurve.Layer("noise", noise), LayerCurve.Layer("features", data)]
    let curve = try await LayerCurve.measure(layers, split: split) {
      training, validation throws(HeadsError) in
      #expect(validation?.count == split.validation.count)
      return try await LogisticRegression(regularization: .c(0.1)).fit(
        training, validation: nil, options: FitOptions())
    }
    #expect(curve.points.map(\.layer) == ["noise", "features"] && curve.points.map(\.dimension) == [2, 12])
    #expect(curve.points[0].evaluation.accuracy < curve.points[1].evaluation.accuracy)
    let other = LayerCurve.Layer("other", data.selecting(Array(0..<50)))
    let error = await #expect(throws: HeadsError.self) {
      try await LayerCurve.measure(layers + [other], split: split) {
        training, validation throws(HeadsError) in try await LogisticRegression().fit(training)
      }
    }
    #expect(error?.code == .invalidLabels)
  }
}
