import Heads
import Synchronization
import Tensors
import Testing

@Suite struct MultilayerPerceptronTests {
  private func trained(
    _ configuration: MultilayerPerceptron, _ golden: GoldenCase, validation: LabeledFeatures? = nil,
    seed: UInt64 = 1
  ) async throws -> FitResult {
    try await configuration.fit(
      golden.data, validation: validation, options: FitOptions(threads: 1, seed: seed))
  }

  @Test func equalSeedsGiveEqualBitsAndOthersDoNot() async throws {
    let golden = try GoldenCase.named("multiclass")
    let configuration = MultilayerPerceptron(hidden: [9, 5], dropout: 0.2, epochs: 4)
    let first = try await trained(configuration, golden)
    let second = try await trained(configuration, golden)
    #expect(first.head == second.head && first.history == second.history)
    #expect(try await trained(configuration, golden, seed: 2).head != first.head)
    #expect(first.history.count == 4 && first.certificate.status == .scheduleCompleted)
    #expect(first.head.layers.map(\.outputs) == [9, 5, 4])
  }

  @Test func bitsDoNotDependOnThreads() async throws {
    let golden = try GoldenCase.named("multiclass")
    let configuration = MultilayerPerceptron(
      hidden: [150, 70], dropout: 0.2, batchSize: 13, epochs: 3, activation: .gelu,
      hasBatchNormalization: true)
    let one = try await configuration.fit(golden.data, options: FitOptions(threads: 1))
    let three = try await configuration.fit(golden.data, options: FitOptions(threads: 3))
    #expect(one.head == three.head && one.history == three.history)
  }

  @Test func theCertificateCountsTheArraysOfTheFit() async throws {
    let golden = try GoldenCase.named("multiclass")
    let configuration = MultilayerPerceptron(hidden: [500], epochs: 1, scaling: .none)
    let bytes = try await trained(configuration, golden).certificate.peakBytes
    // Weights, two moments and the best weights; little else.
    let weights = 4 * 500 * (golden.data.features.dimension + golden.classCount)
    #expect(bytes > 4 * weights && bytes < 40 * weights, "\(bytes)")
  }

  @Test func everyOptimizerLearns() async throws {
    let golden = try GoldenCase.named("separable")
    for (optimizer, rate) in [(Optimizer.adam(), 0.01), (.adamW(), 0.01), (.sgd(), 0.05)] {
      let configuration = MultilayerPerceptron(
        hidden: [12], optimizer: optimizer, learningRate: rate, weightDecay: 1e-3, batchSize: 16, epochs: 60)
      let result = try await trained(configuration, golden)
      let losses = result.history.map(\.trainingLoss)
      #expect(losses[59] < 0.1 * losses[0], "\(optimizer): \(losses[59])")
      #expect(try result.head.evaluate(golden.data).accuracy > 0.97)
    }
  }

  @Test func withoutHiddenLayersItApproachesLogisticRegression() async throws {
    let golden = try GoldenCase.named("multiclass")
    let n = Double(golden.data.count)
    // L2 of strength d in the gradient is the penalty d/2 |W|^2 of the mean loss, so C = 1 / (d n); weight decay
    // acts on the bias too, which hardly matters for so small a d.
    let network = MultilayerPerceptron(
      hidden: [], optimizer: .adam(), learningRate: 0.05, schedule: .cosine, weightDecay: 1e-3,
      batchSize: golden.data.count, epochs: 500)
    let logistic = LogisticRegression(regularization: .c(1 / (1e-3 * n)), tolerance: 1e-8)
    let a = try #require(try await trained(network, golden).head.probabilities(golden.data.features))
    let b = try #require(try await logistic.fit(golden.data).head.probabilities(golden.data.features))
    let worst = zip(a.values, b.values).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < 0.02, "\(worst)")
  }

  @Test func gradientsMeetFiniteDifferences() throws {
    var network = PerceptronNetwork(widths: [4, 6, 5, 3], seed: 5)
    var random = SplitMix64(state: 8)
    let input = PanelMatrix(rows: 7, columns: 4) { _, _ in Float(random.uniform()) }
    let pool = try WorkerPool(threads: 2)
    let labels = [0, 1, 2, 0, 1, 2, 1]
    let weights = [1, 2, 0.5, 1, 0, 3, 1.0]
    var passes = network.makePasses()
    let gradients = network.gradients(input, labels: labels, weights: weights, &passes, on: pool).weights
    func loss(_ network: PerceptronNetwork) -> Double {
      var passes = network.makePasses()
      return network.gradients(input, labels: labels, weights: weights, &passes, on: pool).loss
    }
    for layer in network.layers.indices {
      for input in 0..<network.layers[layer].inputs {
        for output in 0..<network.layers[layer].outputs {
          let kept = network.layers[layer].weight[input, output]
          network.layers[layer].weight[input, output] = kept + 0x1p-8
          let above = loss(network)
          network.layers[layer].weight[input, output] = kept - 0x1p-8
          let below = loss(network)
          network.layers[layer].weight[input, output] = kept
          let expected = (above - below) * 0x1p7
          #expect(abs(expected - Double(gradients[layer][input, output])) < 2e-3)
        }
      }
      for index in network.layers[layer].bias.indices {
        let kept = network.layers[layer].bias[index]
        network.layers[layer].bias[index] = kept + 0x1p-8
        let above = loss(network)
        network.layers[layer].bias[index] = kept - 0x1p-8
        let below = loss(network)
        network.layers[layer].bias[index] = kept
        let expected = (above - below) * 0x1p7
        #expect(abs(expected - Double(passes[layer].biasGradient[index])) < 2e-3)
      }
    }
  }

  @Test func earlyStoppingKeepsTheBestWeights() async throws {
    let golden = try GoldenCase.named("imbalanced")
    let split = try DataSplit(
      stratified: golden.data.labels, .fractions(training: 0.7, validation: 0.3, test: 0), seed: 1)
    let validation = golden.data.selecting(split.validation)
    let configuration = MultilayerPerceptron(
      hidden: [40], learningRate: 0.03, batchSize: 8, epochs: 200, earlyStopping: EarlyStopping(patience: 5))
    let result = try await configuration.fit(
      golden.data.selecting(split.training), validation: validation, options: FitOptions(threads: 1))
    #expect(result.certificate.status == .stoppedEarly)
    let losses = result.history.compactMap(\.validationLoss)
    #expect(losses.count == result.history.count && losses.count < 200)
    let best = try #require(losses.min())
    #expect(losses.firstIndex(of: best) == losses.count - 6)
    let kept = try #require(try result.head.evaluate(validation).logLoss)
    #expect(abs(kept - best) < 1e-4)
    #expect(result.certificate.objective == result.history[losses.count - 6].trainingLoss)
  }

  @Test func pretrainedFrozenLayersStay() async throws {
    let golden = try GoldenCase.named("multiclass")
    var random = SplitMix64(state: 4)
    let given = try DenseLayer(
      inputs: 12, outputs: 7, weight: (0..<84).map { _ in Float(random.uniform()) },
      bias: (0..<7).map { _ in Float(random.uniform()) })
    let configuration = MultilayerPerceptron(
      hidden: [7], layerRates: [0, 1], epochs: 3, pretrained: [0: given])
    let result = try await trained(configuration, golden)
    for (a, b) in zip(result.head.layers[0].weight, given.weight) { #expect(abs(a - b) < 1e-5) }
    for (a, b) in zip(result.head.layers[0].bias, given.bias) { #expect(abs(a - b) < 1e-5) }
    var unfrozen = configuration
    unfrozen.layerRates = [0.1, 1]
    let moved = try await trained(unfrozen, golden)
    #expect(moved.head.layers[0].weight != result.head.layers[0].weight)
  }

  @Test func schedules() async throws {
    let golden = try GoldenCase.named("binary")
    let step = MultilayerPerceptron(
      hidden: [], learningRate: 0.5, schedule: .step(every: 2, factor: 0.1), epochs: 5)
    let rates = try await trained(step, golden).history.map(\.learningRate)
    for (rate, wanted) in zip(rates, [0.5, 0.5, 0.05, 0.05, 0.005]) { #expect(abs(rate - wanted) < 1e-12) }
    let cosine = MultilayerPerceptron(hidden: [], learningRate: 1, schedule: .cosine, epochs: 4)
    let falling = try await trained(cosine, golden).history.map(\.learningRate)
    #expect(falling[0] == 1 && abs(falling[2] - 0.5) < 1e-12 && falling[3] < falling[2])
  }

  @Test func settingsOutOfRangeAreRefused() async throws {
    let golden = try GoldenCase.named("binary")
    let wrong = [
      MultilayerPerceptron(hidden: [0]), MultilayerPerceptron(hidden: [3], dropout: 1),
      MultilayerPerceptron(hidden: [], learningRate: .nan), MultilayerPerceptron(hidden: [], batchSize: 0),
      MultilayerPerceptron(hidden: [], epochs: 0), MultilayerPerceptron(hidden: [3], layerRates: [1]),
      MultilayerPerceptron(hidden: [], schedule: .step(every: 0, factor: 0.1)),
      MultilayerPerceptron(hidden: [], optimizer: .sgd(momentum: 1)),
      MultilayerPerceptron(
        hidden: [3],
        pretrained: [
          0: try DenseLayer(inputs: 2, outputs: 3, weight: Array(repeating: 0, count: 6), bias: [0, 0, 0])
        ]),
    ]
    for configuration in wrong {
      let error = await #expect(throws: HeadsError.self) { try await configuration.fit(golden.data) }
      #expect(error?.code == .invalidArgument)
    }
  }
}
