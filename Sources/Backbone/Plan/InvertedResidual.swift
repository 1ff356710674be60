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
    if last.isDepthwise(graph) {
      guard last.residual == nil, let expand = feeding(last), expand.isPointwise(graph) else {
        return nil
      }
      self.expand = expand
      depthwise = last
      project = nil
      return
    }
    guard last.isPointwise(graph), let middle = feeding(last), middle.isDepthwise(graph) else {
      return nil
    }
    expand = feeding(middle).flatMap { $0.isPointwise(graph) ? $0 : nil }
    depthwise = middle
    project = last
  }
}

extension Fusion.Group {
  /// Whether the head is a plain convolution by 1 x 1: an output pixel for each of the input's.
  ///
  /// A convolution of a single channel is depthwise, whatever else it is.
  func isPointwise(_ graph: HookedGraph) -> Bool {
    guard case .convolution(let convolution) = graph.operation(head), !isDepthwise(graph) else {
      return false
    }
    return convolution.kernel == 1 && convolution.stride == 1 && convolution.padding == 0
      && convolution.groups == 1 && pool == nil
  }

  func isDepthwise(_ graph: HookedGraph) -> Bool {
    guard case .convolution(let convolution) = graph.operation(head) else { return false }
    return convolution.isDepthwise(over: graph.nodes[graph.nodes[head].inputs[0]].shape)
  }
}
