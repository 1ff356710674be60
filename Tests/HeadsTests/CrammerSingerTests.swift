import Heads
import Tensors
import Testing

/// Against `Goldens/make_crammer_singer.py`.
@Suite struct CrammerSingerTests {
  private static let goldens: [JSONValue] = {
    let folder = #filePath.prefix(through: #filePath.lastIndex(of: "/") ?? #filePath.startIndex)
    let path = folder + "Goldens/crammer_singer.json"
    guard let bytes = try? FileBytes.read(String(path), limit: 1 << 20),
      let document = try? JSONParser.parse(bytes)
    else { return [] }
    return document["cases"]?.array ?? []
  }()

  /// The primal objective by its definition, in float64; of two classes the vectors are opposite.
  private func objective(_ golden: GoldenCase, _ head: Head, c: Double, scaling: Double) throws -> Double {
    var (weight, bias) = golden.coefficients(head, standardized: true)
    if weight.count == 1 {
      weight = [weight[0].map { -$0 / 2 }, weight[0].map { $0 / 2 }]
      bias = [-bias[0] / 2, bias[0] / 2]
    }
    let weights = golden.effectiveWeights(balanced: false)
    var total = 0.0
    for k in weight.indices {
      let v = bias[k] / scaling
      total += weight[k].reduce(v * v) { $0 + $1 * $1 } / 2
    }
    for (index, row) in try golden.rows(standardized: true).enumerated() {
      let scores = weight.indices.map { k in zip(weight[k], row).reduce(bias[k]) { $0 + $1.0 * $1.1 } }
      let own = golden.data.labels[index]
      let hinges = scores.indices.map { $0 == own ? 0 : 1 + scores[$0] - scores[own] }
      total += c * weights[index] * (hinges.max() ?? 0)
    }
    return total
  }

  @Test func meetsLiblinear() async throws {
    #expect(Self.goldens.count == 6)
    for document in Self.goldens {
      let golden = try GoldenCase.named(try #require(document["name"]?.string))
      let fits = try #require(document["fits"]?.array)
      #expect(fits.count == 3)
      for fit in fits {
        let c = try #require(fit["c"]?.number)
        let scaling = try #require(fit["interceptScaling"]?.number)
        let svm = LinearSVM(
          regularization: .c(c), hasIntercept: fit["intercept"]?.bool == true, interceptScaling: scaling,
          tolerance: 1e-8, iterationLimit: 200_000, multiclass: .crammerSinger)
        let result = try await svm.fit(golden.data)
        let expected = try #require(fit["objective"]?.number)
        let own = try objective(golden, result.head, c: c, scaling: scaling)
        #expect(abs(own - expected) <= 1e-6 * expected, "\(golden), C \(c): \(own) \(expected)")
        #expect(result.certificate.isConverged)
        #expect(abs(result.certificate.objective - own) <= 1e-6 * own)
        let decision = try result.head.decision(golden.data.features)
        for (index, value) in (fit["decision"]?.array ?? []).enumerated() {
          // The hinge leaves scores less certain than the objective.
          #expect(abs(Double(decision.values[index]) - (try #require(value.number))) < 5e-3)
        }
      }
    }
  }

  @Test func streamedRowsAndOtherThreadsGiveTheSameHead() async throws {
    let golden = try GoldenCase.named("multiclass")
    let svm = LinearSVM(multiclass: .crammerSinger)
    let one = try await svm.fit(golden.data, options: FitOptions(threads: 1, seed: 3))
    let streamed = try await svm.fit(
      golden.data, options: FitOptions(threads: 2, seed: 3, rowMemoryBudget: 0))
    #expect(one.head == streamed.head)
    #expect(!svm.startsWarm)
  }

  @Test func rowsOfZerosAndLimitsAreFine() async throws {
    let rows: [[Float]] = [[0, 0], [0, 0], [0, 0], [1, 2], [2, 1], [-1, 0]]
    let data = try LabeledFeatures(
      FeatureMatrix(rows.flatMap { $0 }, dimension: 2), labels: [0, 1, 2, 0, 1, 2],
      classes: ["a", "b", "c"])
    let svm = LinearSVM(
      scaling: .none, hasIntercept: false, tolerance: 1e-9, iterationLimit: 100_000,
      multiclass: .crammerSinger)
    let result = try await svm.fit(data)
    #expect(result.certificate.isConverged)
    // Rows of zeros cost one each, whatever the weights are.
    #expect(result.certificate.objective >= 3)
    var short = svm
    short.iterationLimit = 1
    short.tolerance = 0
    let stopped = try await short.fit(data)
    #expect(stopped.certificate.status == .iterationLimit && stopped.certificate.iterations == 1)
  }
}
