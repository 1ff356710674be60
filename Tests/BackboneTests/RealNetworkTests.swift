import Backbone
import Tensors
import Testing

/// Real weights and photographs against what torchvision computed from them. Needs PERMAFROST_DATA, since the
/// files may not be published.
@Suite(.enabled(if: RealData.folder != nil, "PERMAFROST_DATA names no folder of real weights"))
struct RealNetworkTests {
  private static func weights(_ name: String) -> WeightSource {
    .file(RealData.path("weights/\(name).safetensors"))
  }

  @Test(arguments: ["mobilenet_v2", "squeezenet1_1"])
  func logitsAndFeaturesOfPhotographs(name: String) throws {
    let golden = try NPZ(RealData.path("weights/golden/\(name)_photos.npz"))
    let network = try Network(.named(name), weights: Self.weights(name))
    let last = try #require(network.graph.nodes.last?.name)
    let plan = try network.plan(tapping: [Tap("features", pooling: .average), Tap(last)])
    let outputs = try plan.run(golden.tensor("input"), threads: 2)
    try expectClose(outputs[0], golden.tensor("features_pooled"))
    let logits = try golden.tensor("logits")
    expectClose(outputs[1], logits)
    #expect(Self.top(outputs[1]) == Self.top(logits))
  }

  @Test func anIncompleteFileWorksUpToWhatItHas() throws {
    let file = Self.weights("resnet18_to_layer3")
    let error = #expect(throws: BackboneError.self) { try Network(.resNet18, weights: file) }
    #expect(error?.code == .weightsMismatch)
    for name in ["layer4.0.conv1.weight", "layer4.1.conv2.weight"] {
      #expect(error?.message.contains(name) == true)
    }
    let network = try Network(.resNet18, weights: file, policy: .partial)
    let golden = try NPZ(RealData.path("weights/golden/resnet18_to_layer3_photos.npz"))
    let taps = ["layer1", "layer2", "layer3"].map { Tap($0, pooling: .average) }
    let outputs = try network.plan(tapping: taps).run(golden.tensor("input"), threads: 2)
    for (output, name) in zip(outputs, ["layer1", "layer2", "layer3_pooled"]) {
      try expectClose(output, golden.tensor(name))
    }
    let missing = #expect(throws: BackboneError.self) { try network.plan(tapping: ["layer4"]) }
    #expect(missing?.code == .missingWeights)
  }

  private static func top(_ logits: Tensor) -> [Int?] {
    let classes = logits.shape[1]
    return (0..<logits.shape[0]).map { picture in
      (0..<classes).max { logits.values[picture * classes + $0] < logits.values[picture * classes + $1] }
    }
  }
}

/// The numerical contract: no value differs by more than 1e-4 of the largest.
private func expectClose(
  _ ours: Tensor, _ theirs: Tensor, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(ours.values.count == theirs.values.count, sourceLocation: sourceLocation)
  let largest = theirs.values.map(abs).max() ?? 0
  let worst = zip(ours.values, theirs.values).map { abs($0 - $1) }.max() ?? .infinity
  #expect(worst <= 1e-4 * largest, sourceLocation: sourceLocation)
}
