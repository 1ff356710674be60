/// An inverted residual: an expansion by 1 x 1, a depthwise convolution and a projection by 1 x 1, each with what
/// is fused to it, computed together so that the hidden activations never leave the cache. Every value has the bits
/// that the three have one after the other, so it is no matter of arithmetic but of what anybody looks at.
struct InvertedResidual {
  /// `nil`: the depthwise convolution reads the block's input.
  let expand: Fusion.Group?
  let depthwise: Fusion.Group
  /// `nil`: the block's output is the depthwise convolution's.
  let project: Fusion.Group?

  /// The node that the whole block reads.
  func input(_ graph: HookedGraph) -> Int { graph.nodes[(expand ?? depthwise).head].inputs[0] }

  /// All nodes that it computes, in their order.
  var members: [Int] { [expand, depthwise, project].flatMap { $0?.members ?? [] } }

  /// The block whose last node this is, if nobody looks inside it.
  ///
  /// - Parameters:
  ///   - node: the last node of a group
  ///   - isHidden: whether a node's value has one reader and nobody else wants it
  init?(endingAt node: Int, _ graph: HookedGraph, _ fusion: Fusion, isHidden: (Int) -> Bool) {
    guard let last = fusion.recipe(for: node) else { return nil }
    func feeding(_ group: Fusion.Group) -> Fusion.Group? {
      let input = graph.nodes[group.head].inputs[0]
      guard isHidden(input), let before = fusion.recipe(for: input), before.residual == nil,
        before.last == input
      else { return nil }
      return before
    }
    if Self.isDepthwise(last, graph) {
      guard last.residual == nil, let expand = feeding(last), Self.isPointwise(expand, graph) else {
        return nil
      }
      self.expand = expand
      depthwise = last
      project = nil
      return
    }
    guard Self.isPointwise(last, graph), let middle = feeding(last), Self.isDepthwise(middle, graph) else {
      return nil
    }
    expand = feeding(middle).flatMap { Self.isPointwise($0, graph) ? $0 : nil }
    depthwise = middle
    project = last
  }

  /// A convolution of a single channel is depthwise, whatever else it is.
  private static func isPointwise(_ group: Fusion.Group, _ graph: HookedGraph) -> Bool {
    guard case .convolution(let convolution) = graph.operation(group.head), !isDepthwise(group, graph) else {
      return false
    }
    return convolution.kernel == 1 && convolution.stride == 1 && convolution.padding == 0
      && convolution.groups == 1 && group.pool == nil
  }

  private static func isDepthwise(_ group: Fusion.Group, _ graph: HookedGraph) -> Bool {
    guard case .convolution(let convolution) = graph.operation(group.head) else { return false }
    return convolution.isDepthwise(over: graph.nodes[graph.nodes[group.head].inputs[0]].shape)
  }
}
