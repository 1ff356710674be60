import Heads
import Tensors
import Testing

@Suite struct BaselineBadInputTests {
  private static let kinds: [any HeadConfiguration] = [
    RidgeClassifier(), NearestClassMean(), NearestClassMean(metric: .cosine), LinearDiscriminantAnalysis(),
    LinearDiscriminantAnalysis(shrinkage: .none), LinearDiscriminantAnalysis(shrinkage: .fixed(0.5)),
  ]

  private func data(_ rows: [[Float]], _ labels: [Int], classes: Int = 2) throws -> LabeledFeatures {
    try LabeledFeatures(
      FeatureMatrix(rows.flatMap { $0 }, dimension: rows.first?.count ?? 2), labels: labels,
      classes: (0..<classes).map { "c\($0)" })
  }

  private let plain: [[Float]] = [[0, 1], [1, 0], [2, 2], [3, 1], [0.5, 0.5], [2, 3]]

  private func code(_ kind: any HeadConfiguration, _ data: LabeledFeatures) async -> HeadsError.Code? {
    do throws(HeadsError) {
      _ = try await kind.fit(data)
      return nil
    } catch { return error.code }
  }

  @Test func missingClassesAndRows() async throws {
    for kind in Self.kinds {
      #expect(await code(kind, try data(plain, [0, 0, 0, 0, 0, 0], classes: 1)) == .missingClass)
      #expect(await code(kind, try data(plain, [0, 0, 2, 2, 0, 2], classes: 3)) == .missingClass)
      #expect(await code(kind, try data([[1, 2]], [0], classes: 3)) == .missingClass)
      #expect(await code(kind, try data([], [])) == .missingClass)
    }
  }

  @Test(arguments: [Float.nan, .infinity])
  func featuresThatAreNotFinite(_ value: Float) async throws {
    var rows = plain
    rows[4][1] = value
    for kind in Self.kinds {
      #expect(await code(kind, try data(rows, [0, 0, 1, 1, 0, 1])) == .invalidFeatures)
    }
  }

  @Test func constantColumnsGetNoWeight() async throws {
    let set = try data(plain.map { [$0[0], 7, $0[1], 0, 1e6] }, [0, 0, 1, 1, 0, 1])
    for kind in Self.kinds where kind.name != "class-mean" {
      let layer = try await kind.fit(set).head.layers[0]
      for column in [1, 3, 4] { #expect(layer.weight[column] == 0, "\(kind)") }
      #expect(layer.weight[0] != 0)
    }
    let mean = try await NearestClassMean().fit(set).head.layers[0]
    #expect(mean.weight[1] == 0 && mean.weight[3] == 0 && mean.weight[4] == 0)
  }

  @Test func duplicatesOfBothClassesMeetInTheMiddle() async throws {
    let set = try data([[1, 2], [1, 2], [3, 1], [3, 1]], [0, 1, 0, 1])
    for kind in Self.kinds {
      for value in try await kind.fit(set).head.decision(set.features).values { #expect(abs(value) < 1e-6) }
    }
  }

  @Test func oneRowAClass() async throws {
    let set = try data([[1, 2], [3, 1]], [0, 1])
    for kind in Self.kinds {
      if kind is LinearDiscriminantAnalysis {
        #expect(await code(kind, set) == .invalidFeatures)
      } else {
        #expect(try await kind.fit(set).head.predict(set.features) == [0, 1])
      }
    }
  }

  @Test func fortyRowsOf25088Numbers() async throws {
    var random = SplitMix64(state: 9)
    let (rows, dimension) = (40, 25088)
    let labels = (0..<rows).map { $0 % 5 }
    var values = (0..<rows * dimension).map { _ in Float(random.uniform()) }
    for row in 0..<rows {
      for column in 0..<300 { values[row * dimension + labels[row] * 300 + column] += 1 }
    }
    let set = try LabeledFeatures(
      FeatureMatrix(values, dimension: dimension), labels: labels, classes: (0..<5).map { "c\($0)" })
    for kind in Self.kinds {
      let result = try await kind.fit(set)
      let accuracy = try result.head.evaluate(set).accuracy
      // Without shrinkage the directions that tell the classes apart are those that the covariance does not know.
      let isRegular =
        (kind as? LinearDiscriminantAnalysis)?.shrinkage != LinearDiscriminantAnalysis.Shrinkage.none
      #expect(isRegular ? accuracy == 1 : accuracy > 0.1, "\(kind)")
      #expect(result.certificate.isConverged)
    }
  }

  @Test func settingsOutOfRange() async throws {
    let set = try data(plain, [0, 0, 1, 1, 0, 1])
    var wrong: [any HeadConfiguration] = [NearestClassMean(metric: .cosine, scaling: .standardize)]
    for alpha in [0, -1, .nan, .infinity] {
      wrong.append(RidgeClassifier(regularization: .ridge(alpha: alpha)))
    }
    for share in [-0.1, 1.1, .nan] { wrong.append(LinearDiscriminantAnalysis(shrinkage: .fixed(share))) }
    wrong.append(RidgeClassifier(classWeights: .given([1])))
    for kind in wrong { #expect(await code(kind, set) == .invalidArgument, "\(kind)") }
  }

  /// The system is singular then: two columns are one, and rounding would decide.
  @Test func withoutPenaltyTheShortestAnswerIsTaken() async throws {
    let set = try data(plain.map { [$0[0], $0[0], $0[1]] }, [0, 0, 1, 1, 0, 1])
    let ridge = try await RidgeClassifier(regularization: .c(1e300), scaling: .none).fit(set).head.layers[0]
    #expect(abs(ridge.weight[0] - ridge.weight[1]) < 1e-6 && ridge.weight[0] != 0)
    let half = try await RidgeClassifier(regularization: .c(1e300), scaling: .none).fit(
      try data(plain, [0, 0, 1, 1, 0, 1])
    ).head.layers[0]
    #expect(abs(ridge.weight[0] * 2 - half.weight[0]) < 1e-5 && abs(ridge.weight[2] - half.weight[1]) < 1e-5)
  }

  @Test func rowsAndColumnsBeyondTheLargestSystem() async throws {
    let side = SymmetricMatrix.largestOrder + 1
    let set = try LabeledFeatures(
      FeatureMatrix(Array(repeating: 1, count: side), dimension: 1), labels: (0..<side).map { $0 % 2 },
      classes: ["a", "b"])
    #expect(throws: TensorsError.self) { try SymmetricMatrix(order: side) }
    // Many rows alone are no matter.
    #expect(await code(RidgeClassifier(), set) == nil)
  }
}
