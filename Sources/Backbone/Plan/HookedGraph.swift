/// A graph with its hooks woven in: replacing hooks become nodes, observing ones events between nodes.
///
/// Everything later (fusion, memory, execution) sees replacements as plain nodes, so that nothing else has to
/// know about hooks.
struct HookedGraph {
  struct Node {
    enum Source {
      /// A node of the network's graph, by position.
      case graph(Int)
      /// One of the tensors that a replacing hook returns.
      case replacement(hook: Int, position: Int)
    }

    let source: Source
    let name: String
    let inputs: [Int]
    /// Of what is computed.
    fileprivate(set) var shape: FeatureShape
  }

  /// An observing hook fires when every node before `position` that is computed at all has been.
  struct Event {
    let hook: Int
    let position: Int
    let inputs: [Int]
    let output: Int?
  }

  let graph: Graph
  let hooks: [HookSet.Hook]
  private(set) var nodes: [Node] = []
  private(set) var events: [Event] = []
  /// What readers of a graph node read today: the node's own output, or its replacement.
  private(set) var current: [Int] = []
  /// For each hook, the nodes one of which must be needed for the hook to fire.
  private var triggers: [[Int]] = []
  /// Inputs that a replacing pre-hook put in place of others, for one reader each.
  private var overrides: [Int: [Int: Int]] = [:]

  /// - Throws: `.unknownLayer` or `.hook` where a hook cannot be placed.
  init(_ graph: Graph, _ hooks: [HookSet.Hook]) throws(BackboneError) {
    self.graph = graph
    self.hooks = hooks
    triggers = Array(repeating: [], count: hooks.count)
    var before: [Int: [Int]] = [:]
    var positions: [Int] = []
    var after: [Int: [Int]] = [:]
    var members: [[Int]] = []
    for (number, hook) in hooks.enumerated() {
      let last = try graph.node(named: hook.layer)
      let covered = graph.members(of: hook.layer)
      members.append(covered)
      if hook.firesBefore {
        before[covered.first ?? last, default: []].append(number)
      } else {
        after[last, default: []].append(number)
      }
    }
    for (index, node) in graph.nodes.enumerated() {
      for number in before[index] ?? [] { try weaveBefore(number, members[number]) }
      let inputs = node.inputs.map { value(of: $0, for: index) }
      nodes.append(Node(source: .graph(index), name: node.name, inputs: inputs, shape: node.shape))
      current.append(nodes.count - 1)
      positions.append(nodes.count - 1)
      for number in after[index] ?? [] { weaveAfter(number, members[number], last: index) }
    }
    for number in hooks.indices where triggers[number].isEmpty {
      triggers[number] = members[number].map { positions[$0] }
    }
  }

  /// - Throws: `.hook` for the first hook that would never fire because nothing that is tapped needs its layer.
  func checkThatHooksFire(needed: [Bool]) throws(BackboneError) {
    for (number, hook) in hooks.enumerated() where !triggers[number].contains(where: { needed[$0] }) {
      throw BackboneError(
        .hook, "the hook at layer \(hook.layer) could never fire: no tapped layer depends on it")
    }
  }

  private func value(of source: Int, for reader: Int) -> Int { overrides[reader]?[source] ?? current[source] }

  /// The tensors that enter a set of nodes: the sources outside, each with its readers inside.
  private func entering(_ members: [Int]) -> [(source: Int, readers: [Int])] {
    let inside = Set(members)
    var order: [Int] = []
    var readers: [Int: [Int]] = [:]
    for member in members {
      for source in graph.nodes[member].inputs where !inside.contains(source) {
        if readers[source] == nil { order.append(source) }
        readers[source, default: []].append(member)
      }
    }
    return order.map { ($0, readers[$0] ?? []) }
  }

  private func enteringValues(_ members: [Int]) -> [Int] {
    entering(members).map { value(of: $0.source, for: $0.readers[0]) }
  }

  private mutating func weaveBefore(_ number: Int, _ members: [Int]) throws(BackboneError) {
    let hook = hooks[number]
    let sources = entering(members)
    guard !sources.isEmpty, sources.allSatisfy({ $0.source < current.count }) else {
      throw BackboneError(.hook, "layer \(hook.layer) has no inputs that a hook before it could see")
    }
    let inputs = enteringValues(members)
    guard hook.replacement != nil else {
      events.append(Event(hook: number, position: nodes.count, inputs: inputs, output: nil))
      return  // its members trigger it; they have no positions yet
    }
    for (position, (source, readers)) in sources.enumerated() {
      nodes.append(
        Node(
          source: .replacement(hook: number, position: position), name: hook.layer, inputs: inputs,
          shape: graph.nodes[source].shape))
      triggers[number].append(nodes.count - 1)
      for reader in readers { overrides[reader, default: [:]][source] = nodes.count - 1 }
    }
  }

  private mutating func weaveAfter(_ number: Int, _ members: [Int], last: Int) {
    let hook = hooks[number]
    let inputs = enteringValues(members)
    let output = current[last]
    triggers[number] = [output]
    guard hook.replacement != nil else {
      events.append(Event(hook: number, position: nodes.count, inputs: inputs, output: output))
      return
    }
    nodes.append(
      Node(
        source: .replacement(hook: number, position: 0), name: hook.layer, inputs: [output] + inputs,
        shape: graph.nodes[last].shape))
    current[last] = nodes.count - 1
    triggers[number] = [nodes.count - 1]
  }

  /// Has only the first token of some nodes computed.
  mutating func narrow(_ tokens: Set<Int>) {
    for node in tokens {
      nodes[node].shape = .tokens(1, nodes[node].shape.channels, hasClassToken: true)
    }
  }

  /// The operation of a node; `nil` for a replacement.
  func operation(_ node: Int) -> Operation? {
    guard case .graph(let index) = nodes[node].source else { return nil }
    return graph.nodes[index].operation
  }
}
