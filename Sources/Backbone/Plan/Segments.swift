/// Runs of steps, and how many pictures go through one of them together.
///
/// At first activations are large and weights light: pictures go through by themselves, one a thread, so that an
/// activation is still in the cache when the next layer reads it, and needs memory once a thread instead of once
/// a picture. Later weights are heavy: then all pictures of a batch go through layer by layer, and a weight is
/// read once for all of them. None of this changes a bit.
struct Segments {
  struct Segment: Hashable {
    /// Positions in the schedule.
    var steps: Range<Int>
    /// Pictures that one thread takes through together; `nil`: all threads take the whole batch.
    var pictures: Int?
  }

  let all: [Segment]

  /// Multiply-adds that a core does in a second, and bytes that it gets from memory meanwhile: about what to
  /// expect, since only their ratio matters, and that roughly.
  private static let multiplyAdds = 50e9
  private static let bytes = 6e9
  /// Weights that stay in a core's cache whatever passes through it.
  private static let light = 256.0 * 1024
  /// The part of a layer's time that reading its weights may take.
  private static let share = 0.125
  private static let few = 4

  /// - Parameter isHooked: hooks see whole batches, so nothing is cut
  init(_ graph: HookedGraph, _ schedule: Schedule, _ choice: ConvolutionAlgorithm.Choice, isHooked: Bool) {
    var segments: [Segment] = []
    var pictures: Int? = isHooked ? nil : 1
    for (position, step) in schedule.steps.enumerated() {
      if let last = pictures, let needed = Self.picturesNeeded(step, graph, choice) {
        pictures = needed <= Double(last) ? last : needed <= Double(Self.few) ? Self.few : nil
      }
      if let last = segments.last, last.pictures == pictures {
        segments[segments.count - 1].steps = last.steps.lowerBound..<position + 1
      } else {
        segments.append(Segment(steps: position..<position + 1, pictures: pictures))
      }
    }
    all = segments
  }

  /// Pictures over which the reading of a step's weights must be spread; `nil` where it has none to speak of.
  private static func picturesNeeded(
    _ step: Schedule.Step, _ graph: HookedGraph, _ choice: ConvolutionAlgorithm.Choice
  ) -> Double? {
    switch step.kind {
    case .fused(let group): return picturesNeeded(group, graph, choice)
    case .scaled(let scaled): return picturesNeeded(scaled.group, graph, choice)
    case .inverted(let block):
      return [block.expand, block.project].compactMap { $0 }
        .compactMap { picturesNeeded($0, graph, choice) }.max()
    default: return nil
    }
  }

  private static func picturesNeeded(
    _ group: Fusion.Group, _ graph: HookedGraph, _ choice: ConvolutionAlgorithm.Choice
  ) -> Double? {
    guard case .graph(let index) = graph.nodes[group.head].source else { return nil }
    let node = graph.graph.nodes[index]
    var (growth, saving) = (1.0, 1.0)
    if case .convolution(let convolution) = node.operation {
      let algorithm = ConvolutionAlgorithm(
        convolution, input: graph.nodes[graph.nodes[group.head].inputs[0]].shape, output: node.shape, choice)
      (growth, saving) = (algorithm.growth, algorithm.saving)
    }
    let weights = Double(node.parameterCount * 4) * growth
    let computed = Double(graph.nodes[group.head].shape.pixels) / Double(node.shape.pixels)
    guard weights > light, node.multiplyAdds > 0 else { return nil }
    return weights / bytes / (share * Double(node.multiplyAdds) * computed / saving / multiplyAdds)
  }
}
