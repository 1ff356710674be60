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

/// Training step by step as PyTorch in float64, from the same weights (`Goldens/make_perceptron.py`).
@Suite struct PerceptronParityTests {
  struct Run: Sendable, CustomStringConvertible {
    let json: JSONValue
    let index: Int
    var description: String { "\(index): \(json["name"]?.string ?? "") on \(json["data"]?.string ?? "")" }
  }

  static let runs = (Goldens.json("perceptron.json")["runs"]?.array ?? []).enumerated()
    .map { Run(json: $1, index: $0) }

  @Test func goldensAreRead() { #expect(Self.runs.count == 6) }

  @Test(arguments: runs)
  func stepsMeetPyTorch(_ run: Run) async throws {
    let json = run.json
    let golden = try GoldenCase.named(try #require(json["data"]?.string))
    let hidden = try #require(json["hidden"]?.array).compactMap(\.integer)
    let epochs = try #require(json["epochs"]?.integer)
    let optimizers = ["sgd": Optimizer.sgd(), "adam": .adam(), "adamW": .adamW()]
    let schedules = [
      "constant": LearningRateSchedule.constant, "step": .step(every: 10, factor: 0.5), "cosine": .cosine,
    ]
    let configuration = MultilayerPerceptron(
      hidden: hidden, optimizer: try #require(optimizers[json["name"]?.string ?? ""]),
      learningRate: try #require(json["rate"]?.number),
      layerRates: json["layerRates"]?.array?.compactMap(\.number) ?? [],
      schedule: try #require(schedules[json["schedule"]?.string ?? ""]),
      weightDecay: try #require(json["decay"]?.number), batchSize: golden.data.count, epochs: epochs,
      classWeights: json["balanced"]?.bool == true ? .balanced : .uniform, scaling: .none,
      pretrained: try start(widths: [golden.data.features.dimension] + hidden + [golden.classCount]))
    let result = try await configuration.fit(golden.data, options: FitOptions(threads: 1))
    let losses = try #require(json["losses"]?.array).compactMap(\.number)
    #expect(result.history.count == losses.count && losses.count == epochs)
    for (record, loss) in zip(result.history, losses) {
      #expect(abs(record.trainingLoss - loss) <= 1e-4 * loss, "epoch \(record.epoch)")
    }
    let tensors = try #require(json["weights"]?.array)
    #expect(tensors.count == 2 * result.head.layers.count)
    for (index, layer) in result.head.layers.enumerated() {
      for (own, wanted) in [(layer.weight, tensors[2 * index]), (layer.bias, tensors[2 * index + 1])] {
        let peer = try #require(wanted.array).compactMap(\.number)
        #expect(own.count == peer.count)
        let worst = zip(own, peer).map { abs(Double($0) - $1) }.max() ?? 1
        #expect(worst <= 1e-3, "layer \(index): \(worst)")
      }
    }
  }

  /// The weights the script starts from.
  private func start(widths: [Int]) throws -> [Int: DenseLayer] {
    var random = SplitMix64(state: 31)
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
}
