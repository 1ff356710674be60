/// The nodes of which nobody wants more than the first token.
///
/// A vision transformer's head reads the class token alone, which attends to all tokens of the block before. So the
/// last block's queries, projection and perceptron are needed for one token of two hundred. A token's bits do not
/// depend on which others are computed.
struct FirstTokens {
  private(set) var nodes: Set<Int> = []

  /// - Parameter taps: nodes that are wanted, and how they are pooled
  init(_ graph: HookedGraph, _ fusion: Fusion, _ taps: [(node: Int, pooling: Pooling)]) {
    var isWanted = Set(taps.filter { $0.pooling != .cls }.map(\.node))
    for event in graph.events { isWanted.formUnion(event.inputs + (event.output.map { [$0] } ?? [])) }
    let isRead = Set(taps.map(\.node)).union(graph.nodes.flatMap(\.inputs))
    for node in graph.nodes.indices.reversed() where isRead.contains(node) && !isWanted.contains(node) {
      if graph.nodes[node].shape.isTokens, Self.isPerToken(graph.operation(node)),
        fusion.readers[node].allSatisfy({ takesFirst($0, graph) })
      {
        nodes.insert(node)
      }
    }
    // Only a self-attention can take one token out of inputs that are there whole.
    while let odd = nodes.first(where: { !canBeAlone($0, graph, fusion) }) {
      var whole = [odd]
      while let node = whole.popLast() {
        if nodes.remove(node) != nil { whole += graph.nodes[node].inputs }
      }
    }
  }

  /// Whether a token of the node is made of the same token of its inputs, or it is a self-attention.
  private static func isPerToken(_ operation: Operation?) -> Bool {
    switch operation {
    case .linear, .layerNorm, .activation, .add, .selfAttention: true
    case .view(let view): view.keepsShape
    default: false
    }
  }

  /// Whether a reader is satisfied with a first token.
  private func takesFirst(_ reader: Int, _ graph: HookedGraph) -> Bool {
    switch graph.operation(reader) {
    case .view(.firstToken): true
    case .selfAttention: false
    default: nodes.contains(reader)
    }
  }

  private func canBeAlone(_ node: Int, _ graph: HookedGraph, _ fusion: Fusion) -> Bool {
    if graph.nodes[node].inputs.allSatisfy(nodes.contains) { return true }
    if case .selfAttention = graph.operation(node) { return true }
    // The projection behind an attention adds the other operand, whole or not.
    guard let group = fusion.groups[node], group.sum == node, nodes.contains(group.head),
      case .selfAttention = graph.operation(group.head)
    else { return false }
    return true
  }
}
