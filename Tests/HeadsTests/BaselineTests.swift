import Heads
import Tensors
import Testing

/// What `Goldens/make_baselines.py` saw, beside the same data.
struct BaselineGolden: Sendable, CustomStringConvertible {
  let golden: GoldenCase
  let json: JSONValue
  var description: String { golden.name }

  static let all: [BaselineGolden] = {
    let folder = #filePath.prefix(through: #filePath.lastIndex(of: "/") ?? #filePath.startIndex)
    guard let bytes = try? FileBytes.read(folder + "Goldens/baselines.json", limit: 1 << 20),
      let cases = try? JSONParser.parse(bytes)["cases"]?.array
    else { return [] }
    return cases.compactMap { json in
      guard let name = json["name"]?.string, let golden = try? GoldenCase.named(name) else { return nil }
      return BaselineGolden(golden: golden, json: json)
    }
  }()

  func entries(_ kind: String) -> [JSONValue] { json[kind]?.array ?? [] }

  /// The first rows, which the peer's decisions are of.
  func shown() -> FeatureMatrix { golden.data.features.selecting(Array(0..<12)) }
}

func flat(_ json: JSONValue?) -> [Double] {
  guard let array = json?.array else { return json?.number.map { [$0] } ?? [] }
  return array.flatMap(flat)
}

/// The largest difference, relative to the largest number; infinite where the counts differ.
func distance(_ a: some Collection<Float>, _ b: [Double]) -> Double {
  guard a.count == b.count, let scale = b.map(abs).max(), scale > 0 else { return .infinity }
  return (zip(a, b).map { abs(Double($0) - $1) }.max() ?? .infinity) / scale
}

@Suite struct BaselineTests {
  @Test func goldensAreRead() { #expect(BaselineGolden.all.count == 6) }

  @Test(arguments: BaselineGolden.all) func ridge(_ peer: BaselineGolden) async throws {
    #expect(peer.entries("ridge").count == 4)
    for entry in peer.entries("ridge") {
      let alpha = try #require(entry["alpha"]?.number)
      let result = try await RidgeClassifier(
        regularization: .ridge(alpha: alpha),
        classWeights: entry["balanced"]?.bool == true ? .balanced : .uniform,
        hasIntercept: entry["intercept"]?.bool == true
      ).fit(peer.golden.data)
      let objective = try #require(entry["objective"]?.number)
      #expect(abs(result.certificate.objective - objective) < 2e-6 * objective, "\(entry)")
      let decision = try result.head.decision(peer.shown()).values
      #expect(distance(decision, flat(entry["decision"])) < 2e-5, "\(peer.golden.name) alpha \(alpha)")
      #expect(result.certificate.isConverged)
    }
  }

  @Test(arguments: ["multiclass", "wide", "collinear"])
  func aPathOfPenaltiesIsItsSingleFits(_ name: String) async throws {
    let data = try GoldenCase.named(name).data
    // Enough of them for the eigendecomposition, which single fits do not use.
    let penalties = (0..<40).map { Regularization.ridge(alpha: 1e-3 * Double(1 << ($0 / 2))) }
    let path = try await RidgeClassifier().path(penalties, data)
    #expect(path.count == 40)
    for index in [0, 13, 39] {
      let single = try await RidgeClassifier(regularization: penalties[index]).fit(data)
      let wanted = single.certificate.objective
      #expect(abs(path[index].certificate.objective - wanted) < 1e-9 * wanted)
      let decision = try single.head.decision(data.features).values.map { Double($0) }
      #expect(distance(try path[index].head.decision(data.features).values, decision) < 1e-5)
    }
  }

  @Test(arguments: BaselineGolden.all) func classMeans(_ peer: BaselineGolden) async throws {
    for entry in peer.entries("classMean") {
      let metric = try #require(entry["metric"]?.string.flatMap(NearestClassMean.Metric.init))
      let result = try await NearestClassMean(metric: metric).fit(peer.golden.data)
      #expect(
        try result.head.predict(peer.golden.data.features).map { Double($0) } == flat(entry["predictions"]))
      let decision = try result.head.decision(peer.shown()).values
      #expect(distance(decision, flat(entry["decision"])) < 1e-5)
    }
  }

  @Test(arguments: BaselineGolden.all) func discriminantAnalysis(_ peer: BaselineGolden) async throws {
    #expect(peer.entries("lda").count >= 3)
    for entry in peer.entries("lda") {
      let shrinkage: LinearDiscriminantAnalysis.Shrinkage =
        switch entry["shrinkage"] {
        case .string("auto"): .ledoitWolf
        case .string("none"): .none
        case let share: .fixed(try #require(share?.number))
        }
      let given = peer.golden.data
      let data = try LabeledFeatures(
        given.features, labels: given.labels, classes: given.classes,
        weights: entry["weighted"]?.bool == true ? given.weights : nil)
      let result = try await LinearDiscriminantAnalysis(
        shrinkage: shrinkage, classWeights: entry["balanced"]?.bool == true ? .balanced : .uniform
      ).fit(data)
      let probabilities = try #require(try result.head.probabilities(peer.shown()))
      #expect(distance(probabilities.values, flat(entry["probabilities"])) < 2e-5, "\(entry)")
      #expect(result.certificate.isConverged)
    }
  }

  /// Both forms of the equations give one answer: columns of zeros make rows longer than many.
  @Test func theFormOfTheEquationsDoesNotMatter() async throws {
    let golden = try GoldenCase.named("multiclass")
    var values: [Float] = []
    for row in 0..<golden.data.count {
      values += try golden.data.features.row(row) + Array(repeating: 0, count: 300)
    }
    let wide = try LabeledFeatures(
      FeatureMatrix(values, dimension: 312), labels: golden.data.labels, classes: golden.data.classes)
    let kinds: [any HeadConfiguration] = [
      RidgeClassifier(), LinearDiscriminantAnalysis(shrinkage: .none),
      LinearDiscriminantAnalysis(shrinkage: .ledoitWolf),
    ]
    for kind in kinds.prefix(2) {
      let narrow = try await kind.fit(golden.data).head.decision(golden.data.features).values
      let dual = try await kind.fit(wide).head.decision(wide.features).values
      #expect(distance(dual, narrow.map { Double($0) }) < 1e-5, "\(kind.name)")
    }
    // Shrinkage sees the columns of zeros, but gives them no weight.
    let layer = try await kinds[2].fit(wide).head.layers[0]
    for output in 0..<layer.outputs {
      #expect(layer.weight[output * 312 + 12..<(output + 1) * 312].allSatisfy { $0 == 0 })
    }
  }

  @Test func rowsReadInTilesGiveTheSameHeads() async throws {
    let data = try GoldenCase.named("imbalanced").data
    let kinds: [any HeadConfiguration] = [
      RidgeClassifier(), NearestClassMean(), NearestClassMean(metric: .cosine), LinearDiscriminantAnalysis(),
    ]
    for kind in kinds {
      let resident = try await kind.fit(data, options: FitOptions(threads: 2))
      let streamed = try await kind.fit(data, options: FitOptions(threads: 2, rowMemoryBudget: 0))
      #expect(resident.head == streamed.head, "\(kind.name)")
    }
  }

  @Test func balancedClassesHaveEqualSharesWhateverTheirRows() async throws {
    let data = try GoldenCase.named("imbalanced").data
    let head = try await LinearDiscriminantAnalysis(classWeights: .balanced).fit(data).head
    let uniform = try await LinearDiscriminantAnalysis().fit(data).head
    // Rows of the rare classes are recognised more often.
    let balanced = try head.evaluate(data).confusion.balancedAccuracy
    #expect(balanced > (try uniform.evaluate(data).confusion.balancedAccuracy))
  }

  @Test func theScaleOfTheWeightsDoesNotMatterToDiscriminantAnalysis() async throws {
    let data = try GoldenCase.named("imbalanced").data
    let scaled = try LabeledFeatures(
      data.features, labels: data.labels, classes: data.classes, weights: data.weights?.map { $0 * 4 })
    let a = try await LinearDiscriminantAnalysis().fit(data).head
    #expect(try await LinearDiscriminantAnalysis().fit(scaled).head == a)
  }
}
