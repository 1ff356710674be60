import Heads
import Tensors
import TestSupport
import Testing

@Suite struct CalibrationTests {
  struct Case: Sendable, CustomStringConvertible {
    let json: JSONValue
    var description: String { json["data"]?.string ?? "" }

    func head() throws -> (head: Head, data: LabeledFeatures) {
      let golden = try GoldenCase.named(description)
      let weight = flat(json["weight"]).map { Float($0) }
      let outputs = golden.classCount == 2 ? 1 : golden.classCount
      let layer = try DenseLayer(
        inputs: golden.data.features.dimension, outputs: outputs, weight: weight,
        bias: Array(repeating: 0, count: outputs))
      return (try Head(layers: [layer], output: .margins, classes: golden.data.classes), golden.data)
    }
  }

  static let cases = (TrainingGoldens.document["calibration"]?.array ?? []).map { Case(json: $0) }

  @Test func goldensAreRead() { #expect(Self.cases.count == 4) }

  @Test(arguments: cases) func parity(_ peer: Case) throws {
    let (head, data) = try peer.head()
    #expect(!head.hasProbabilities)
    let shown = data.features.selecting(Array(0..<12))
    for (method, name) in [(CalibrationMethod.temperature, "temperature"), (.platt, "sigmoid")] {
      let calibrated = try head.calibrated(method, on: data)
      let probabilities = try #require(try calibrated.probabilities(shown))
      // The peer's minimisers stop at gradients of 1e-6.
      #expect(distance(probabilities.values, flat(peer.json[name])) < 1e-4, "\(peer) \(name)")
      #expect(try calibrated.evaluate(data).logLoss != nil)
    }
    let predictions = try head.calibrated(.platt, on: data).predict(data.features)
    #expect(predictions.map { Double($0) } == flat(peer.json["predictions"]))
  }

  /// No other number near by has a lower log-loss.
  @Test func calibrationMinimisesTheLogLoss() async throws {
    let golden = try GoldenCase.named("multiclass")
    let data = try LabeledFeatures(
      golden.data.features, labels: golden.data.labels, classes: golden.data.classes)
    for kind in [LinearSVM(), LogisticRegression()] as [any HeadConfiguration] {
      let head = try await kind.fit(data).head.calibrated(.temperature, on: data)
      guard case .temperature(let best)? = head.calibration else {
        Issue.record("no temperature")
        return
      }
      let loss = try #require(try head.evaluate(data).logLoss)
      for factor in [0.97, 1.03] {
        let other = try #require(try head.with(.temperature(best * factor)).evaluate(data).logLoss)
        #expect(other > loss)
      }
      #expect(try head.predict(data.features) == head.with(nil).predict(data.features))
    }
  }

  @Test func overconfidenceIsCured() async throws {
    let golden = try GoldenCase.named("imbalanced")
    let split = try DataSplit(
      stratified: golden.data.labels, .fractions(training: 0.4, validation: 0.3, test: 0.3), seed: 1)
    let head = try await LogisticRegression(regularization: .c(1e6)).fit(
      golden.data.selecting(split.training)
    ).head
    let validation = golden.data.selecting(split.validation)
    let test = golden.data.selecting(split.test)
    let before = try #require(try head.evaluate(test).logLoss)
    for method in CalibrationMethod.allCases {
      let after = try #require(try head.calibrated(method, on: validation).evaluate(test).logLoss)
      #expect(after < before, "\(method)")
    }
  }

  @Test func aCalibratedHeadIsSaved() throws {
    for peer in Self.cases {
      let (head, data) = try peer.head()
      for method in CalibrationMethod.allCases {
        let calibrated = try head.calibrated(method, on: data)
        try withTemporaryFolder { folder in
          try calibrated.write(to: folder + "/head")
          #expect(try Head(path: folder + "/head") == calibrated)
        }
      }
    }
  }

  /// Programs that know neither calibration nor activations must refuse files that need them, and read others.
  @Test func theFileSaysWhatItNeeds() throws {
    let (head, data) = try #require(try Self.cases.first?.head())
    func version(_ head: Head) throws -> String? {
      try SafetensorsFile(FileBytes(copying: head.encoded(), name: "head")).metadata["version"]
    }
    #expect(try version(head) == "1")
    #expect(try version(head.calibrated(.temperature, on: data)) == "2")
    let layer = try DenseLayer(inputs: 2, outputs: 2, weight: [1, 2, 3, 4], bias: [0, 0])
    for activation in Activation.allCases {
      let deep = try Head(
        layers: [layer, layer], output: .softmax, classes: ["a", "b"], activation: activation)
      #expect(try version(deep) == (activation == .relu ? "1" : "2"))
      #expect(try Head(FileBytes(copying: deep.encoded(), name: "head")) == deep)
    }
  }

  @Test func badInput() throws {
    let (head, data) = try #require(try Self.cases.last?.head())
    func code(_ rows: LabeledFeatures) -> HeadsError.Code? {
      do throws(HeadsError) {
        _ = try head.calibrated(.platt, on: rows)
        return nil
      } catch { return error.code }
    }
    let others = try LabeledFeatures(data.features, labels: data.labels, classes: ["x", "y", "z"])
    #expect(code(others) == .invalidLabels)
    #expect(code(data.selecting([])) == .missingClass)
    #expect(code(data.selecting([0, 1, 3])) == .missingClass)
    #expect(code(data.selecting([0, 1, 2])) == nil)
    for wrong in [
      Calibration.temperature(0), .temperature(.nan), .platt(slopes: [1], offsets: [1]),
      .platt(slopes: [1, 1, .infinity], offsets: [0, 0, 0]),
    ] {
      #expect(throws: HeadsError.self) { try head.with(wrong) }
    }
  }

  /// A head whose scores are all equal knows nothing, and says so.
  @Test func scoresThatKnowNothing() throws {
    let layer = try DenseLayer(inputs: 1, outputs: 1, weight: [0], bias: [0])
    let head = try Head(layers: [layer], output: .margins, classes: ["a", "b"])
    let data = try LabeledFeatures(
      FeatureMatrix([1, 2, 3, 4], dimension: 1), labels: [0, 1, 1, 1], classes: ["a", "b"])
    let platt = try #require(try head.calibrated(.platt, on: data).probabilities(data.features))
    #expect(abs(platt[0, 1] - 4.0 / 6) < 1e-6)
    let tempered = try #require(try head.calibrated(.temperature, on: data).probabilities(data.features))
    #expect(tempered.values.allSatisfy { $0 == 0.5 })
  }
}
