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

  /// A 1 x 1 convolution from one channel to one is depthwise as well; no fusion may take it for only one of them.
  @Test func aSingleChannelPasses() throws {
    let architecture = Architecture("one channel", inputSize: 12) { g in
      var x = g.convolution("reduce", g.input(), to: 1, kernel: 1)
      x = g.relu6("relu1", g.convolution("point", x, to: 1, kernel: 1, bias: true))
      x = g.relu6("relu2", g.convolution("window", x, to: 1, kernel: 3, padding: 1, groups: 1))
      _ = g.convolution("widen", x, to: 4, kernel: 1)
    }
    let preprocessing = try Preprocessing(
      resizing: .none, crop: PictureSize(width: 12, height: 12), mean: [0, 0, 0],
      standardDeviation: [1, 1, 1])
    let network = try Network(architecture, weights: .seed(3), preprocessing: preprocessing)
    let pictures = try WinogradTests.pictures(0..<3, channels: 3, side: 12)
    let alone = try network.plan(tapping: ["widen"]).run(pictures)
    let all = try network.plan(tapping: ["widen", "reduce", "point", "relu1", "window", "relu2"]).run(
      pictures)
    let areEqual = alone[0] == all[0]
    #expect(areEqual)
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

  @Test func tokensAreTappedWithAndWithoutTheClassToken() throws {
    let network = try TinyNetwork.network(TinyNetwork.transformer)
    let taps = [
      Tap("block0"), Tap("block0", pooling: .cls), Tap("block0", pooling: .average),
      Tap("block0", pooling: .max), Tap("ln", pooling: .cls), Tap("class"), Tap("permute", pooling: .max),
      Tap("patches", pooling: .max),
    ]
    let plan = try network.plan(tapping: taps)
    #expect(plan.outputs.map(\.dimension) == [17 * 20, 20, 20, 20, 20, 20, 20, 20])
    let outputs = try plan.run(TinyNetwork.pictures(0..<2))
    for (row, channel) in (0..<2).flatMap({ row in (0..<20).map { (row, $0) } }) {
      let tokens = (0..<17).map { outputs[0].values[(row * 17 + $0) * 20 + channel] }
      let place = row * 20 + channel
      #expect(outputs[1].values[place] == tokens[0])
      #expect(abs(outputs[2].values[place] - tokens[1...].reduce(0, +) / 16) <= 1e-6)
      #expect(outputs[3].values[place] == tokens[1...].max())
    }
    #expect(outputs[4] == outputs[5])
    #expect(outputs[6] == outputs[7])
    for wrong in [
      Tap("permute", pooling: .cls), Tap("reshape", pooling: .cls), Tap("expand", pooling: .average),
    ] {
      let error = #expect(throws: BackboneError.self) { try network.plan(tapping: [wrong]) }
      #expect(error?.code == .invalidArgument)
    }
  }

  /// [channels, positions] and [positions, channels] are two views of the same map.
  @Test func viewsOfAMapAreInTheirOwnOrder() throws {
    let network = try TinyNetwork.network(TinyNetwork.transformer)
    let outputs = try network.plan(tapping: ["patches", "reshape", "permute"]).run(
      TinyNetwork.pictures(0..<2))
    #expect(outputs[1].values == outputs[0].values)
    for picture in 0..<2 {
      for (position, channel) in (0..<16).flatMap({ position in (0..<20).map { (position, $0) } }) {
        let map = outputs[0].values[(picture * 20 + channel) * 16 + position]
        #expect(outputs[2].values[(picture * 16 + position) * 20 + channel] == map)
      }
    }
  }

  @Test(arguments: Architecture.all)
  func theFirstPresetFitsTheNetwork(architecture: Architecture) {
    let size = PictureSize(width: architecture.inputSize, height: architecture.inputSize)
    #expect(architecture.preprocessing.outputSize == size)
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
