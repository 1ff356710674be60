import Backbone
import Synchronization
import Tensors
import Testing

/// Collects what hooks see.
private final class Seen: Sendable {
  private let list = Mutex<[HookEvent]>([])
  func add(_ event: HookEvent) { list.withLock { $0.append(event) } }
  var events: [HookEvent] { list.withLock { $0 } }
}

private struct Refusal: Error {}

@Suite struct HookTests {
  @Test(arguments: [0, 1])
  func aHookSeesWhatATapGives(number: Int) throws {
    let network = try TinyNetwork.network(TinyNetwork.architectures[number])
    let pictures = try TinyNetwork.pictures(0..<3)
    for node in network.graph.nodes.dropFirst() {
      let seen = Seen()
      var hooks = HookSet()
      hooks.add(after: node.name) { seen.add($0) }
      let output = try network.plan(tapping: [Tap(node.name)], hooks: hooks).run(pictures)[0]
      let event = try #require(seen.events.first)
      #expect(seen.events.count == 1)
      #expect(event.output?.values == output.values, "\(node.name)")
      #expect(event.output?.shape == [3] + node.shape.dimensions)
      #expect(event.inputs.count == node.inputs.count)
    }
  }

  /// The first write-up hooked a layer and saw what the next, in-place ReLU had made of it.
  @Test func beforeAndAfterTheReluDifferAndStay() throws {
    let network = try Network(.alexNet, weights: .seed(0))
    let pictures = try Tensor(
      shape: [2, 3, 224, 224], values: (0..<2 * 3 * 224 * 224).map { Float($0 % 509) / 127 - 2 })
    let seen = Seen()
    var hooks = HookSet()
    hooks.add(after: "classifier.4") { seen.add($0) }
    hooks.add(after: "classifier.5") { seen.add($0) }
    let logits = try network.plan(tapping: ["classifier.6"], hooks: hooks).run(pictures)
    #expect(seen.events.map(\.layer) == ["classifier.4", "classifier.5"])
    let before = try #require(seen.events[0].output)
    let after = try #require(seen.events[1].output)
    #expect(before.values.contains { $0 < 0 })
    #expect(after.values == before.values.map { max($0, 0) })
    // Unchanged after the run: the same as when it is tapped by itself, to the bit.
    #expect(try network.plan(tapping: ["classifier.4"]).run(pictures)[0].values == before.values)
    #expect(logits[0].shape == [2, 1000])
  }

  @Test func hooksFireInGraphOrderOnceABatch() throws {
    let network = try TinyNetwork.network()
    let seen = Seen()
    var hooks = HookSet()
    hooks.add(after: "fc2") { seen.add($0) }
    hooks.add(after: "layer1") { seen.add($0) }
    hooks.add(before: "layer1") { seen.add($0) }
    hooks.add(after: "conv1") { seen.add($0) }
    hooks.add(after: "layer1") { seen.add($0) }
    let plan = try network.plan(tapping: ["fc2"], hooks: hooks)
    _ = try plan.run(TinyNetwork.pictures(0..<5), threads: 2)
    #expect(seen.events.map(\.layer) == ["conv1", "layer1", "layer1", "layer1", "fc2"])
    #expect(seen.events[1].output == nil)
    #expect(seen.events[2].output?.shape == [5, 16, 6, 6])
    #expect(seen.events[1].inputs.map(\.shape) == [[5, 12, 12, 12]])
  }

  @Test func replacingAnOutputIsSeenByAllThatFollows() throws {
    let network = try TinyNetwork.network()
    let pictures = try TinyNetwork.pictures(0..<2)
    let names = [
      "conv1", "bn1", "relu", "layer1.bn2", "layer1.add", "layer1", "depthwise", "fire.a_relu",
      "flatten",
    ]
    for name in names {
      var hooks = HookSet()
      hooks.add(replacingOutputOf: name, version: "1") { event in
        try #require(event.output).map { _ in 0.5 }
      }
      let outputs = try network.plan(tapping: [Tap(name), "fc2"], hooks: hooks).run(pictures)
      #expect(outputs[0].values.allSatisfy { $0 == 0.5 }, "\(name)")
      // Both pictures are alike from there on, unless the layer is only one branch.
      let rows = outputs[1].values
      if !["layer1.bn2", "fire.a_relu"].contains(name) {
        #expect(Array(rows[0..<4]) == Array(rows[4..<8]), "\(name)")
      }
    }
  }

  @Test(arguments: [0, 1])
  func replacingByTheSameChangesNothing(number: Int) throws {
    let network = try TinyNetwork.network(TinyNetwork.architectures[number])
    let pictures = try TinyNetwork.pictures(0..<2)
    let plain = try network.plan(tapping: ["fc2"]).run(pictures)[0]
    for node in network.graph.nodes.dropFirst() {
      var hooks = HookSet()
      hooks.add(replacingOutputOf: node.name, version: "1") { try #require($0.output) }
      if !node.inputs.isEmpty { hooks.add(replacingInputsOf: node.name, version: "1") { $0.inputs } }
      let output = try network.plan(tapping: ["fc2"], hooks: hooks).run(pictures)[0]
      // Cutting a fused layer may round differently, by no more than the numerical contract allows.
      let largest = plain.values.map(abs).max() ?? 0
      for (a, b) in zip(plain.values, output.values) { #expect(abs(a - b) <= 1e-4 * largest, "\(node.name)") }
    }
  }

  @Test func hooksOfOneLayerSeeEarlierReplacements() throws {
    let network = try TinyNetwork.network()
    let seen = Seen()
    var hooks = HookSet()
    hooks.add(after: "layer1") { seen.add($0) }
    hooks.add(replacingOutputOf: "layer1", version: "1") { try #require($0.output).map { $0 + 1 } }
    hooks.add(after: "layer1") { seen.add($0) }
    let plan = try network.plan(tapping: ["layer1"], hooks: hooks)
    let output = try plan.run(TinyNetwork.pictures(0..<1))[0]
    #expect(seen.events[1].output?.values == seen.events[0].output?.values.map { $0 + 1 })
    #expect(output.values == seen.events[1].output?.values)
  }

  @Test func replacingInputsIsSeenByThatLayerOnly() throws {
    let network = try TinyNetwork.network()
    let pictures = try TinyNetwork.pictures(0..<1)
    let plain = try network.plan(tapping: ["fire.a", "fire.b", "depthwise"]).run(pictures)
    var hooks = HookSet()
    hooks.add(replacingInputsOf: "fire.a", version: "1") { $0.inputs.map { $0.map { _ in 0 } } }
    let hooked = try network.plan(tapping: ["fire.a", "fire.b", "depthwise"], hooks: hooks).run(pictures)
    #expect(hooked[0] != plain[0])
    #expect(hooked[1] == plain[1])
    #expect(hooked[2] == plain[2])
  }

  @Test func aRemovedHookFiresNoMore() throws {
    let seen = Seen()
    var hooks = HookSet()
    let token = hooks.add(after: "conv1") { seen.add($0) }
    let removals = [hooks.remove(token), hooks.remove(token)]
    #expect(removals == [true, false])
    #expect(hooks.isEmpty)
    _ = try TinyNetwork.network().plan(tapping: ["fc2"], hooks: hooks).run(TinyNetwork.pictures(0..<1))
    #expect(seen.events.isEmpty)
  }

  @Test func aHookThatCouldNeverFireIsAnError() throws {
    let network = try TinyNetwork.network()
    for (before, layer) in [(false, "fc2"), (true, "fc2"), (false, "fire"), (true, "depthwise")] {
      var hooks = HookSet()
      if before { hooks.add(before: layer) { _ in } } else { hooks.add(after: layer) { _ in } }
      let error = #expect(throws: BackboneError.self) {
        try network.plan(tapping: ["layer1"], hooks: hooks)
      }
      #expect(error?.code == .hook)
      #expect(error?.message.contains(layer) == true)
    }
    var unknown = HookSet()
    unknown.add(after: "layer9") { _ in }
    let error = #expect(throws: BackboneError.self) { try network.plan(tapping: ["fc2"], hooks: unknown) }
    #expect(error?.code == .unknownLayer)
  }

  @Test func wrongShapesAndThrowsAreErrors() throws {
    let network = try TinyNetwork.network()
    var wrong = HookSet()
    wrong.add(replacingOutputOf: "layer1", version: "1") { _ in try Tensor(shape: [1], values: [0]) }
    var throwing = HookSet()
    throwing.add(after: "layer1") { _ in throw Refusal() }
    for (hooks, text) in [(wrong, "expected shape [1, 16, 6, 6]"), (throwing, "Refusal")] {
      let plan = try network.plan(tapping: ["fc2"], hooks: hooks)
      let error = #expect(throws: BackboneError.self) { try plan.run(TinyNetwork.pictures(0..<1)) }
      #expect(error?.code == .hook)
      #expect(error?.message.contains(text) == true)
    }
  }

  @Test func aReplacingHookWithoutAVersionHasNoIdentity() throws {
    let network = try TinyNetwork.network()
    var hooks = HookSet()
    let token = hooks.add(replacingOutputOf: "layer1", version: nil) { try #require($0.output) }
    let nameless = try Extractor(network, taps: ["fc2"], hooks: hooks, threads: 1)
    let error = #expect(throws: ExtractionError.self) { try nameless.identity() }
    #expect(error?.code == .unversionedHook)
    hooks.remove(token)
    hooks.add(replacingOutputOf: "layer1", version: "doubled 1") { try #require($0.output).map { $0 * 2 } }
    let named = try Extractor(network, taps: ["fc2"], hooks: hooks, threads: 1)
    #expect(try named.identity().hooks == ["after layer1: doubled 1"])
    let plain = try Extractor(network, taps: ["fc2"], threads: 1)
    #expect(try named.identity() != plain.identity())
  }
}
