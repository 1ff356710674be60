/// Which nodes are computed together: a convolution, linear layer or self-attention with the batch norm,
/// residual sum and activation that follow it, and a 2 x 2 max pool where whole tiles of outputs come at once.
///
/// Groups are found on the whole graph, whatever is tapped, so that a layer's arithmetic never depends on what
/// else is looked at. A value inside a group that somebody wants is computed by the same recipe, cut short
/// behind it, beside the full one.
struct Fusion {
  /// A run of nodes, each the only reader of the one before it.
  struct Group {
    /// The convolution, linear layer or self-attention.
    let head: Int
    var batchNorm: Int?
    var sum: Int?
    /// The other operand of the sum.
    var residual: Int?
    var activation: Int?
    var pool: Int?

    var last: Int { pool ?? activation ?? sum ?? batchNorm ?? head }
    var members: [Int] { [head, batchNorm, sum, activation, pool].compactMap { $0 } }
  }

  /// For each node, the group it belongs to, if any.
  private(set) var groups: [Group?]
  /// For each node, those that read it.
  private(set) var readers: [[Int]]
  private let algorithms: ConvolutionAlgorithm.Choice

  init(_ graph: HookedGraph, _ algorithms: ConvolutionAlgorithm.Choice) {
    self.algorithms = algorithms
    groups = Array(repeating: nil, count: graph.nodes.count)
    readers = Array(repeating: [], count: graph.nodes.count)
    for (index, node) in graph.nodes.enumerated() {
      for input in node.inputs { readers[input].append(index) }
    }
    // Later heads first: of the two convolutions that meet in a sum, one can take it in, and the shorter
    // shortcut path stands later.
    for head in graph.nodes.indices.reversed() {
      switch graph.operation(head) {
      case .convolution, .linear, .selfAttention: break
      default: continue
      }
      var group = Group(head: head)
      while let (last, next) = Self.follower(of: group.last, readers, graph),
        groups[next] == nil, extend(&group, by: next, behind: last, graph)
      {}
      for member in group.members { groups[member] = group }
    }
  }

  /// The only reader of a node, and what it reads: the node itself, or a chain of dropouts and the like behind
  /// it.
  private static func follower(
    of node: Int, _ readers: [[Int]], _ graph: HookedGraph
  ) -> (last: Int, next: Int)? {
    var last = node
    while readers[last].count == 1, let next = readers[last].first {
      guard case .view(let view) = graph.operation(next), view.keepsShape else { return (last, next) }
      last = next
    }
    return nil
  }

  private func extend(
    _ group: inout Group, by next: Int, behind last: Int, _ graph: HookedGraph
  ) -> Bool {
    guard group.pool == nil else { return false }
    if case .maxPool(let window) = graph.operation(next) {
      guard group.sum == nil, isMonotonic(group.activation, graph), isPooled(group.head, window, graph) else {
        return false
      }
      group.pool = next
      return true
    }
    guard group.activation == nil else { return false }
    switch graph.operation(next) {
    case .batchNorm where group.last == group.head:
      group.batchNorm = next
    case .add where group.sum == nil:
      let inputs = graph.nodes[next].inputs
      guard inputs.count == 2, inputs[0] != inputs[1] else { return false }
      group.residual = inputs[0] == last ? inputs[1] : inputs[0]
      group.sum = next
    case .activation:
      group.activation = next
    default:
      return false
    }
    return true
  }

  /// Whether the greatest value stays the greatest.
  private func isMonotonic(_ activation: Int?, _ graph: HookedGraph) -> Bool {
    guard let activation, case .activation(let kind) = graph.operation(activation) else { return true }
    return kind == .relu || kind == .relu6
  }

  /// Whether a convolution computes whole tiles that begin and end where windows do.
  private func isPooled(_ head: Int, _ window: Operation.Window, _ graph: HookedGraph) -> Bool {
    guard window.kernel == 2, window.stride == 2, window.padding == 0, !window.ceilMode,
      case .convolution(let convolution) = graph.operation(head)
    else { return false }
    let output = graph.nodes[head].shape
    let algorithm = ConvolutionAlgorithm(
      convolution, input: graph.nodes[graph.nodes[head].inputs[0]].shape, output: output, algorithms)
    guard case .winograd(let tiles) = algorithm else { return false }
    return tiles.areEven(output)
  }

  /// The part of a node's group up to the node itself: what must be computed to get its value.
  func recipe(for node: Int) -> Group? {
    guard var group = groups[node] else { return nil }
    if node == group.pool { return group }
    group.pool = nil
    if node == group.activation { return group }
    group.activation = nil
    if node == group.sum { return group }
    group.sum = nil
    group.residual = nil
    if node == group.batchNorm { return group }
    group.batchNorm = nil
    return group
  }
}
