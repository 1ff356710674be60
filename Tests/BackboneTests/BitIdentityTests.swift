import Backbone
import Tensors
import Testing

/// A feature's bits depend on the picture and the layer, and on nothing else.
@Suite struct BitIdentityTests {
  @Test(arguments: [0, 1])
  func batchPositionAndThreadsChangeNoBit(number: Int) throws {
    let network = try TinyNetwork.network(TinyNetwork.architectures[number])
    let taps = network.graph.nodes.map { Tap($0.name) }
    let plan = try network.plan(tapping: taps)
    let reference = try (0..<17).map { try plan.run(TinyNetwork.pictures($0..<$0 + 1)) }
    for batch in [1, 3, 16, 17] {
      for threads in [1, 2, 3] {
        let outputs = try plan.run(TinyNetwork.pictures(0..<batch), threads: threads)
        for (index, output) in outputs.enumerated() {
          let alone = reference[0..<batch].flatMap { $0[index].values.map(\.bitPattern) }
          #expect(output.values.map(\.bitPattern) == alone, "\(taps[index].layer) \(batch) \(threads)")
        }
      }
    }
  }

  @Test(arguments: [0, 1])
  func otherTapsChangeNoBit(number: Int) throws {
    let network = try TinyNetwork.network(TinyNetwork.architectures[number])
    let pictures = try TinyNetwork.pictures(0..<3)
    let taps = network.graph.nodes.map { Tap($0.name) }
    let together = try network.plan(tapping: taps).run(pictures)
    for (tap, output) in zip(taps, together) {
      let alone = try network.plan(tapping: [tap]).run(pictures)[0]
      #expect(alone.values.map(\.bitPattern) == output.values.map(\.bitPattern), "\(tap.layer)")
    }
  }

  @Test(arguments: [0, 1])
  func pairsOfTapsChangeNoBit(number: Int) throws {
    let network = try TinyNetwork.network(TinyNetwork.architectures[number])
    let pictures = try TinyNetwork.pictures(0..<2)
    let deepest = try network.plan(tapping: ["fc2"]).run(pictures)[0]
    for node in network.graph.nodes where node.name != "fc2" {
      let outputs = try network.plan(tapping: ["fc2", Tap(node.name)]).run(pictures)
      #expect(outputs[0] == deepest, "\(node.name)")
    }
  }

  @Test(arguments: [(0, "layer1"), (1, "block0")])
  func observingHooksChangeNoBit(number: Int, layer: String) throws {
    let network = try TinyNetwork.network(TinyNetwork.architectures[number])
    let pictures = try TinyNetwork.pictures(0..<2)
    let bare = try network.plan(tapping: ["fc2", Tap(layer)]).run(pictures)
    var hooks = HookSet()
    for node in network.graph.nodes.dropFirst() {
      hooks.add(after: node.name) { _ in }
      if !node.inputs.isEmpty { hooks.add(before: node.name) { _ in } }
    }
    for scope in network.graph.scopes { hooks.add(after: scope) { _ in } }
    #expect(try network.plan(tapping: ["fc2", Tap(layer)], hooks: hooks).run(pictures) == bare)
  }

  @Test func aPooledTapHasTheBitsOfThePoolingLayer() throws {
    let network = try Network(.squeezeNet11, weights: .seed(3))
    let side = 3 * 224 * 224
    let pictures = try Tensor(
      shape: [1, 3, 224, 224], values: (0..<side).map { Float($0 % 256) / 64 - 2 })
    let outputs = try network.plan(
      tapping: [Tap("classifier.2", pooling: .average), Tap("classifier.3")]
    ).run(pictures)
    #expect(outputs[0] == outputs[1])
  }
}
