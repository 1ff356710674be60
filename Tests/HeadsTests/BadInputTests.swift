import Heads
import Synchronization
import Tensors
import Testing

@Suite struct BadInputTests {
  private static let kinds: [any HeadConfiguration] = [
    LogisticRegression(), LinearSVM(), LinearSVM(loss: .hinge),
    MultilayerPerceptron(hidden: [4], batchSize: 4, epochs: 2),
  ]

  private func data(
    _ rows: [[Float]], _ labels: [Int], classes: Int = 2, weights: [Double]? = nil
  ) throws -> LabeledFeatures {
    try LabeledFeatures(
      FeatureMatrix(rows.flatMap { $0 }, dimension: rows[0].count), labels: labels,
      classes: (0..<classes).map { "c\($0)" }, weights: weights)
  }

  private let plain: [[Float]] = [[0, 1], [1, 0], [2, 2], [3, 1], [0.5, 0.5], [2, 3]]

  private func code(
    _ configuration: any HeadConfiguration, _ data: LabeledFeatures, _ options: FitOptions = FitOptions()
  ) async -> HeadsError.Code? {
    do throws(HeadsError) {
      _ = try await configuration.fit(data, options: options)
      return nil
    } catch { return error.code }
  }

  @Test func oneClassAndMissingClasses() async throws {
    for kind in Self.kinds {
      #expect(await code(kind, try data(plain, [0, 0, 0, 0, 0, 0], classes: 1)) == .missingClass)
      #expect(await code(kind, try data(plain, [0, 0, 0, 0, 0, 0])) == .missingClass)
      #expect(await code(kind, try data(plain, [0, 0, 2, 2, 0, 2], classes: 3)) == .missingClass)
      #expect(await code(kind, try data([[1, 2]], [0], classes: 3)) == .missingClass)
      let weights = [1, 1, 1, 0, 0, 0.0]
      #expect(await code(kind, try data(plain, [0, 0, 0, 1, 1, 1], weights: weights)) == .missingClass)
    }
  }

  @Test func noRowsAtAll() async throws {
    let nothing = try LabeledFeatures(FeatureMatrix([], dimension: 3), labels: [], classes: ["a", "b"])
    for kind in Self.kinds { #expect(await code(kind, nothing) == .missingClass) }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func featuresThatAreNotFinite(_ value: Float) async throws {
    for scaling in FeatureScaling.allCases {
      for budget in [0, 1 << 20] {
        var rows = plain
        rows[4][1] = value
        let bad = try data(rows, [0, 0, 0, 1, 1, 1])
        for kind in [LogisticRegression(scaling: scaling), LinearSVM(scaling: scaling)]
          as [any HeadConfiguration]
        {
          #expect(await code(kind, bad, FitOptions(rowMemoryBudget: budget)) == .invalidFeatures)
        }
      }
    }
    let head = try await LogisticRegression().fit(try data(plain, [0, 0, 0, 1, 1, 1])).head
    let error = #expect(throws: HeadsError.self) {
      try head.predict(FeatureMatrix([0, 0, 0, value], dimension: 2))
    }
    #expect(error?.message.hasPrefix("feature 1 of row 1 is") == true)
  }

  @Test func labelsAndWeightsThatDoNotFit() throws {
    let features = try FeatureMatrix([1, 2, 3], dimension: 1)
    for (labels, classes, weights) in [
      ([0, 1], ["a", "b"], nil), ([0, 1, 2], ["a", "b"], nil), ([0, -1, 1], ["a", "b"], nil),
      ([0, 1, 1], ["a", "a"], nil), ([0, 1, 1], ["a", "b"], [1, 1]), ([0, 1, 1], ["a", "b"], [1, 1, -1]),
      ([0, 1, 1], ["a", "b"], [1, .nan, 1]),
    ] as [([Int], [String], [Double]?)] {
      let error = #expect(throws: HeadsError.self) {
        try LabeledFeatures(features, labels: labels, classes: classes, weights: weights)
      }
      #expect(error?.code == .invalidLabels)
    }
  }

  @Test func strengthsThatMakeNoSense() async throws {
    let good = try data(plain, [0, 0, 1, 1, 0, 1])
    for value in [0, -1, Double.nan, .infinity] {
      for strength in [Regularization.c(value), .alpha(value)] {
        #expect(await code(LogisticRegression(regularization: strength), good) == .invalidArgument)
        #expect(await code(LinearSVM(regularization: strength), good) == .invalidArgument)
      }
    }
    #expect(await code(LogisticRegression(classWeights: .given([1])), good) == .invalidArgument)
    #expect(await code(LogisticRegression(classWeights: .given([1, -1])), good) == .invalidArgument)
    #expect(await code(LogisticRegression(tolerance: -1), good) == .invalidArgument)
    #expect(await code(LinearSVM(interceptScaling: 0), good) == .invalidArgument)
    #expect(await code(LogisticRegression(), good, FitOptions(threads: 0)) == .invalidArgument)
    #expect(await code(LinearSVM(), good, FitOptions(rowMemoryBudget: -1)) == .invalidArgument)
  }

  @Test func extremeStrengthsGiveFiniteHeads() async throws {
    let good = try data(plain, [0, 0, 1, 1, 0, 1])
    let confused = try data(plain + plain, [0, 0, 1, 1, 0, 1, 1, 1, 0, 0, 1, 0])
    for c in [1e-300, 1e-30, 1e300] {
      for set in [good, confused] {
        let result = try await LogisticRegression(regularization: .c(c)).fit(set)
        #expect(result.certificate.objective.isFinite)
        #expect(try result.head.decision(set.features).values.allSatisfy(\.isFinite))
        for loss in LinearSVM.Loss.allCases {
          do throws(HeadsError) {
            let svm = LinearSVM(loss: loss, regularization: .c(c), iterationLimit: 50)
            let result = try await svm.fit(set)
            #expect(result.certificate.objective.isFinite)
          } catch {
            #expect(error.code == .diverged && c == 1e300)
          }
        }
      }
    }
    // Almost no freedom: the share of the classes is all that is left.
    let tiny = try await LogisticRegression(regularization: .c(1e-30)).fit(good)
    let probabilities = try #require(try tiny.head.probabilities(good.features))
    for value in probabilities.values { #expect(abs(value - 0.5) < 1e-3) }
  }

  @Test func constantColumnsGetNoWeight() async throws {
    let rows = plain.map { [$0[0], 7, $0[1], 0, 1e6] }
    let set = try data(rows, [0, 0, 1, 1, 0, 1])
    for kind in [LogisticRegression(), LinearSVM()] as [any HeadConfiguration] {
      let head = try await kind.fit(set).head
      for column in [1, 3, 4] { #expect(head.layers[0].weight[column] == 0) }
      #expect(head.layers[0].weight[0] != 0)
    }
    #expect(await code(MultilayerPerceptron(hidden: [3], epochs: 2), set) == nil)
  }

  @Test func duplicatesOfBothClassesMeetInTheMiddle() async throws {
    let set = try data([[1, 2], [1, 2], [3, 1], [3, 1]], [0, 1, 0, 1])
    let result = try await LogisticRegression().fit(set)
    let probabilities = try #require(try result.head.probabilities(set.features))
    for value in probabilities.values { #expect(abs(value - 0.5) < 1e-6) }
  }

  @Test func oneRowAClassSuffices() async throws {
    let set = try data([[1, 2], [3, 1]], [0, 1])
    for kind in Self.kinds.dropLast() {
      #expect(try await kind.fit(set).head.predict(set.features) == [0, 1])
    }
  }

  @Test func aHeadRefusesFeaturesOfAnotherDimensionAndOtherClasses() async throws {
    let set = try data(plain, [0, 0, 1, 1, 0, 1])
    let head = try await LogisticRegression().fit(set).head
    let wide = try FeatureMatrix([1, 2, 3], dimension: 3)
    #expect(throws: HeadsError.self) { try head.predict(wide) }
    #expect(throws: HeadsError.self) { try head.evaluate(try data(plain, [0, 0, 1, 1, 0, 1], classes: 3)) }
    #expect(
      await code(LogisticRegression(), try data([[1], [2]], [0, 1]), FitOptions(initialHead: head))
        == .invalidArgument)
  }

  @Test func cancellingEndsEveryFit() async throws {
    let golden = try GoldenCase.named("multiclass")
    let endless: [any HeadConfiguration] = [
      LinearSVM(loss: .hinge, regularization: .c(1e3), tolerance: 0, iterationLimit: 1_000_000_000),
      MultilayerPerceptron(hidden: [64], epochs: 1_000_000_000),
    ]
    for kind in endless {
      let task = Task { () -> HeadsError.Code? in await code(kind, golden.data) }
      try await Task.sleep(for: .milliseconds(30))
      task.cancel()
      #expect(await task.value == .cancelled)
    }
    // Logistic regression ends by itself at any tolerance, so this task is cancelled before it begins.
    let cancelled = Task { () -> HeadsError.Code? in
      unsafe withUnsafeCurrentTask { task in unsafe task?.cancel() }
      return await code(LogisticRegression(), golden.data)
    }
    #expect(await cancelled.value == .cancelled)
  }

  /// As many fits as would hold every thread that the process has for tasks, if they ran on those. Each of them
  /// would end by itself in some minutes.
  @Test func fitsLeaveAThreadToWhoCancelsThem() async throws {
    let data = try GoldenCase.named("multiclass").data
    let perceptron = MultilayerPerceptron(hidden: [64], epochs: 200_000, earlyStopping: nil)
    let count = 2 * FitOptions.processorCount
    let (began, signal) = AsyncStream.makeStream(of: Int.self)
    let fits = (0..<count).map { fit in
      let options = FitOptions(threads: 1) { progress in
        if progress.iteration == 1 { signal.yield(fit) }
      }
      return Task { () -> HeadsError.Code? in await code(perceptron, data, options) }
    }
    var running: Set<Int> = []
    for await fit in began {
      running.insert(fit)
      if running.count == count { break }
    }
    for fit in fits { fit.cancel() }
    for fit in fits { #expect(await fit.value == .cancelled) }
  }

  @Test func progressIsReported() async throws {
    let golden = try GoldenCase.named("multiclass")
    for kind in Self.kinds {
      let box = ProgressBox()
      _ = try await kind.fit(golden.data, options: FitOptions(progress: { box.append($0) }))
      let reports = box.all
      #expect(!reports.isEmpty && reports.map(\.iteration) == Array(1...reports.count))
    }
  }
}

private final class ProgressBox: Sendable {
  private let reports = Mutex<[FitProgress]>([])
  func append(_ report: FitProgress) { reports.withLock { $0.append(report) } }
  var all: [FitProgress] { reports.withLock { $0 } }
}
