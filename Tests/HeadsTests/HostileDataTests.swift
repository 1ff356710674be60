import Heads
import Synchronization
import Tensors
import Testing

/// Data that no textbook has: every head either says in one typed error what is wrong, or gives the right answer.
@Suite struct HostileDataTests {
  private static let linear: [any HeadConfiguration] = [
    LogisticRegression(), LogisticRegression(scaling: .none), LogisticRegression(hasIntercept: false),
    LinearSVM(), LinearSVM(loss: .hinge), LinearSVM(scaling: .none), LinearSVM(hasIntercept: false),
  ]
  private static let networks: [any HeadConfiguration] = [
    MultilayerPerceptron(hidden: [4], batchSize: 3, epochs: 3),
    MultilayerPerceptron(hidden: [], optimizer: .sgd(), batchSize: 64, epochs: 3, scaling: .none),
  ]
  private static let kinds = linear + networks

  private func data(
    _ rows: [[Float]], _ labels: [Int], classes: Int = 2, weights: [Double]? = nil
  ) throws -> LabeledFeatures {
    try LabeledFeatures(
      FeatureMatrix(rows.flatMap { $0 }, dimension: rows[0].count), labels: labels,
      classes: (0..<classes).map { "c\($0)" }, weights: weights)
  }

  private let plain: [[Float]] = [[0, 1], [1, 0], [2, 2], [3, 1], [0.5, 0.5], [2, 3]]
  private let labels = [0, 0, 1, 1, 0, 1]

  private func error(
    _ configuration: any HeadConfiguration, _ data: LabeledFeatures,
    validation: LabeledFeatures? = nil, _ options: FitOptions = FitOptions()
  ) async -> HeadsError? {
    do throws(HeadsError) {
      _ = try await configuration.fit(data, validation: validation, options: options)
      return nil
    } catch { return error }
  }

  private func expectFinite(_ result: FitResult, _ data: LabeledFeatures, _ comment: Comment) throws {
    #expect(result.certificate.objective.isFinite, comment)
    #expect(try result.head.decision(data.features).values.allSatisfy(\.isFinite), comment)
    if let probabilities = try result.head.probabilities(data.features) {
      for row in 0..<data.count {
        let sum = (0..<data.classes.count).reduce(Float(0)) { $0 + probabilities[row, $1] }
        #expect(abs(sum - 1) < 1e-5, comment)
      }
    }
  }

  @Test func oneRowIsTooFew() async throws {
    for kind in Self.kinds {
      for classes in 1...3 {
        let found = await error(kind, try data([[1, 2]], [0], classes: classes))
        #expect(found?.code == .missingClass, "\(kind)")
      }
    }
  }

  @Test func fewerRowsThanClassesNameTheFirstClassThatIsMissing() async throws {
    for kind in Self.kinds {
      let found = await error(kind, try data([[1, 2], [2, 1], [0, 0]], [0, 1, 3], classes: 5))
      #expect(found?.code == .missingClass && found?.message.contains("c2") == true, "\(kind)")
    }
  }

  @Test func aClassMayBeMissingFromTheRowsThatAreEvaluated() async throws {
    let training = try data(plain, [0, 1, 2, 0, 1, 2], classes: 3)
    let held = try data(plain, [0, 0, 0, 0, 0, 1], classes: 3)
    for kind in Self.kinds {
      let evaluation = try await kind.fit(training).head.evaluate(held)
      #expect(evaluation.accuracy.isFinite && evaluation.confusion.balancedAccuracy.isFinite, "\(kind)")
    }
  }

  @Test func labelsOutOfRangeNameTheirRow() throws {
    let features = try FeatureMatrix([1, 2, 3], dimension: 1)
    for label in [Int.min, -1, 2, Int.max] {
      let found = #expect(throws: HeadsError.self) {
        try LabeledFeatures(features, labels: [0, label, 1], classes: ["a", "b"])
      }
      #expect(found?.code == .invalidLabels && found?.message.contains("row 1 is \(label)") == true)
    }
  }

  @Test(arguments: [Float.nan, .signalingNaN, .infinity, -.infinity])
  func numbersThatAreNoneNameTheirPlace(_ value: Float) async throws {
    var rows = plain
    rows[4][1] = value
    let bad = try data(rows, labels)
    let good = try data(plain, labels)
    for kind in Self.kinds {
      for budget in [0, 1 << 20] {
        let options = FitOptions(rowMemoryBudget: budget)
        let found = await error(kind, bad, options)
        #expect(found?.code == .invalidFeatures, "\(kind), budget \(budget)")
        #expect(found?.message.hasPrefix("feature 1 of row 4 is") == true, "\(kind): \(found?.message ?? "")")
      }
    }
    for network in Self.networks {
      #expect(await error(network, good, validation: bad)?.code == .invalidFeatures, "\(network)")
    }
  }

  @Test func validationPartsThatDoNotFit() async throws {
    let good = try data(plain, labels)
    let others = [
      try data(plain, labels, classes: 3), try data(plain.map { $0 + [1] }, labels), good.selecting([]),
    ]
    for network in Self.networks {
      for other in others {
        #expect(await error(network, good, validation: other)?.code == .invalidArgument, "\(network)")
      }
    }
  }

  /// Constant columns say nothing: with an intercept, or where they are zeros, the other weights are those of
  /// the fit without them.
  @Test func constantAndZeroColumns() async throws {
    let golden = try GoldenCase.named("multiclass")
    let data = golden.data
    let rows = try (0..<data.count).map { try data.features.row($0) }
    let padded = try LabeledFeatures(
      FeatureMatrix(rows.flatMap { [0, -3e4] + $0 + [0.1] }, dimension: data.features.dimension + 3),
      labels: data.labels, classes: data.classes)
    for kind in PropertyTests.convex {
      let alone = try await kind.fit(data).head.layers[0]
      let with = try await kind.fit(padded).head.layers[0]
      for output in 0..<alone.outputs {
        for column in [0, 1, with.inputs - 1] { #expect(with.weight[output * with.inputs + column] == 0) }
        for column in 0..<alone.inputs {
          let (a, b) = (
            alone.weight[output * alone.inputs + column], with.weight[output * with.inputs + column + 2]
          )
          #expect(abs(a - b) < 1e-4, "\(kind.name)")
        }
      }
    }
    for kind in Self.kinds {
      try expectFinite(try await kind.fit(padded), padded, "\(kind)")
    }
  }

  /// Where no column differs, all that can be learnt are the classes' shares.
  @Test func rowsThatAreAllTheSame() async throws {
    for row in [[0, 0], [5, -7]] as [[Float]] {
      let set = try data(Array(repeating: row, count: 5), [0, 0, 0, 0, 1])
      for kind in Self.kinds { try expectFinite(try await kind.fit(set), set, "\(kind)") }
      for scaling in FeatureScaling.allCases {
        let tight = LogisticRegression(regularization: .c(1e6), scaling: scaling, tolerance: 1e-10)
        let probabilities = try #require(try await tight.fit(set).head.probabilities(set.features))
        for index in 0..<5 { #expect(abs(probabilities[index, 1] - 0.2) < 1e-5, "\(scaling), \(row)") }
      }
    }
  }

  /// Nobody can do better on rows that are there once in each class than to give them half.
  @Test func duplicatedRowsWithDifferentLabels() async throws {
    let set = try data(plain + plain, labels + labels.map { 1 - $0 })
    for kind in Self.kinds { try expectFinite(try await kind.fit(set), set, "\(kind)") }
    for loss in LinearSVM.Loss.allCases {
      let svm = LinearSVM(loss: loss, regularization: .c(10), tolerance: 1e-9, iterationLimit: 100_000)
      let result = try await svm.fit(set)
      // w = 0 is the minimum: every row loses 1.
      #expect(result.certificate.isConverged && abs(result.certificate.objective - 120) < 1e-6, "\(loss)")
    }
    let confused = try data(plain + plain, [0, 1, 2, 0, 1, 2] + [1, 2, 0, 1, 2, 0], classes: 3)
    for kind in Self.kinds { try expectFinite(try await kind.fit(confused), confused, "\(kind)") }
  }

  /// A picture's raw activations before pooling: far more columns than rows.
  @Test func manyColumnsAndFewRows() async throws {
    let (n, d) = (40, 25_088)
    var random = SplitMix64(state: 12)
    let values = (0..<n * d).map { index in
      index % 5 == 0 ? 0 : Float(max(0, random.uniform() + (index / d % 4 == index % 4 ? 0.2 : 0)))
    }
    let set = try LabeledFeatures(
      FeatureMatrix(values, dimension: d), labels: (0..<n).map { $0 % 4 }, classes: ["a", "b", "c", "d"])
    for kind in [
      LogisticRegression(), LogisticRegression(regularization: .c(1e3), scaling: .none), LinearSVM(),
      LinearSVM(loss: .hinge), MultilayerPerceptron(hidden: [3], batchSize: 8, epochs: 2),
    ] as [any HeadConfiguration] {
      let result = try await kind.fit(set)
      try expectFinite(result, set, "\(kind.name)")
      guard kind.name != "mlp" else { continue }
      #expect(result.certificate.isConverged, "\(kind): \(result.certificate)")
      #expect(try result.head.predict(set.features) == set.labels, "\(kind.name)")
    }
  }

  @Test func strengthsOutOfRange() async throws {
    let good = try data(plain, labels)
    for value in [0, -0.0, -1, -1e300, Double.nan, .infinity, -.infinity] {
      for strength in [Regularization.c(value), .alpha(value)] {
        for kind in [
          LogisticRegression(regularization: strength), LinearSVM(regularization: strength),
          LinearSVM(loss: .hinge, regularization: strength),
        ] as [any HeadConfiguration] {
          #expect(await error(kind, good)?.code == .invalidArgument, "\(strength)")
        }
      }
    }
    // So small that 1 / C is infinite, so large that 1 / alpha is.
    #expect(
      await error(LogisticRegression(regularization: .c(.leastNonzeroMagnitude)), good)?.code
        == .invalidArgument)
    #expect(
      await error(LogisticRegression(regularization: .alpha(.leastNonzeroMagnitude)), good)?.code
        == .invalidArgument)
    for classWeights in [[1, 0], [0, 0], [1, .nan], [1, .infinity], [1], []] as [[Double]] {
      for kind in [
        LogisticRegression(classWeights: .given(classWeights)), LinearSVM(classWeights: .given(classWeights)),
        MultilayerPerceptron(hidden: [], classWeights: .given(classWeights)),
      ] as [any HeadConfiguration] {
        let code = await error(kind, good)?.code
        #expect(code == .invalidArgument || code == .missingClass, "\(classWeights), \(kind.name)")
      }
    }
  }

  /// C = 1e300 is no penalty at all. Where classes overlap, the minimum exists and is met; where a plane
  /// separates them, the loss has no minimum, and the answer is a plane that separates them.
  @Test func strengthsThatAreHuge() async throws {
    let separable = try data(plain, labels)
    let overlapping = try data(plain + [[0, 1], [2, 2], [1, 1]], labels + [1, 0, 1])
    let reference = try ReferenceProblem(overlapping, intercept: 1).logistic(c: 1e12, hasIntercept: true)
    for c in [1e12, 1e300, 1e308] {
      let tight = LogisticRegression(regularization: .c(c), scaling: .none, tolerance: 1e-9)
      let met = try await tight.fit(overlapping)
      #expect(abs(met.certificate.objective - reference.value) < 1e-9, "C \(c)")
      let result = try await LogisticRegression(regularization: .c(c)).fit(separable)
      try expectFinite(result, separable, "C \(c)")
      #expect(try result.head.predict(separable.features) == labels, "C \(c)")
      for loss in LinearSVM.Loss.allCases {
        let svm = LinearSVM(loss: loss, regularization: .c(c), iterationLimit: 20_000)
        let hard = try await svm.fit(separable)
        #expect(try hard.head.predict(separable.features) == labels, "\(loss), C \(c)")
        // Overlapping classes have a loss of about C times the number of rows, which may overflow.
        let found = await error(
          LinearSVM(loss: loss, regularization: .c(c), iterationLimit: 100), overlapping)
        #expect(found == nil || (found?.code == .diverged && c > 1e299), "\(loss), C \(c): \(found as Any)")
      }
    }
  }

  @Test func rowWeightsOfAllSizes() async throws {
    let tiny = try data(plain, labels, weights: [1e-300, 1e-300, 1e-300, 1e-300, 1e-300, 1e-300])
    let huge = try data(plain, labels, weights: [1e300, 1, 1e300, 1, 1e-300, 1])
    let infinite = try data(plain, labels, weights: Array(repeating: 1e308, count: 6))
    for kind in Self.kinds {
      for set in [tiny, huge, infinite] {
        do throws(HeadsError) {
          let result = try await kind.fit(set)
          #expect(result.certificate.objective.isFinite, "\(kind)")
        } catch {
          #expect(
            [.invalidLabels, .invalidArgument, .diverged].contains(error.code), "\(kind): \(error.message)")
        }
      }
    }
  }

  /// Features near the end of float32's range: typed, or finite.
  @Test(arguments: [Float(1e30), 1e-30, .leastNonzeroMagnitude, 3e38])
  func featuresOfExtremeSize(_ unit: Float) async throws {
    let set = try data(plain.map { $0.map { $0 / 3 * unit } }, labels)
    for kind in Self.kinds {
      do throws(HeadsError) {
        let result = try await kind.fit(set)
        let areFinite = try result.head.decision(set.features).values.allSatisfy { $0.isFinite }
        #expect(areFinite, "\(kind), \(unit)")
      } catch {
        #expect([.diverged, .invalidFeatures].contains(error.code), "\(kind): \(error.message)")
      }
    }
  }

  /// A cache that becomes shorter, or a disk that fails, while a fit reads.
  @Test func rowsThatCannotBeReadAnyMore() async throws {
    let golden = try GoldenCase.named("multiclass")
    let data = golden.data
    let all = try data.features.rows(0..<data.count)
    for kind in PropertyTests.all {
      var reads = 0
      while true {
        let storage = FailingRows(all, dimension: data.features.dimension, after: reads)
        let set = try LabeledFeatures(
          FeatureMatrix(blocks: [storage], dimension: data.features.dimension, elementType: .float32),
          labels: data.labels, classes: data.classes)
        let found = await error(kind, set, FitOptions(threads: 2, rowMemoryBudget: 0))
        guard let found else { break }
        #expect(found.code == .io && found.message == FailingRows.message, "\(kind.name), after \(reads)")
        reads = reads * 3 + 1
      }
      #expect(reads > 4, "\(kind.name) reads its rows")
    }
  }
}

/// Rows that can be read so many times.
private final class FailingRows: RowStorage {
  static let message = "rows 0 of a test became shorter"

  let rowCount: Int
  let dimension: Int
  let elementType = ElementType.float32
  private let values: [Float]
  private let left: Mutex<Int>

  init(_ values: [Float], dimension: Int, after reads: Int) {
    self.values = values
    self.dimension = dimension
    rowCount = values.count / dimension
    left = Mutex(reads)
  }

  func read(_ rows: Range<Int>, into output: UnsafeMutableBufferPointer<Float>) throws(TensorsError) {
    let mayRead = left.withLock { left in
      left -= 1
      return left >= 0
    }
    guard mayRead else { throw TensorsError(.io, Self.message) }
    for (index, value) in values[rows.lowerBound * dimension..<rows.upperBound * dimension].enumerated() {
      unsafe output[index] = value
    }
  }
}
