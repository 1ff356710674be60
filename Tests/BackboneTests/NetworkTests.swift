import Backbone
import Tensors
import TestSupport
import Testing

@Suite struct NetworkTests {
  /// The tiny network's seeded weights as a file, with what its metadata says.
  private static func file(metadata: [String: String]) throws -> [UInt8] {
    let network = try TinyNetwork.network()
    let seeded = SeededWeights(seed: 7)
    let items = try network.graph.parameters.map {
      SafetensorsWriter.Item($0.name, shape: $0.shape, try seeded.floats($0.name, shape: $0.shape))
    }
    return try SafetensorsWriter.file(items, metadata: metadata)
  }

  @Test func aFileSaysHowItWantsItsPictures() throws {
    let wanted = try TinyNetwork.network().preprocessing
    let fields = wanted.fields.map { ("preprocessing." + $0.key, $0.value) }
    try withTemporaryFolder { folder in
      let said = folder + "/said.safetensors"
      try AtomicFile.write(Self.file(metadata: Dictionary(uniqueKeysWithValues: fields)), to: said)
      let network = try Network(TinyNetwork.architecture, weights: .file(said))
      #expect(network.preprocessing == wanted)
      #expect(network.graph.nodes[0].shape == .map(3, TinyNetwork.side, TinyNetwork.side))
      // The same weights in a file as out of the seed, so the same digest and the same features.
      let seeded = try TinyNetwork.network()
      #expect(try network.weightsDigest() == seeded.weightsDigest())
      let pictures = try TinyNetwork.pictures(0..<2)
      #expect(try network.plan(tapping: ["fc2"]).run(pictures) == seeded.plan(tapping: ["fc2"]).run(pictures))
    }
  }

  @Test func withoutAWordTorchvisionsFirstPresetHolds() throws {
    #expect(try Network(.squeezeNet11, weights: .seed(0)).preprocessing == .imageNetV1)
  }

  @Test func picturesOfManySizesAreRefused() throws {
    let sizes = try Preprocessing(
      resizing: .shorterSide(64), crop: nil, mean: [0, 0, 0], standardDeviation: [1, 1, 1])
    let error = #expect(throws: BackboneError.self) {
      try Network(TinyNetwork.architecture, weights: .seed(0), preprocessing: sizes)
    }
    #expect(error?.code == .invalidArgument)
  }

  @Test func taps() throws {
    let network = try TinyNetwork.network()
    #expect(try Tap(parsing: "layer1:average") == Tap("layer1", pooling: .average))
    #expect(try Tap(parsing: "layer1").column == "layer1")
    let plan = try network.plan(tapping: [
      "layer1", Tap("layer1", pooling: .max), Tap("fc1", pooling: .average),
    ])
    #expect(plan.outputs.map(\.column) == ["layer1", "layer1:max", "fc1:average"])
    #expect(plan.outputs.map(\.dimension) == [16 * 6 * 6, 16, 10])
    for wrong in [[], ["layer1", "layer1"], [Tap("layer1", pooling: .cls)]] as [[Tap]] {
      let error = #expect(throws: BackboneError.self) { try network.plan(tapping: wrong) }
      #expect(error?.code == .invalidArgument)
    }
    let error = #expect(throws: BackboneError.self) { try Tap(parsing: "layer1:mean") }
    #expect(error?.code == .invalidArgument)
  }

  @Test func pooledRowsAreTheMeansAndMaximaOfTheMap() throws {
    let network = try TinyNetwork.network()
    let pictures = try TinyNetwork.pictures(0..<2)
    let taps = [Tap("layer1"), Tap("layer1", pooling: .average), Tap("layer1", pooling: .max)]
    let outputs = try network.plan(tapping: taps).run(pictures)
    for row in 0..<2 * 16 {
      let map = outputs[0].values[row * 36..<(row + 1) * 36]
      #expect(abs(map.reduce(0, +) / 36 - outputs[1].values[row]) <= 1e-6)
      #expect(map.max() == outputs[2].values[row])
    }
  }

  @Test func aBatchOfNoneAndOneOfAnotherShape() throws {
    let plan = try TinyNetwork.network().plan(tapping: ["fc2"])
    let none = try Tensor(shape: [0, 3, 24, 24], values: [])
    #expect(try plan.run(none)[0].shape == [0, 4])
    let error = #expect(throws: BackboneError.self) {
      try plan.run(Tensor(shape: [1, 24, 24, 3], repeating: 0))
    }
    #expect(error?.message.contains("[1, 24, 24, 3]") == true)
  }
}
