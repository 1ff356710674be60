import Heads
import Tensors
import Testing

/// What must hold of every head whatever the numbers are.
@Suite struct PropertyTests {
  /// One head of each kind whose answer is the minimum of a convex objective, and how tight it is solved.
  static let convex: [any RegularizedConfiguration] = [
    LogisticRegression(tolerance: 1e-9, iterationLimit: 10_000),
    LinearSVM(tolerance: 1e-10, iterationLimit: 20_000),
    LinearSVM(loss: .hinge, regularization: .c(0.1), tolerance: 1e-8, iterationLimit: 20_000),
  ]
  /// One of each kind, solved as by default.
  static let all: [any HeadConfiguration] = [
    LogisticRegression(), LinearSVM(), LinearSVM(loss: .hinge, regularization: .c(0.1)),
    MultilayerPerceptron(hidden: [6, 5], dropout: 0.1, batchSize: 32, epochs: 3),
  ]
  static let names = ["binary", "multiclass", "imbalanced", "collinear", "wide"]

  private func same(_ a: Head, _ b: Head, within tolerance: Float, _ comment: Comment) {
    #expect(a.layers.count == b.layers.count, comment)
    for (a, b) in zip(a.layers, b.layers) {
      let largest = max(a.weight.map(abs).max() ?? 0, 1e-3)
      let weights = zip(a.weight, b.weight).map { abs($0 - $1) }.max() ?? 1
      let biases = zip(a.bias, b.bias).map { abs($0 - $1) }.max() ?? 1
      #expect(weights <= tolerance * largest && biases <= 10 * tolerance, comment)
    }
  }

  @Test(arguments: names)
  func equalSettingsGiveEqualBits(_ name: String) async throws {
    let data = try GoldenCase.named(name).data
    for configuration in Self.all {
      for threads in [1, 3] {
        let options = FitOptions(threads: threads, seed: 11)
        let first = try await configuration.fit(data, options: options)
        let second = try await configuration.fit(data, options: options)
        #expect(first.head == second.head, "\(name), \(configuration.name)")
        #expect(first.certificate.objective == second.certificate.objective)
        #expect(first.certificate.iterations == second.certificate.iterations)
        #expect(first.history == second.history)
      }
    }
  }

  @Test(arguments: names)
  func threadCountsAgree(_ name: String) async throws {
    let data = try GoldenCase.named(name).data
    for configuration in Self.convex {
      let one = try await configuration.fit(data, options: FitOptions(threads: 1))
      for threads in [2, 5] {
        let other = try await configuration.fit(data, options: FitOptions(threads: threads))
        let objective = one.certificate.objective
        #expect(abs(other.certificate.objective - objective) <= 1e-8 * objective)
        same(one.head, other.head, within: 1e-4, "\(name), \(configuration.name), \(threads) threads")
      }
    }
  }

  /// Rows that are read again on every pass, lie in several blocks, or are a selection are the same rows.
  @Test(arguments: names)
  func whereRowsLieDoesNotMatter(_ name: String) async throws {
    let data = try GoldenCase.named(name).data
    let dimension = data.features.dimension
    let cut = data.count / 3
    let parts = [0..<cut, cut..<cut + 1, cut + 1..<data.count]
    var joined = try FeatureMatrix(data.features.rows(parts[0]), dimension: dimension)
    for part in parts.dropFirst() {
      joined = try joined.appending(FeatureMatrix(data.features.rows(part), dimension: dimension))
    }
    let blocks = try LabeledFeatures(
      joined, labels: data.labels, classes: data.classes, weights: data.weights)
    let backwards = Array((0..<data.count).reversed())
    let mirrored = try FeatureMatrix(
      backwards.flatMap { try data.features.row($0) }, dimension: dimension
    ).selecting(backwards)
    let selected = try LabeledFeatures(
      mirrored, labels: data.labels, classes: data.classes, weights: data.weights)
    for configuration in Self.all {
      let options = FitOptions(threads: 2, seed: 5)
      let expected = try await configuration.fit(data, options: options)
      for (other, budget) in [(data, 0), (blocks, 1 << 30), (blocks, 0), (selected, 1 << 30), (selected, 0)] {
        let streamed = FitOptions(threads: 2, seed: 5, rowMemoryBudget: budget)
        let result = try await configuration.fit(other, options: streamed)
        #expect(result.head == expected.head, "\(name), \(configuration.name), budget \(budget)")
      }
    }
  }

  @Test(arguments: [ElementType.float16, .bfloat16, .int8])
  func narrowRowsFitAsTheirWidenedValues(_ type: ElementType) async throws {
    for name in ["multiclass", "imbalanced"] {
      let data = try GoldenCase.named(name).data
      let narrow = try narrowed(data.features, type)
      #expect(narrow.elementType == type)
      let wide = try FeatureMatrix(narrow.rows(0..<data.count), dimension: narrow.dimension)
      func labeled(_ features: FeatureMatrix) throws -> LabeledFeatures {
        try LabeledFeatures(features, labels: data.labels, classes: data.classes, weights: data.weights)
      }
      for configuration in Self.all {
        for budget in [0, 1 << 30] {
          let options = FitOptions(threads: 2, rowMemoryBudget: budget)
          let a = try await configuration.fit(labeled(narrow), options: options)
          let b = try await configuration.fit(labeled(wide), options: options)
          #expect(a.head == b.head, "\(name), \(configuration.name), \(type)")
        }
      }
    }
  }

  private func narrowed(_ features: FeatureMatrix, _ type: ElementType) throws -> FeatureMatrix {
    let (n, d) = (features.rowCount, features.dimension)
    var bytes: [UInt8] = []
    var scales: [Float] = []
    for row in 0..<n {
      let values = try features.row(row)
      switch type {
      case .float16: for value in values { bytes += bytesInMemory([Float16(value)]) }
      case .bfloat16: for value in values { bytes += bytesInMemory([UInt16(value.bitPattern >> 16)]) }
      default:
        let scale = (values.map(abs).max() ?? 0) / 127
        scales.append(scale)
        for value in values { bytes.append(UInt8(bitPattern: Int8((value / scale).rounded()))) }
      }
    }
    let stored = try StoredRows(
      FileBytes(copying: bytes, name: "narrow rows"), at: 0, rowCount: n, dimension: d, elementType: type,
      scales: type == .int8 ? scales : nil)
    return try FeatureMatrix(blocks: [stored], dimension: d, elementType: type)
  }

  @Test(arguments: names)
  func permutedRowsAndClassesPermuteTheAnswer(_ name: String) async throws {
    let data = try GoldenCase.named(name).data
    let k = data.classes.count
    var generator = SeededGenerator(seed: 3)
    var order = Array(0..<data.count)
    generator.shuffle(&order)
    let map = (0..<k).map { ($0 + 1) % k }
    let permuted = try LabeledFeatures(
      data.features.selecting(order), labels: order.map { map[data.labels[$0]] },
      classes: (0..<k).map { "renamed \($0)" },
      weights: data.weights.map { weights in order.map { weights[$0] } })
    for configuration in Self.convex {
      let plain = try await configuration.fit(data)
      let other = try await configuration.fit(permuted)
      let (a, b) = (plain.head.layers[0], other.head.layers[0])
      let objective = plain.certificate.objective
      #expect(abs(other.certificate.objective - objective) <= 1e-7 * objective)
      let largest = max(a.weight.map(abs).max() ?? 0, 1e-3)
      for label in 0..<a.outputs {
        // With two classes the one vector changes its sign.
        let (row, sign) = k == 2 ? (0, Float(-1)) : (map[label], 1)
        for column in 0..<a.inputs {
          let difference = abs(
            a.weight[label * a.inputs + column] - sign * b.weight[row * a.inputs + column])
          #expect(difference <= 2e-4 * largest, "\(name), \(configuration.name): \(difference)")
        }
      }
    }
  }

  /// Where a step sees all rows, neither their order nor that of the hidden units or classes matters.
  @Test func permutedRowsAndClassesPermuteANetwork() async throws {
    let data = try GoldenCase.named("multiclass").data
    let map = [2, 0, 3, 1]
    var random = SplitMix64(state: 6)
    let (inputs, width) = (data.features.dimension, 5)
    let hidden = try DenseLayer(
      inputs: inputs, outputs: width, weight: (0..<inputs * width).map { _ in Float(random.uniform()) },
      bias: (0..<width).map { _ in Float(random.uniform()) })
    let top = (0..<4).map { _ in (0..<width).map { _ in Float(random.uniform()) } }
    func network(_ rows: [[Float]]) throws -> MultilayerPerceptron {
      let last = try DenseLayer(inputs: width, outputs: 4, weight: rows.flatMap { $0 }, bias: [0, 0, 0, 0])
      return MultilayerPerceptron(
        hidden: [width], optimizer: .sgd(), learningRate: 0.1, batchSize: data.count, epochs: 20,
        pretrained: [0: hidden, 1: last])
    }
    var moved = top
    for label in 0..<4 { moved[map[label]] = top[label] }
    let order = Array((0..<data.count).reversed())
    let permuted = try LabeledFeatures(
      data.features.selecting(order), labels: order.map { map[data.labels[$0]] }, classes: data.classes)
    let plain = try await network(top).fit(data)
    let other = try await network(moved).fit(permuted)
    for (a, b) in zip(plain.history, other.history) { #expect(abs(a.trainingLoss - b.trainingLoss) < 1e-4) }
    for label in 0..<4 {
      for unit in 0..<width {
        let here = plain.head.layers[1].weight[label * width + unit]
        #expect(abs(here - other.head.layers[1].weight[map[label] * width + unit]) < 1e-3)
      }
    }
  }

  /// A row of weight 2 is a row that is there twice; C times as much is weights times as much.
  @Test(arguments: ["binary", "multiclass"])
  func weightsCountRows(_ name: String) async throws {
    let data = try GoldenCase.named(name).data
    let counts = (0..<data.count).map { 1 + $0 % 3 }
    let repeated = data.selecting(counts.enumerated().flatMap { Array(repeating: $0, count: $1) })
    let weighted = try LabeledFeatures(
      data.features, labels: data.labels, classes: data.classes, weights: counts.map { Double($0) })
    let scaled = try LabeledFeatures(
      data.features, labels: data.labels, classes: data.classes, weights: counts.map { Double($0) * 8 })
    for configuration in Self.convex {
      for classWeights in [ClassWeights.uniform, .balanced] {
        let plain = unscaled(configuration, classWeights, c: 0.4)
        let expected = try await plain.fit(repeated)
        same(expected.head, try await plain.fit(weighted).head, within: 1e-4, "\(name), \(plain.name)")
        let eighth = unscaled(configuration, classWeights, c: 0.05)
        same(expected.head, try await eighth.fit(scaled).head, within: 1e-4, "\(name), \(plain.name)")
      }
    }
  }

  /// Balanced class weights are the given ones of their formula, and both multiply row weights.
  @Test func balancedWeightsAreGivenOnes() async throws {
    let golden = try GoldenCase.named("imbalanced")
    let data = golden.data
    let weights = golden.effectiveWeights(balanced: true)
    let factors = (0..<golden.classCount).map { label -> Double in
      let row = data.labels.firstIndex(of: label) ?? 0
      return weights[row] / (data.weights?[row] ?? 1)
    }
    let folded = try LabeledFeatures(
      data.features, labels: data.labels, classes: data.classes, weights: weights)
    for configuration in Self.convex {
      let balanced = try await unscaled(configuration, .balanced, c: 1).fit(data)
      let given = try await unscaled(configuration, .given(factors), c: 1).fit(data)
      let rows = try await unscaled(configuration, .uniform, c: 1).fit(folded)
      same(balanced.head, given.head, within: 1e-4, "\(configuration.name)")
      same(balanced.head, rows.head, within: 1e-4, "\(configuration.name)")
    }
  }

  private func unscaled(
    _ configuration: any RegularizedConfiguration, _ classWeights: ClassWeights, c: Double
  ) -> any RegularizedConfiguration {
    switch configuration {
    case var logistic as LogisticRegression:
      (logistic.scaling, logistic.classWeights, logistic.regularization) = (.none, classWeights, .c(c))
      return logistic
    case var svm as LinearSVM:
      (svm.scaling, svm.classWeights, svm.regularization) = (.none, classWeights, .c(c))
      return svm
    default: return configuration
    }
  }

  /// Standardised columns forget their units.
  @Test func standardizedFitsDoNotDependOnUnits() async throws {
    let data = try GoldenCase.named("multiclass").data
    let d = data.features.dimension
    let values = try data.features.rows(0..<data.count)
    // Powers of two, so that nothing is rounded.
    let factors = (0..<d).map { Float(sign: .plus, exponent: $0 % 7 - 3, significand: 1) }
    let converted = try LabeledFeatures(
      FeatureMatrix(values.indices.map { values[$0] * factors[$0 % d] }, dimension: d), labels: data.labels,
      classes: data.classes)
    for configuration in Self.convex {
      let plain = try await configuration.fit(data).head
      let other = try await configuration.fit(converted).head
      let (a, b) = (try plain.decision(data.features), try other.decision(converted.features))
      for (x, y) in zip(a.values, b.values) { #expect(abs(x - y) < 1e-3, "\(configuration.name)") }
    }
  }
}
