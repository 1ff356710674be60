import Backbone
import Tensors
import Testing

@Suite struct PlanRunnerTests {
  @Test func runsDoNotRememberEachOther() throws {
    let plan = try TinyNetwork.network().plan(tapping: ["layer1", "fc2"])
    let runner = try PlanRunner(plan, threads: 2)
    for batch in [0..<3, 3..<8, 1..<2, 0..<3] {
      let pictures = try TinyNetwork.pictures(batch)
      #expect(try runner.run(pictures) == plan.run(pictures))
    }
  }

  @Test func aProfileNamesEachComputedLayerOnce() throws {
    let network = try TinyNetwork.network()
    let runner = try PlanRunner(network.plan(tapping: ["fc2"]), threads: 2)
    let layers = try runner.profile(TinyNetwork.pictures(0..<2))
    #expect(Set(layers.map(\.layer)).count == layers.count)
    #expect(layers.first?.layer == "input")
    #expect(layers.last?.layer == "fc2")
    #expect(layers.allSatisfy { $0.nanoseconds >= 0 })
    // Whatever is fused to a layer is counted with it.
    let all = network.graph.nodes.reduce(0) { $0 + $1.multiplyAdds }
    #expect(layers.reduce(0) { $0 + $1.multiplyAdds } == all)
  }

  @Test func packedBytesAreThereOncePlanned() throws {
    let network = try TinyNetwork.network()
    #expect(network.packedBytes == 0)
    _ = try network.plan(tapping: ["conv1"])
    let first = network.packedBytes
    #expect(first >= 12 * 27 * 4)
    _ = try network.plan(tapping: ["fc2"])
    #expect(network.packedBytes > first)
  }

  @Test func otherShapesAreRefused() throws {
    let runner = try PlanRunner(TinyNetwork.network().plan(tapping: ["conv1"]))
    #expect(throws: BackboneError.self) { try runner.run(Tensor(shape: [1, 3, 24, 23], repeating: 0)) }
    #expect(throws: BackboneError.self) { try runner.profile(Tensor(shape: [3, 24, 24], repeating: 0)) }
    #expect(throws: BackboneError.self) { try PlanRunner(runner.plan, threads: 0) }
  }
}
