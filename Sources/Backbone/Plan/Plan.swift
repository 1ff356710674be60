internal import CPermafrostKernels
public import Tensors

/// A network compiled for a set of taps and hooks: all that lies beyond them is left out, batch norms are
/// folded, and memory is planned. Immutable; any number of tasks may run it at once.
///
/// A tapped layer gives exactly what the literature names, and tapping it changes no bit of any other output.
public struct Plan: Sendable {
  /// The taps, in the order of the outputs.
  public let taps: [Tap]
  /// Column name and dimension of each output.
  public let outputs: [OutputDescription]
  /// What a picture must look like: [channels, height, width].
  public let inputShape: [Int]
  let program: Program
  let tappedNodes: [Int]

  /// - Throws: as `Network.plan(tapping:hooks:)`
  init(
    _ graph: Graph, taps: [Tap], hooks: HookSet, _ parameters: Parameters, _ packed: PackedLayers,
    isa: pf_isa, algorithms: ConvolutionAlgorithm.Choice
  ) throws(BackboneError) {
    guard !taps.isEmpty else { throw BackboneError(.invalidArgument, "a plan needs at least one tap") }
    guard let kernels = unsafe pf_network_kernels_for(isa) else {
      throw BackboneError(
        .invalidArgument, "this machine has no \(unsafe String(cString: pf_isa_name(isa))) instructions")
    }
    var outputs: [OutputDescription] = []
    var layers: [Int] = []
    for tap in taps {
      let node = try graph.node(named: tap.layer)
      let dimension = try tap.dimension(of: graph.nodes[node].shape)
      guard !outputs.contains(where: { $0.column == tap.column }) else {
        throw BackboneError(.invalidArgument, "layer \(tap.column) is tapped twice")
      }
      outputs.append(OutputDescription(column: tap.column, dimension: dimension))
      layers.append(node)
    }
    self.taps = taps
    self.outputs = outputs
    inputShape = graph.nodes[0].shape.dimensions
    var hooked = try HookedGraph(graph, hooks.hooks)
    tappedNodes = layers.map { hooked.current[$0] }
    let fusion = Fusion(hooked, algorithms)
    hooked.narrow(FirstTokens(hooked, fusion, zip(tappedNodes, taps).map { ($0, $1.pooling) }).nodes)
    program = unsafe try Program(
      hooked, taps: tappedNodes, parameters, packed, kernels: kernels, algorithms: algorithms)
  }

  /// Runs preprocessed pictures through the network, once; `PlanRunner` keeps threads and memory for more.
  ///
  /// - Parameters:
  ///   - pictures: [pictures, channels, height, width], normalised as the weights want it
  ///   - threads: how many threads compute
  /// - Returns: for each tap, [pictures, dimension]
  /// - Throws: `.invalidArgument` where the shape does not fit, `.hook`, `.resources`
  public func run(_ pictures: Tensor, threads: Int = 1) throws(BackboneError) -> [Tensor] {
    try PlanRunner(self, threads: threads).run(pictures)
  }
}

extension Architecture {
  /// How each node is computed when the last one is tapped, by node name.
  ///
  /// - Throws: `.invalidGraph`
  public func algorithms() throws(BackboneError) -> [String: String] {
    let graph = try graph()
    let hooked = try HookedGraph(graph, [])
    let fusion = Fusion(hooked, .table)
    let schedule = try Schedule(hooked, fusion, taps: [graph.nodes.count - 1])
    var algorithms: [String: String] = [:]
    func describe(_ group: Fusion.Group) {
      let head = graph.nodes[group.head]
      for member in group.members.dropFirst() {
        algorithms[graph.nodes[member].name] = "fused into \(head.name)"
      }
      algorithms[head.name] = head.algorithm(input: graph.nodes[head.inputs[0]].shape)
    }
    for step in schedule.steps {
      switch step.kind {
      case .input: algorithms[graph.nodes[step.node].name] = "decoded and resized"
      case .single(.view): algorithms[graph.nodes[step.node].name] = "nothing to do"
      case .single, .replacement: algorithms[graph.nodes[step.node].name] = "by itself"
      case .scaled(let scaled):
        algorithms[graph.nodes[scaled.product].name] = "fused into \(graph.nodes[scaled.group.head].name)"
        describe(scaled.group)
      case .averageOfLines(let map):
        algorithms[graph.nodes[step.node].name] = "from sums of lines that \(graph.nodes[map].name) leaves"
      case .inverted(let block):
        let head = graph.nodes[block.members[0]]
        for member in block.members.dropFirst() {
          algorithms[graph.nodes[member].name] = "fused into \(head.name)"
        }
        algorithms[head.name] = "inverted residual in strips"
      case .fused(let group):
        describe(group)
      }
    }
    return algorithms
  }
}

extension Graph.Node {
  fileprivate func algorithm(input: FeatureShape) -> String {
    if case .selfAttention = operation { return "packed GEMM, softmax by blocks of queries" }
    guard case .convolution(let convolution) = operation else { return "packed GEMM" }
    return "\(ConvolutionAlgorithm(convolution, input: input, output: shape))"
  }
}
