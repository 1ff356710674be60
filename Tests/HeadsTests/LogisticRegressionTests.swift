import Heads
import Tensors
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite struct LogisticRegressionTests {
  @Test func goldensAreRead() throws {
    #expect(GoldenCase.all.count == 6)
    for golden in GoldenCase.all {
      let sum = try golden.rows(standardized: false).reduce(0) { $0 + $1.reduce(0) { $0 + abs($1) } }
      let expected = try #require(golden.json["checksum"]?.number)
      #expect(abs(sum - expected) <= 1e-9 * expected)
    }
  }

  /// scikit-learn's objective, by its definition, in float64.
  private func objective(
    _ rows: [[Double]], _ golden: GoldenCase, _ weights: [Double], _ head: Head, c: Double, standardized: Bool
  ) -> Double {
    let (weight, bias) = golden.coefficients(head, standardized: standardized)
    var loss = 0.0
    for (row, label) in zip(rows.indices, golden.data.labels) {
      let z = weight.indices.map { k in zip(weight[k], rows[row]).reduce(bias[k]) { $0 + $1.0 * $1.1 } }
      if z.count == 1 {
        loss += weights[row] * (max(z[0], 0) - Double(label) * z[0] + log1p(exp(-abs(z[0]))))
      } else {
        let largest = z.max() ?? 0
        loss += weights[row] * (largest + log(z.reduce(0) { $0 + exp($1 - largest) }) - z[label])
      }
    }
    let sum = weights.reduce(0, +)
    let squares = weight.reduce(0) { $0 + $1.reduce(0) { $0 + $1 * $1 } }
    return loss / sum + squares / (2 * c * sum)
  }

  @Test(arguments: GoldenCase.all)
  func meetsScikitLearn(_ golden: GoldenCase) async throws {
    for (list, scaling) in [("logistic", FeatureScaling.standardize), ("logisticUnscaled", .none)] {
      let rows = try golden.rows(standardized: scaling == .standardize)
      for fit in try #require(golden.json[list]?.array) {
        let c = try #require(fit["c"]?.number)
        let balanced = fit["balanced"]?.bool == true
        let configuration = LogisticRegression(
          regularization: .c(c), classWeights: balanced ? .balanced : .uniform, scaling: scaling,
          hasIntercept: fit["intercept"]?.bool == true, tolerance: 1e-8, iterationLimit: 10000)
        let result = try await configuration.fit(golden.data)
        #expect(result.certificate.isConverged, "\(golden), C \(c): \(result.certificate)")
        let expected = try #require(fit["objective"]?.number)
        let own = objective(
          rows, golden, golden.effectiveWeights(balanced: balanced), result.head, c: c,
          standardized: scaling == .standardize)
        #expect(abs(own - expected) <= 1e-6 * expected, "\(golden), \(list), C \(c): \(own) \(expected)")
        #expect(abs(result.certificate.objective - expected) <= 1e-6 * expected)
        let probabilities = try #require(try result.head.probabilities(golden.data.features))
        for (row, values) in try #require(fit["probabilities"]?.array).enumerated() {
          for (column, value) in (values.array ?? []).enumerated() {
            let wanted = try #require(value.number)
            #expect(abs(Double(probabilities[row, column]) - wanted) <= 1e-4)
          }
        }
      }
    }
  }

  @Test func alphaIsTheMeanLossPenalty() async throws {
    let golden = try GoldenCase.named("multiclass")
    let byC = try await LogisticRegression(regularization: .c(0.5)).fit(golden.data)
    let byAlpha = try await LogisticRegression(
      regularization: .alpha(1 / (0.5 * Double(golden.data.count)))
    ).fit(golden.data)
    #expect(byC.head == byAlpha.head)
  }

  @Test func equalSettingsGiveEqualBitsAndThreadsAgree() async throws {
    let golden = try GoldenCase.named("imbalanced")
    let configuration = LogisticRegression(tolerance: 1e-9)
    for threads in 1...3 {
      let first = try await configuration.fit(golden.data, options: FitOptions(threads: threads))
      let second = try await configuration.fit(golden.data, options: FitOptions(threads: threads))
      #expect(first.head == second.head)
      #expect(first.certificate.objective == second.certificate.objective)
      let alone = try await configuration.fit(golden.data, options: FitOptions(threads: 1))
      #expect(abs(first.certificate.objective - alone.certificate.objective) <= 1e-9)
    }
  }

  @Test func streamedRowsGiveTheBitsOfRowsInMemory() async throws {
    let golden = try GoldenCase.named("collinear")
    let inMemory = try await LogisticRegression().fit(golden.data, options: FitOptions(threads: 2))
    let streamed = try await LogisticRegression().fit(
      golden.data, options: FitOptions(threads: 2, rowMemoryBudget: 0))
    #expect(inMemory.head == streamed.head)
  }

  @Test func aWarmStartAtTheAnswerNeedsNoIteration() async throws {
    let golden = try GoldenCase.named("multiclass")
    let configuration = LogisticRegression(tolerance: 1e-5)
    let cold = try await configuration.fit(golden.data)
    #expect(cold.certificate.iterations > 3)
    let warm = try await configuration.fit(golden.data, options: FitOptions(initialHead: cold.head))
    #expect(warm.certificate.iterations <= 1)
  }

  @Test func anIterationLimitIsReported() async throws {
    let golden = try GoldenCase.named("multiclass")
    let result = try await LogisticRegression(iterationLimit: 2).fit(golden.data)
    #expect(result.certificate.status == .iterationLimit)
    #expect(!result.certificate.isConverged)
    #expect(result.certificate.iterations == 2)
  }

  @Test func permutedRowsAndClassesPermuteTheAnswer() async throws {
    let golden = try GoldenCase.named("multiclass")
    let configuration = LogisticRegression(tolerance: 1e-10)
    let plain = try await configuration.fit(golden.data)
    let order = Array((0..<golden.data.count).reversed())
    let map = [2, 0, 3, 1]
    let permuted = try LabeledFeatures(
      golden.data.features.selecting(order), labels: order.map { map[golden.data.labels[$0]] },
      classes: ["a", "b", "c", "d"])
    let other = try await configuration.fit(permuted)
    let dimension = plain.head.dimension
    for label in 0..<4 {
      for column in 0..<dimension {
        let here = plain.head.layers[0].weight[label * dimension + column]
        let there = other.head.layers[0].weight[map[label] * dimension + column]
        #expect(abs(here - there) < 1e-5)
      }
    }
  }

  @Test func gradientMeetsFiniteDifferences() async throws {
    for name in ["binary", "imbalanced"] {
      let golden = try GoldenCase.named(name)
      #expect(try await largestGradientError(golden) < 1e-7)
    }
  }

  /// Against the central difference with five points.
  private func largestGradientError(_ golden: GoldenCase) async throws -> Double {
    try await FitContext.run(FitOptions(threads: 2)) { context throws(HeadsError) in
      let scaling = try FittedScaling(.standardize, golden.data.features, context)
      let rows = try TrainingRows(golden.data.features, scaling: scaling, context)
      let objective = LogisticObjective(
        rows, labels: golden.data.labels, weights: golden.effectiveWeights(balanced: true),
        classes: golden.classCount, penalty: 0.01, hasIntercept: true, context)
      var random = SplitMix64(state: 9)
      let point = (0..<objective.parameterCount).map { _ in random.uniform() }
      var gradient = point
      var unused = point
      _ = try objective.evaluate(point, gradient: &gradient)
      var worst = 0.0
      for index in point.indices {
        var values: [Double] = []
        for offset in [-2.0, -1, 1, 2] {
          var moved = point
          moved[index] += offset * 1e-3
          values.append(try objective.evaluate(moved, gradient: &unused))
        }
        let difference = (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / 12e-3
        worst = max(worst, abs(difference - gradient[index]))
      }
      return worst
    }
  }
}
