import Backbone
import Synchronization
import Tensors
import Testing

/// Where only a first token is wanted, only that is computed, and it has the same bits.
@Suite struct FirstTokenTests {
  /// The taps, and the blocks for whose layers whole tensors are computed.
  static let cases: [[Tap]] = [
    ["fc2"], ["fc1", "class"], [Tap("ln", pooling: .cls)], [Tap("block1", pooling: .cls)],
    [Tap("block1.ln_2", pooling: .cls), "fc2"], [Tap("block1.attention", pooling: .cls)],
    [Tap("block0", pooling: .cls)], ["block1", "fc2"], [Tap("block1.drop", pooling: .cls), "fc2"],
    [Tap("block1.wide", pooling: .average), "fc2"], ["block1.add", "class"],
    [Tap("block1.ln_1", pooling: .cls), Tap("block0.narrow", pooling: .cls)],
  ]

  @Test(arguments: cases)
  func someTokensAreThoseOfAll(taps: [Tap]) throws {
    let network = try TinyNetwork.network(TinyNetwork.transformer)
    for count in [1, 5] {
      let pictures = try TinyNetwork.pictures(0..<count)
      let all = try network.plan(tapping: network.graph.nodes.map { Tap($0.name) }).run(pictures)
      for threads in [1, 2] {
        let some = try network.plan(tapping: taps).run(pictures, threads: threads)
        for (tap, output) in zip(taps, some) where tap.pooling == .none || tap.pooling == .cls {
          let node = try network.graph.node(named: tap.layer)
          let size = all[node].values.count / count
          let expected = (0..<count).flatMap { picture in
            all[node].values[picture * size..<(picture + 1) * size].prefix(tap.pooling == .cls ? 20 : size)
          }
          let agrees = output.values.map(\.bitPattern) == expected.map(\.bitPattern)
          #expect(agrees, "\(tap.column), \(count) pictures, \(threads) threads")
        }
      }
    }
  }

  /// A hook sees all tokens.
  @Test func hooksSeeAllTokens() throws {
    let network = try TinyNetwork.network(TinyNetwork.transformer)
    let pictures = try TinyNetwork.pictures(0..<3)
    let expected = try network.plan(tapping: ["fc2", "block1.wide"]).run(pictures)
    let seen = Mutex<[Float]>([])
    var hooks = HookSet()
    hooks.add(after: "block1.wide") { event in seen.withLock { $0 = event.output?.values ?? [] } }
    let outputs = try network.plan(tapping: ["fc2"], hooks: hooks).run(pictures)
    let agrees = seen.withLock { $0 } == expected[1].values && outputs[0] == expected[0]
    #expect(agrees)
  }
}
