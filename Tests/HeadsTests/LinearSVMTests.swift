import Heads
import Tensors
import Testing

@Suite struct LinearSVMTests {
  /// liblinear's primal objective summed over the problems, by its definition, in float64.
  private func objective(
    _ rows: [[Double]], _ golden: GoldenCase, _ weights: [Double], _ head: Head, _ svm: LinearSVM, c: Double
  ) -> Double {
    let (weight, bias) = golden.coefficients(head, standardized: true)
    var total = 0.0
    for k in weight.indices {
      let v = bias[k] / svm.interceptScaling
      total += weight[k].reduce(v * v) { $0 + $1 * $1 } / 2
      for (row, label) in zip(rows.indices, golden.data.labels) {
        let sign = label == (weight.count == 1 ? 1 : k) ? 1.0 : -1.0
        let score = zip(weight[k], rows[row]).reduce(bias[k]) { $0 + $1.0 * $1.1 }
        let hinge = max(0, 1 - sign * score)
        total += c * weights[row] * (svm.loss == .squaredHinge ? hinge * hinge : hinge)
      }
    }
    return total
  }

  @Test(arguments: GoldenCase.all)
  func meetsLiblinear(_ golden: GoldenCase) async throws {
    let rows = try golden.rows(standardized: true)
    let fits = try #require(golden.json["svm"]?.array)
    #expect(fits.count == 4)
    for fit in fits {
      let c = try #require(fit["c"]?.number)
      let balanced = fit["balanced"]?.bool == true
      let svm = LinearSVM(
        loss: fit["loss"]?.string == "hinge" ? .hinge : .squaredHinge, regularization: .c(c),
        classWeights: balanced ? .balanced : .uniform, hasIntercept: fit["intercept"]?.bool == true,
        interceptScaling: try #require(fit["interceptScaling"]?.number), tolerance: 1e-9,
        iterationLimit: 1_000_000)
      let result = try await svm.fit(golden.data)
      let expected = try #require(fit["objective"]?.number)
      let own = objective(
        rows, golden, golden.effectiveWeights(balanced: balanced), result.head, svm, c: c)
      #expect(abs(own - expected) <= 1e-6 * expected, "\(golden), \(svm.loss), C \(c): \(own) \(expected)")
      #expect(result.certificate.isConverged)
      #expect(abs(result.certificate.objective - own) <= 1e-6 * own)
      guard case .dualityGap(let gap) = result.certificate.optimality else {
        Issue.record("no duality gap")
        continue
      }
      #expect(gap >= -1e-9 * own && gap <= 1e-6 * own)
      let decision = try result.head.decision(golden.data.features)
      for (index, value) in (fit["decision"]?.array ?? []).enumerated() {
        #expect(abs(Double(decision.values[index]) - (try #require(value.number))) < 1e-3)
      }
    }
  }

  @Test func theAnswerDoesNotDependOnThreadsAndHasNoProbabilities() async throws {
    let golden = try GoldenCase.named("multiclass")
    let one = try await LinearSVM().fit(golden.data, options: FitOptions(threads: 1, seed: 3))
    let three = try await LinearSVM().fit(golden.data, options: FitOptions(threads: 3, seed: 3))
    #expect(one.head == three.head)
    #expect(one.certificate.iterations == three.certificate.iterations)
    #expect(try one.head.probabilities(golden.data.features) == nil)
    let streamed = try await LinearSVM().fit(
      golden.data, options: FitOptions(threads: 1, seed: 3, rowMemoryBudget: 0))
    #expect(streamed.head == one.head)
  }

  @Test func aPassLimitIsReported() async throws {
    let golden = try GoldenCase.named("multiclass")
    let result = try await LinearSVM(iterationLimit: 2).fit(golden.data)
    #expect(result.certificate.status == .iterationLimit && result.certificate.iterations == 2)
    guard case .dualityGap(let gap) = result.certificate.optimality else {
      Issue.record("no duality gap")
      return
    }
    #expect(gap > 0)
  }

  @Test func aRowOfWeightZeroIsAsIfItWereNotThere() async throws {
    let golden = try GoldenCase.named("binary")
    let data = golden.data
    let kept = Array(0..<100)
    let weights = (0..<data.count).map { $0 < 100 ? 1.0 : 0 }
    let weighted = try LabeledFeatures(
      data.features, labels: data.labels, classes: data.classes, weights: weights)
    for loss in LinearSVM.Loss.allCases {
      let svm = LinearSVM(loss: loss, scaling: .none, tolerance: 1e-10, iterationLimit: 100_000)
      let all = try await svm.fit(weighted)
      let some = try await svm.fit(data.selecting(kept))
      #expect(abs(all.certificate.objective - some.certificate.objective) < 1e-8)
    }
  }

  @Test func aWarmStartGivesTheSameAnswerInFewerPasses() async throws {
    let golden = try GoldenCase.named("multiclass")
    var svm = LinearSVM(regularization: .c(0.1), tolerance: 1e-8, iterationLimit: 10_000)
    #expect(svm.startsWarm && !LinearSVM(loss: .hinge).startsWarm)
    let near = try await svm.fit(golden.data)
    svm.regularization = .c(0.12)
    let cold = try await svm.fit(golden.data)
    let warm = try await svm.fit(golden.data, options: FitOptions(initialHead: near.head))
    let (a, b) = (cold.certificate.objective, warm.certificate.objective)
    #expect(cold.certificate.isConverged && warm.certificate.isConverged && abs(a - b) <= 2e-8 * a)
    #expect(warm.certificate.iterations <= cold.certificate.iterations)
  }

  @Test func newtonStepsFinishWhatDescentDoesNot() async throws {
    // So large a C on classes that overlap takes descent thousands of passes.
    let golden = try GoldenCase.named("imbalanced")
    for budget in [1 << 30, 1 << 14, 0] {
      let svm = LinearSVM(regularization: .c(1e4), tolerance: 1e-8, iterationLimit: 5000)
      let result = try await svm.fit(golden.data, options: FitOptions(rowMemoryBudget: budget))
      #expect(result.certificate.isConverged)
      #expect(result.certificate.iterations > 12 && result.certificate.iterations < 300)
      guard case .dualityGap(let gap) = result.certificate.optimality else {
        Issue.record("no duality gap")
        continue
      }
      #expect(abs(gap) <= 1e-8 * result.certificate.objective)
    }
  }
}
