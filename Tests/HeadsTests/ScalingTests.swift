import Heads
import Tensors
import Testing

@Suite struct ScalingTests {
  @Test(arguments: GoldenCase.all)
  func standardizationMeetsStandardScaler(_ golden: GoldenCase) async throws {
    for threads in [1, 3] {
      let (mean, scale) = try await FitContext.run(FitOptions(threads: threads)) {
        context throws(HeadsError) in
        let columns = try Standardization(golden.data.features, context)
        return (columns.mean, columns.scale)
      }
      for (own, peer) in zip(mean, try #require(golden.json["mean"]?.array)) {
        #expect(abs(own - (try #require(peer.number))) < 1e-12)
      }
      for (own, peer) in zip(scale, try #require(golden.json["scale"]?.array)) {
        #expect(abs(own - (try #require(peer.number))) < 1e-12)
      }
    }
  }

  @Test func aConstantColumnHasScaleOne() async throws {
    let rows: [Float] = (0..<300).flatMap { [0.1, Float($0), -1e20, 0] }
    let features = try FeatureMatrix(rows, dimension: 4)
    let scale = try await FitContext.run(FitOptions(threads: 2)) { context throws(HeadsError) in
      try Standardization(features, context).scale
    }
    #expect(scale[0] == 1 && scale[2] == 1 && scale[3] == 1 && abs(scale[1] - 86.6) < 0.1)
  }

  @Test func l2NormalizationIsAppliedInTrainingAndPrediction() async throws {
    let golden = try GoldenCase.named("multiclass")
    let data = golden.data
    var normalized: [Float] = []
    for row in 0..<data.count {
      let values = try data.features.row(row)
      let norm = values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      normalized += values.map { Float(Double($0) / norm) }
    }
    let beforehand = try LabeledFeatures(
      FeatureMatrix(normalized, dimension: data.features.dimension), labels: data.labels,
      classes: data.classes)
    let fitted = try await LogisticRegression(scaling: .l2Normalize).fit(
      data, options: FitOptions(threads: 1))
    let expected = try await LogisticRegression(scaling: .none).fit(
      beforehand, options: FitOptions(threads: 1))
    #expect(fitted.head.normalizesRows && !expected.head.normalizesRows)
    #expect(fitted.head.layers == expected.head.layers)
    #expect(
      try fitted.head.decision(data.features) == expected.head.decision(beforehand.features))
  }

  /// Narrow types are widened exactly, so heads fitted to them equal heads fitted to the widened rows.
  @Test func narrowStorageFitsAsItsWidenedValues() async throws {
    let golden = try GoldenCase.named("binary")
    let dimension = golden.data.features.dimension
    let bits = try golden.data.features.rows(0..<golden.data.count).map { UInt16($0.bitPattern >> 16) }
    let bytes = bytesInMemory(bits)
    let stored = try StoredRows(
      FileBytes(copying: bytes, name: "bf16"), at: 0, rowCount: golden.data.count, dimension: dimension,
      elementType: .bfloat16)
    let narrow = try FeatureMatrix(blocks: [stored], dimension: dimension, elementType: .bfloat16)
    let wide = try FeatureMatrix(bits.map { Float(bitPattern: UInt32($0) << 16) }, dimension: dimension)
    for budget in [0, 1 << 20] {
      let options = FitOptions(threads: 1, rowMemoryBudget: budget)
      let a = try await LinearSVM().fit(
        narrow, labels: golden.data.labels, classes: ["a", "b"], options: options)
      let b = try await LinearSVM().fit(
        wide, labels: golden.data.labels, classes: ["a", "b"], options: options)
      #expect(a.head == b.head)
    }
  }
}
