import Heads
import Tensors
import Testing

@Suite struct LogisticPathTests {
  private static let values = [1e-4, 1e-2, 1, 1e2]

  private func fold(_ data: LabeledFeatures, _ held: Int) throws -> TrialRows {
    TrialRows(leavingOut: try DataSplit.folds(3, labels: data.labels, seed: 1)[held], of: data.count)
  }

  @Test(arguments: ["multiclass", "binary", "imbalanced", "collinear"])
  func aPathMeetsSingleFits(_ name: String) async throws {
    let data = try GoldenCase.named(name).data
    for scaling in [FeatureScaling.standardize, .none, .l2Normalize] {
      let configuration = LogisticRegression(scaling: scaling, tolerance: 1e-9)
      let fits = try await LogisticPath(configuration, values: Self.values).fit(
        data, [LogisticPath.Task(TrialRows(training: Array(0..<data.count), heldOut: [3, 1]))])
      #expect(fits.count == 1 && fits[0].map(\.c) == Self.values)
      for fit in fits[0] {
        var single = configuration
        single.regularization = .c(fit.c)
        let alone = try await single.fit(data).certificate.objective
        let together = fit.result.certificate.objective
        #expect(together >= alone * (1 - 1e-6) && together <= alone * (1 + 1e-4), "\(scaling), C \(fit.c)")
        let decision = try fit.result.head.decision(data.features.selecting([3, 1]))
        #expect(fit.heldOut.shape == decision.shape)
        for (a, b) in zip(fit.heldOut.values, decision.values) { #expect(abs(a - b) < 1e-3 * (1 + abs(b))) }
      }
    }
  }

  @Test func foldsMeetFitsToSelectedRows() async throws {
    let data = try GoldenCase.named("imbalanced").data
    let tasks = try (0..<3).map { LogisticPath.Task(try fold(data, $0), classWeights: .balanced) }
    let fits = try await LogisticPath(values: Self.values).fit(data, tasks)
    for (task, path) in zip(tasks, fits) {
      for fit in path {
        let alone = try await LogisticRegression(
          regularization: .c(fit.c), classWeights: .balanced, tolerance: 1e-9
        ).fit(data.selecting(task.rows.training))
        let ratio = fit.result.certificate.objective / alone.certificate.objective
        #expect(ratio > 1 - 1e-6 && ratio < 1 + 2e-4, "C \(fit.c): \(ratio)")
      }
    }
  }

  @Test func aTaskDoesNotDependOnItsNeighbours() async throws {
    let data = try GoldenCase.named("multiclass").data
    let tasks = try (0..<3).map { LogisticPath.Task(try fold(data, $0)) }
    let path = LogisticPath(values: Self.values)
    let together = try await path.fit(data, tasks, options: FitOptions(threads: 2))
    for (index, task) in tasks.enumerated() {
      let alone = try await path.fit(data, [task], options: FitOptions(threads: 2))
      for (a, b) in zip(alone[0], together[index]) {
        let ratio = a.result.certificate.objective / b.result.certificate.objective
        #expect(abs(ratio - 1) < 1e-4)
      }
    }
    let again = try await path.fit(data, tasks, options: FitOptions(threads: 2))
    #expect(again.map { $0.map(\.result.head) } == together.map { $0.map(\.result.head) })
  }

  @Test func rowsOfEveryKindOfStorageGiveOneAnswer() async throws {
    let data = try GoldenCase.named("multiclass").data
    let task = LogisticPath.Task(try fold(data, 0))
    let order = Array(0..<data.count)
    let inMemory = try await LogisticPath(values: [0.1]).fit(data, [task], options: FitOptions(threads: 2))
    let computed = try LabeledFeatures(
      FeatureMatrix.concatenatingColumns([data.features]), labels: data.labels, classes: data.classes)
    for (other, budget) in [(computed, 1 << 30), (computed, 0), (data.selecting(order), 0)] {
      let fits = try await LogisticPath(values: [0.1]).fit(
        other, [task], options: FitOptions(threads: 2, rowMemoryBudget: budget))
      #expect(fits[0][0].result.head == inMemory[0][0].result.head)
    }
  }

  @Test func columnsFarFromZeroKeepTheirDigits() async throws {
    let golden = try GoldenCase.named("multiclass")
    let rows = try golden.data.features.rows(0..<golden.data.count).map { $0 + 4096 }
    let far = try LabeledFeatures(
      FeatureMatrix(rows, dimension: golden.data.features.dimension), labels: golden.data.labels,
      classes: golden.data.classes)
    // What the addition has rounded away is gone from both.
    let near = try LabeledFeatures(
      FeatureMatrix(rows.map { $0 - 4096 }, dimension: golden.data.features.dimension),
      labels: golden.data.labels, classes: golden.data.classes)
    for scaling in [FeatureScaling.standardize, .none] {
      // The gradient by weights of columns near 4096 is 4096 times as large.
      let configuration = LogisticRegression(
        scaling: scaling, tolerance: scaling == .none ? 1e-5 : 1e-8)
      let (a, b) = (try await configuration.fit(far), try await configuration.fit(near))
      #expect(a.certificate.isConverged && b.certificate.isConverged)
      let (first, second) = (a.certificate.objective, b.certificate.objective)
      #expect(abs(first - second) <= 1e-6 * second)
    }
  }

  @Test func theCertificateTellsWhatMemoryWasUsed() async throws {
    let data = try GoldenCase.named("multiclass").data
    let bytes = data.count * data.features.dimension * 4
    let lent = try await LogisticRegression().fit(data).certificate.peakBytes
    let computed = try LabeledFeatures(
      data.features.normalized(), labels: data.labels, classes: data.classes)
    let kept = try await LogisticRegression().fit(computed).certificate.peakBytes
    #expect(lent > 0 && kept >= lent + bytes)
  }

  @Test func impossiblePathsAreRefused() async throws {
    let data = try GoldenCase.named("multiclass").data
    let whole = TrialRows(training: Array(0..<data.count), heldOut: [])
    let missing = TrialRows(training: [0], heldOut: [])
    let cases: [(LogisticPath, TrialRows, HeadsError.Code)] = [
      (LogisticPath(values: []), whole, .invalidArgument),
      (LogisticPath(values: [-1]), whole, .invalidArgument),
      (LogisticPath(values: [.infinity]), whole, .invalidArgument),
      (LogisticPath(values: [1], objectiveTolerance: 0), whole, .invalidArgument),
      (LogisticPath(values: [1]), TrialRows(training: [0, 0], heldOut: []), .invalidArgument),
      (LogisticPath(values: [1]), TrialRows(training: [-1], heldOut: []), .invalidArgument),
      (LogisticPath(values: [1]), TrialRows(training: [0], heldOut: [data.count]), .invalidArgument),
      (LogisticPath(values: [1]), missing, .missingClass),
    ]
    for (path, rows, code) in cases {
      let error = await #expect(throws: HeadsError.self) {
        _ = try await path.fit(data, [LogisticPath.Task(rows)])
      }
      #expect(error?.code == code)
    }
    #expect(try await LogisticPath(values: [1]).fit(data, []).isEmpty)
  }
}

/// The evaluations that a path consists of.
@Suite struct LogisticBatchTests {
  /// Two problems side by side on one data set: other weights, coordinates and penalties.
  private func run<Result: Sendable>(
    _ golden: GoldenCase, threads: Int,
    _ body:
      @escaping @Sendable (
        LogisticBatch, _ jobs: [LogisticBatch.Job], LogisticObjective
      ) throws(HeadsError) -> Result
  ) async throws -> Result {
    try await FitContext.run(FitOptions(threads: threads)) { context throws(HeadsError) in
      let features = golden.data.features
      let rows = try TrainingRows(
        features, scaling: FittedScaling(.none, features, context), context)
      let outputs = golden.classCount == 2 ? 1 : golden.classCount
      let (d, weights) = (features.dimension, golden.effectiveWeights(balanced: true))
      let plain = LinearCoordinates(
        mean: Array(repeating: 0, count: d), factor: Array(repeating: 1, count: d), hasIntercept: true,
        shift: nil)
      let moved = LinearCoordinates(
        mean: (0..<d).map { Double($0 % 3) / 4 }, factor: (0..<d).map { 1 / Double(1 + $0 % 2) },
        hasIntercept: true, shift: nil)
      let masked = weights.indices.map { $0 % 4 == 0 ? 0 : weights[$0] }
      let problems = [
        LogisticProblem(weights: weights, held: [], plain),
        LogisticProblem(weights: masked, held: [0, 4, 8], moved),
      ]
      let batch = LogisticBatch(
        rows, problems, labels: golden.data.labels, outputs: outputs, context)
      var random = SplitMix64(state: 3)
      let jobs = [0, 1].map { problem in
        LogisticBatch.Job(
          problem: problem, point: (0..<outputs * (d + 1)).map { _ in 0.3 * random.uniform() },
          penalty: 0.01 * Double(problem + 1))
      }
      let objective = LogisticObjective(
        rows, labels: golden.data.labels, weights: weights, classes: golden.classCount, penalty: 0.01,
        hasIntercept: true, context)
      return try body(batch, jobs, objective)
    }
  }

  @Test(arguments: ["binary", "multiclass"])
  func meetsTheObjectiveInFloat64(_ name: String) async throws {
    let golden = try GoldenCase.named(name)
    for threads in [1, 2] {
      try await run(golden, threads: threads) { batch, jobs, objective throws(HeadsError) in
        let answers = try batch.evaluate(jobs)
        var gradient = jobs[0].point
        let value = try objective.evaluate(jobs[0].point, gradient: &gradient)
        #expect(abs(answers[0].value - value) <= 2e-6 * value)
        for (a, b) in zip(answers[0].gradient, gradient) { #expect(abs(a - b) < 2e-6) }
        #expect(answers[1].held.count == 3 * (golden.classCount == 2 ? 1 : golden.classCount))
        // The pass back has other rounding and the same held rows.
        let back = try batch.evaluate(jobs)
        #expect(abs(back[1].value - answers[1].value) <= 1e-6 * value)
        #expect(back[1].held == answers[1].held)
      }
    }
  }

  /// Against central differences that float32 values leave digits to.
  @Test(arguments: ["binary", "multiclass"])
  func gradientsMeetFiniteDifferences(_ name: String) async throws {
    let golden = try GoldenCase.named(name)
    try await run(golden, threads: 2) { batch, jobs, _ throws(HeadsError) in
      for job in jobs {
        let gradient = try batch.evaluate([job])[0].gradient
        for index in stride(from: 0, to: gradient.count, by: 3) {
          var (low, high) = (job, job)
          low.point[index] -= 1e-2
          high.point[index] += 1e-2
          let values = try batch.evaluate([low, high]).map(\.value)
          #expect(abs((values[1] - values[0]) / 2e-2 - gradient[index]) < 2e-4)
        }
      }
    }
  }
}
