import Heads
import Tensors
import TestSupport
import Testing

@Suite struct HeadFileTests {
  private func heads() throws -> [Head] {
    let first = try DenseLayer(
      inputs: 3, outputs: 2, weight: [0.5, -1, 2, 0.25, 3, -2], bias: [0.1, -0.2])
    let second = try DenseLayer(
      inputs: 2, outputs: 3, weight: [1, 2, 3, 4, 5, 6], bias: [0, -1, 1])
    let vector = try DenseLayer(inputs: 3, outputs: 1, weight: [1, -1, 0.5], bias: [0.25])
    let provenance = ["network": "resnet50", "layer": "layer4", "a \"b\"\n\u{1F6A2}": "\u{e4}"]
    return [
      try Head(
        layers: [first, second], output: .softmax, classes: ["a", "b\n\"c\"", "\u{e9}"],
        normalizesRows: true, provenance: provenance),
      try Head(layers: [vector], output: .sigmoid, classes: ["no", "yes"]),
      try Head(layers: [vector], output: .margins, classes: ["no", "yes"]),
    ]
  }

  @Test func aSavedHeadComesBackEqual() throws {
    for (index, head) in try heads().enumerated() {
      try withTemporaryFolder { folder in
        let path = "\(folder)/head\(index).safetensors"
        try head.write(to: path)
        #expect(try Head(path: path) == head)
      }
    }
  }

  @Test func decisionsByHand() throws {
    let heads = try heads()
    let features = try FeatureMatrix([3, 0, 4, 0, 0, 0], dimension: 3)
    // The first row over its norm is (0.6, 0, 0.8): hidden (2, -1.65), so (2, 0) after ReLU.
    let deep = try heads[0].decision(features)
    #expect(deep.shape == [2, 3])
    for (value, wanted) in zip(deep.values[..<3], [2.0, 5, 11] as [Float]) {
      #expect(abs(value - wanted) < 1e-5)
    }
    // A row of zeros stays: hidden (0.1, 0).
    for (value, wanted) in zip(deep.values[3...], [0.1, -0.7, 1.5] as [Float]) {
      #expect(abs(value - wanted) < 1e-6)
    }
    #expect(try heads[0].predict(features) == [2, 2])
    #expect(try heads[1].decision(features).values == [5.25, 0.25])
    let probability = try #require(try heads[1].probabilities(features))
    #expect(probability.shape == [2, 2] && abs(probability[1, 1] - 0.5621765) < 1e-6)
    #expect(try heads[2].probabilities(features) == nil)
    #expect(try heads[2].predict(features) == [1, 1])
  }

  @Test func aFileThatIsNoHeadIsRefusedWithItsReason() throws {
    let items = [
      SafetensorsWriter.Item("layers.0.weight", shape: [1, 2], [1, 2]),
      SafetensorsWriter.Item("layers.0.bias", shape: [1], [0]),
    ]
    let good = [
      "format": "permafrost-head", "version": "1", "output": "sigmoid", "normalization": "none",
      "classes": "[\"a\",\"b\"]",
    ]
    func open(_ items: [SafetensorsWriter.Item], _ metadata: [String: String]) throws -> Head {
      let file = try SafetensorsWriter.file(items, metadata: metadata)
      return try Head(FileBytes(copying: file, name: "hostile.safetensors"))
    }
    #expect(try open(items, good).classes == ["a", "b"])
    let changes: [(String, String)] = [
      ("format", "other"), ("version", "3"), ("output", "relu"), ("normalization", "l1"),
      ("classes", "[1,2]"),
      ("classes", "[\"a\"]"), ("classes", "[\"a\",\"a\"]"), ("classes", "[\"a\",\"b\",\"c\"]"),
      ("classes", "nonsense"), ("output", "softmax"),
    ]
    for (field, value) in changes {
      var metadata = good
      metadata[field] = value
      let error = #expect(throws: HeadsError.self) { try open(items, metadata) }
      #expect(error?.code == .malformed && error?.message.hasPrefix("hostile.safetensors") == true)
    }
    let broken = [
      [items[0]], [items[1]], items + [SafetensorsWriter.Item("extra", shape: [1], [0])],
      items + [
        SafetensorsWriter.Item("layers.2.weight", shape: [1, 1], [0]),
        SafetensorsWriter.Item("x", shape: [0], []),
      ],
      [SafetensorsWriter.Item("layers.0.weight", shape: [1, 2], [1, .nan]), items[1]],
      [SafetensorsWriter.Item("layers.0.weight", shape: [2], [1, 2]), items[1]],
      [SafetensorsWriter.Item("layers.0.weight", shape: [1, 0], []), items[1]],
      [items[0], SafetensorsWriter.Item("layers.0.bias", .int32, shape: [1], [Int32(1)])],
    ]
    for items in broken {
      let error = #expect(throws: HeadsError.self) { try open(items, good) }
      #expect(error?.code == .malformed)
    }
    #expect(throws: HeadsError.self) { try Head(path: "/nonexistent/head") }
  }

  /// Ten thousand seeded changes of single bytes and lengths: each file is refused or is a head that predicts.
  @Test func mutatedFilesAreRefusedOrLoad() throws {
    let original = try heads()[0].encoded()
    var random = SplitMix64(state: 2026)
    var refused = 0
    for _ in 0..<10_000 {
      var bytes = original
      for _ in 0...Int(random.next() % 3) {
        let position = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 3 {
        case 0: bytes[position] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes[position] ^= 1 << UInt8(random.next() % 8)
        default: bytes.removeLast(min(bytes.count - 1, Int(random.next() % 4)))
        }
      }
      do {
        let head = try Head(FileBytes(copying: bytes, name: "mutated"))
        let features = try FeatureMatrix(
          Array(repeating: 1, count: head.dimension), dimension: head.dimension)
        let decision = try head.decision(features)
        #expect(decision.shape[0] == 1)
      } catch is HeadsError {
        refused += 1
      }
    }
    #expect(refused > 1000)
  }
}
