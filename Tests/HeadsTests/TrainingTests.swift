import Heads
import Tensors
import Testing

/// What `Goldens/make_training.py` saw.
enum TrainingGoldens {
  static let document: JSONValue = {
    let folder = #filePath.prefix(through: #filePath.lastIndex(of: "/") ?? #filePath.startIndex)
    guard let bytes = try? FileBytes.read(folder + "Goldens/training.json", limit: 1 << 20) else {
      return .null
    }
    return (try? JSONParser.parse(bytes)) ?? .null
  }()
}

@Suite struct TrainingTests {
  @Test(
    arguments: [
      ("step", LearningRateSchedule.step(every: 3, factor: 0.3), 10), ("cosine", .cosine, 10),
      ("cosineTo", .cosineTo(fraction: 0.1), 10), ("plateau", .plateau(factor: 0.2, patience: 2), 20),
      ("plateauFloor", .plateau(factor: 0.1, patience: 0, threshold: 0.05, minimumRate: 0.02), 20),
      ("warmUpCosine", .warmUp(epochs: 4, fromFraction: 0.1, then: .cosine), 12),
      ("warmUpStep", .warmUp(epochs: 3, fromFraction: 0.25, then: .step(every: 2, factor: 0.5)), 10),
      ("warmUp", .warmUp(epochs: 5, fromFraction: 0.2, then: .constant), 9),
    ])
  func schedulesMeetPyTorch(_ name: String, _ schedule: LearningRateSchedule, _ epochs: Int) throws {
    let golden = try #require(TrainingGoldens.document["schedules"])
    let losses = flat(golden["losses"])
    var sequence = RateSequence(schedule, peak: 0.5, epochs: epochs)
    var rates: [Double] = []
    for epoch in 0..<epochs {
      rates.append(sequence.rate(epoch: epoch))
      sequence.finish(epoch: epoch, loss: losses[epoch])
    }
    let wanted = flat(golden[name])
    #expect(rates.count == wanted.count)
    for (rate, wanted) in zip(rates, wanted) { #expect(abs(rate - wanted) < 1e-11, "\(rates)") }
  }

  /// A warm-up hides the epochs it takes from the schedule behind it.
  @Test func aPlateauBehindAWarmUp() {
    var sequence = RateSequence(
      .warmUp(epochs: 2, fromFraction: 0.5, then: .plateau(factor: 0.5, patience: 0)), peak: 1, epochs: 6)
    var rates: [Double] = []
    for epoch in 0..<6 {
      rates.append(sequence.rate(epoch: epoch))
      sequence.finish(epoch: epoch, loss: 1)
    }
    #expect(rates == [0.5, 0.75, 1, 1, 0.5, 0.25])
  }

  @Test func aPlateauLowersTheRateOfATraining() async throws {
    let data = try GoldenCase.named("binary").data
    let configuration = MultilayerPerceptron(
      hidden: [3], schedule: .plateau(factor: 0.5, patience: 0, threshold: 0.9), epochs: 4)
    let rates = try await configuration.fit(data).history.map(\.learningRate)
    #expect(rates == [1e-3, 1e-3, 5e-4, 2.5e-4])
  }

  struct Run: Sendable, CustomStringConvertible {
    let json: JSONValue
    var description: String { "\(json["activation"]?.string ?? "") \(json["optimizer"]?.string ?? "")" }
  }

  static let runs = (TrainingGoldens.document["runs"]?.array ?? []).map { Run(json: $0) }

  private func start(_ widths: [Int], seed: Int) throws -> [Int: DenseLayer] {
    var random = SplitMix64(state: UInt64(seed))
    var layers: [Int: DenseLayer] = [:]
    for (index, (inputs, outputs)) in zip(widths, widths.dropFirst()).enumerated() {
      func draw(_ count: Int) -> [Float] {
        (0..<count).map { _ in Float(random.uniform() / Double(inputs).squareRoot()) }
      }
      let weight = draw(inputs * outputs)
      layers[index] = try DenseLayer(inputs: inputs, outputs: outputs, weight: weight, bias: draw(outputs))
    }
    return layers
  }

  @Test func goldensAreRead() { #expect(Self.runs.count == 6) }

  @Test(arguments: runs) func trainingMeetsPyTorch(_ run: Run) async throws {
    let json = run.json
    let golden = try GoldenCase.named(try #require(json["data"]?.string))
    let hidden = try #require(json["hidden"]?.array).compactMap(\.integer)
    let optimizers = [
      "nesterov": Optimizer.sgd(isNesterov: true), "sgd": .sgd(), "adam": .adam(), "adamW": .adamW(),
    ]
    let configuration = MultilayerPerceptron(
      hidden: hidden, optimizer: try #require(optimizers[json["optimizer"]?.string ?? ""]),
      learningRate: try #require(json["rate"]?.number), weightDecay: try #require(json["decay"]?.number),
      batchSize: golden.data.count, epochs: try #require(json["epochs"]?.integer), scaling: .none,
      pretrained: try start(
        [golden.data.features.dimension] + hidden + [golden.classCount],
        seed: try #require(json["seed"]?.integer)),
      activation: try #require(json["activation"]?.string.flatMap(Activation.init)),
      hasBatchNormalization: json["batchNormalization"]?.bool == true)
    let result = try await configuration.fit(golden.data, options: FitOptions(threads: 1))
    let losses = flat(json["losses"])
    #expect(result.history.count == losses.count)
    for (record, loss) in zip(result.history, losses) {
      #expect(abs(record.trainingLoss - loss) < 1e-4 * loss, "\(run) epoch \(record.epoch)")
    }
    // Of the running averages, folded into dense layers.
    let probabilities = try #require(
      try result.head.probabilities(golden.data.features.selecting(Array(0..<12))))
    #expect(distance(probabilities.values, flat(json["probabilities"])) < 1e-3, "\(run)")
    #expect(result.head.activation == configuration.activation)
  }

  @Test(arguments: Activation.allCases, [false, true])
  func gradientsMeetFiniteDifferences(_ activation: Activation, _ isNormalized: Bool) throws {
    var network = PerceptronNetwork(
      widths: [4, 6, 5, 3], seed: 5, activation: activation, hasBatchNormalization: isNormalized)
    var random = SplitMix64(state: 8)
    let input = PanelMatrix(rows: 7, columns: 4) { _, _ in Float(random.uniform()) }
    let pool = try WorkerPool(threads: 2)
    let labels = [0, 1, 2, 0, 1, 2, 1]
    let weights = [1, 2, 0.5, 1, 0, 3, 1.0]
    var passes = network.makePasses()
    let gradients = network.gradients(input, labels: labels, weights: weights, &passes, on: pool).weights
    /// How far a difference is from a gradient. A step across ReLU's corner tells nothing, so that the best of
    /// three sizes counts.
    func error(_ path: WritableKeyPath<PerceptronNetwork, Float>, _ gradient: Float) -> Double {
      let kept = network[keyPath: path]
      func loss(_ value: Float) -> Double {
        network[keyPath: path] = value
        defer { network[keyPath: path] = kept }
        var passes = network.makePasses()
        return network.gradients(input, labels: labels, weights: weights, &passes, on: pool).loss
      }
      let errors = [0x1p-9, 0x1p-12, 0x1p-14].map { (step: Float) in
        abs((loss(kept + step) - loss(kept - step)) / Double(2 * step) - Double(gradient))
      }
      return errors.min() ?? .infinity
    }
    for layer in network.layers.indices {
      for input in 0..<network.layers[layer].inputs {
        for output in 0..<network.layers[layer].outputs {
          #expect(error(\.layers[layer].weight[input, output], gradients[layer][input, output]) < 3e-3)
        }
      }
      guard isNormalized, layer < 2 else { continue }
      // A bias before batch normalisation changes nothing.
      #expect(passes[layer].biasGradient.allSatisfy { $0 == 0 })
      for index in 0..<network.layers[layer].outputs {
        let pass = passes[layer].normalization
        #expect(error(\.layers[layer].normalization!.scale[index], pass.scaleGradient[index]) < 3e-3)
        #expect(error(\.layers[layer].normalization!.shift[index], pass.shiftGradient[index]) < 3e-3)
      }
    }
  }

  /// With 61 rows and batches of 4 the last batch has one row.
  @Test func batchesOfOneRowAreLeftOutOfBatchNormalization() async throws {
    let data = try GoldenCase.named("separable").data.selecting(Array(0..<61))
    let configuration = MultilayerPerceptron(
      hidden: [8], learningRate: 0.02, batchSize: 4, epochs: 25, hasBatchNormalization: true)
    let result = try await configuration.fit(data, validation: data, options: FitOptions(threads: 1))
    #expect(try result.head.evaluate(data).accuracy > 0.95)
    // Validation uses the running averages, as the folded head does.
    let last = try #require(result.history.compactMap(\.validationLoss).min())
    let folded = try #require(try result.head.evaluate(data).logLoss)
    #expect(abs(folded - last) < 1e-4 * max(1, last))
  }

  @Test func settingsOutOfRangeAreRefused() async throws {
    let data = try GoldenCase.named("binary").data
    let schedules: [LearningRateSchedule] = [
      .cosineTo(fraction: 2), .plateau(factor: 1), .plateau(patience: -1), .plateau(threshold: .nan),
      .plateau(minimumRate: -1), .warmUp(epochs: 0, fromFraction: 0.5, then: .constant),
      .warmUp(epochs: 1, fromFraction: 0, then: .constant),
      .warmUp(epochs: 1, fromFraction: 0.5, then: .step(every: 0, factor: 1)),
    ]
    var wrong = schedules.map { MultilayerPerceptron(hidden: [], schedule: $0) }
    wrong.append(MultilayerPerceptron(hidden: [2], batchSize: 1, hasBatchNormalization: true))
    for configuration in wrong {
      let error = await #expect(throws: HeadsError.self) { try await configuration.fit(data) }
      #expect(error?.code == .invalidArgument)
    }
  }
}
