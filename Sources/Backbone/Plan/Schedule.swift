/// What a plan computes, in order: only what the taps and hooks need.
struct Schedule {
  /// A node whose value will be in memory, and how it gets there.
  struct Step {
    let node: Int
    let kind: Kind
  }

  enum Kind {
    /// The picture, put there by the caller.
    case input
    /// A head and what is fused to it.
    case fused(Fusion.Group)
    /// Three convolutions that are computed together.
    case inverted(InvertedResidual)
    /// A convolution by 1 x 1 and the scaling of what it reads.
    case scaled(ScaledConvolution)
    /// The mean over a map whose inverted residual leaves the sums of its lines behind.
    case averageOfLines(map: Int)
    /// One node by itself.
    case single(Operation)
    /// A tensor that a replacing hook returns.
    case replacement(hook: Int, position: Int)
  }

  let steps: [Step]
  let events: [HookedGraph.Event]

  /// - Parameters:
  ///   - graph: the network with its hooks
  ///   - taps: the nodes whose values are wanted
  init(_ graph: HookedGraph, _ fusion: Fusion, taps: [Int]) throws(BackboneError) {
    try graph.checkThatHooksFire(needed: Self.ancestors(of: taps, graph))
    var wanted = Array(repeating: false, count: graph.nodes.count)
    for node in taps { wanted[node] = true }
    for event in graph.events {
      for node in event.inputs { wanted[node] = true }
      if let output = event.output { wanted[output] = true }
    }
    var steps: [Step] = []
    // Inputs stand before their readers, so one sweep from the end finds all that is needed.
    for node in graph.nodes.indices.reversed() where wanted[node] {
      let step = Self.step(for: node, graph, fusion, wanted: wanted)
      for input in Self.inputs(of: step, graph) { wanted[input] = true }
      steps.append(step)
    }
    self.steps = Self.averagingLines(steps.reversed(), graph)
    events = graph.events
  }

  private static func step(
    for node: Int, _ graph: HookedGraph, _ fusion: Fusion, wanted: [Bool]
  ) -> Step {
    guard let operation = graph.operation(node) else {
      guard case .replacement(let hook, let position) = graph.nodes[node].source else {
        return Step(node: node, kind: .input)
      }
      return Step(node: node, kind: .replacement(hook: hook, position: position))
    }
    if operation == .input { return Step(node: node, kind: .input) }
    let isHidden = { fusion.readers[$0].count == 1 && !wanted[$0] }
    if let block = InvertedResidual(endingAt: node, graph, fusion, isHidden: isHidden) {
      return Step(node: node, kind: .inverted(block))
    }
    if let scaled = ScaledConvolution(endingAt: node, graph, fusion, isHidden: isHidden) {
      return Step(node: node, kind: .scaled(scaled))
    }
    if let group = fusion.recipe(for: node) {
      // Where somebody wants what a pool reads, the pool reads it as well: a maximum has the same bits either way.
      let isApart = group.pool == node && graph.nodes[node].inputs.contains { wanted[$0] }
      if !isApart { return Step(node: node, kind: .fused(group)) }
    }
    return Step(node: node, kind: .single(operation))
  }

  /// Means over a map that an inverted residual computes are made of the sums that it can leave of each line while
  /// the line is in the cache: the sums of a pool by itself, in its order.
  private static func averagingLines(_ steps: [Step], _ graph: HookedGraph) -> [Step] {
    var blocks: Set<Int> = []
    return steps.map { step in
      switch step.kind {
      case .inverted(let block) where block.project == nil: blocks.insert(step.node)
      case .single(.adaptiveAveragePool) where graph.nodes[step.node].shape.pixels == 1:
        let map = graph.nodes[step.node].inputs[0]
        if blocks.contains(map) { return Step(node: step.node, kind: .averageOfLines(map: map)) }
      default: break
      }
      return step
    }
  }

  /// The nodes a step reads.
  static func inputs(of step: Step, _ graph: HookedGraph) -> [Int] {
    switch step.kind {
    case .input: []
    case .fused(let group): graph.nodes[group.head].inputs + (group.residual.map { [$0] } ?? [])
    case .inverted(let block): [block.input(graph)] + (block.project?.residual.map { [$0] } ?? [])
    case .scaled(let scaled): [scaled.input, scaled.factors] + (scaled.group.residual.map { [$0] } ?? [])
    case .averageOfLines, .single, .replacement: graph.nodes[step.node].inputs
    }
  }

  private static func ancestors(of taps: [Int], _ graph: HookedGraph) -> [Bool] {
    var needed = Array(repeating: false, count: graph.nodes.count)
    for node in taps { needed[node] = true }
    for node in graph.nodes.indices.reversed() where needed[node] {
      for input in graph.nodes[node].inputs { needed[input] = true }
    }
    return needed
  }
}
