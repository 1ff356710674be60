/// Where each value of a schedule lives: buffers that share one arena as soon as their times allow.
struct MemoryPlan {
  /// Where a value is within a picture's part of the arena's buffer.
  struct Location: Hashable {
    let buffer: Int
    /// Floats from the start of a pixel; not 0 for a part of a concatenation.
    var channelOffset: Int
    /// Floats from one pixel to the next.
    let pixelStride: Int

    /// The place of a view on a value of this shape, which is here.
    func viewed(_ view: Operation.View, _ shape: FeatureShape) -> Location {
      guard view == .firstToken else { return self }
      return Location(buffer: buffer, channelOffset: channelOffset, pixelStride: pixelStride * shape.pixels)
    }
  }

  /// A buffer's place for a batch of one; a batch of n has its buffers at n times the offset.
  struct Buffer {
    var offset: Int
    /// Floats a picture, rounded up to cache lines.
    let size: Int
    /// Steps, by position in the schedule, between which the buffer is in use, both included.
    var firstStep: Int
    var lastStep: Int
  }

  /// By node; `nil` for nodes that are not computed.
  private(set) var locations: [Location?]
  /// By node: where a self-attention keeps its queries, keys and values.
  private(set) var projections: [Int: Location] = [:]
  private(set) var buffers: [Buffer] = []
  /// Floats a picture of the whole arena.
  private(set) var size = 0

  init(_ graph: HookedGraph, _ schedule: Schedule) {
    locations = Array(repeating: nil, count: graph.nodes.count)
    let placed = Self.placedParts(graph, schedule)
    for (position, step) in schedule.steps.enumerated() {
      locate(step, at: position, graph, placed)
      reserveProjections(step, at: position, graph)
      for input in Schedule.inputs(of: step, graph) { use(input, at: position) }
      use(step.node, at: position)
    }
    for event in schedule.events {
      // It fires behind the last step in front of its position.
      let position = (schedule.steps.firstIndex { $0.node >= event.position } ?? schedule.steps.count) - 1
      for node in event.inputs + (event.output.map { [$0] } ?? []) { use(node, at: position) }
    }
    assignOffsets()
  }

  /// Concatenations by the nodes that can write straight into them, with the channel offset of each.
  private static func placedParts(
    _ graph: HookedGraph, _ schedule: Schedule
  ) -> [Int: (whole: Int, offset: Int)] {
    var computable: Set<Int> = []
    for step in schedule.steps {
      switch step.kind {
      case .input, .single(.concatenate), .single(.view): break
      default: computable.insert(step.node)
      }
    }
    var placed: [Int: (whole: Int, offset: Int)] = [:]
    for step in schedule.steps {
      guard case .single(.concatenate) = step.kind else { continue }
      var offset = 0
      for part in graph.nodes[step.node].inputs {
        if computable.contains(part), placed[part] == nil { placed[part] = (step.node, offset) }
        offset += graph.nodes[part].shape.channels
      }
    }
    return placed
  }

  /// A self-attention keeps its queries, keys and values while it runs.
  private mutating func reserveProjections(_ step: Schedule.Step, at position: Int, _ graph: HookedGraph) {
    guard case .fused(let group) = step.kind, case .selfAttention = graph.operation(group.head) else {
      return
    }
    let shape = graph.nodes[group.head].shape
    projections[step.node] = newBuffer(
      .tokens(shape.pixels, 3 * shape.channels, hasClassToken: true), position)
  }

  private mutating func locate(
    _ step: Schedule.Step, at position: Int, _ graph: HookedGraph, _ placed: [Int: (whole: Int, offset: Int)]
  ) {
    switch step.kind {
    case .single(.view(let view)):
      let input = graph.nodes[step.node].inputs[0]
      locations[step.node] = locations[input]?.viewed(view, graph.nodes[input].shape)
    default:
      guard let (whole, offset) = placed[step.node] else {
        if locations[step.node] == nil {
          locations[step.node] = newBuffer(graph.nodes[step.node].shape, position)
        }
        return
      }
      let base = locations[whole] ?? newBuffer(graph.nodes[whole].shape, position)
      locations[whole] = base
      locations[step.node] = Location(
        buffer: base.buffer, channelOffset: offset, pixelStride: base.pixelStride)
    }
  }

  private mutating func newBuffer(_ shape: FeatureShape, _ position: Int) -> Location {
    let size = (shape.count + 15) / 16 * 16
    buffers.append(Buffer(offset: 0, size: size, firstStep: position, lastStep: position))
    return Location(buffer: buffers.count - 1, channelOffset: 0, pixelStride: shape.channels)
  }

  private mutating func use(_ node: Int, at position: Int) {
    guard let buffer = locations[node]?.buffer else { return }
    buffers[buffer].lastStep = max(buffers[buffer].lastStep, position)
  }

  /// Largest first, each at the lowest offset that no buffer alive at the same time has.
  private mutating func assignOffsets() {
    var done: [Buffer] = []
    for index in buffers.indices.sorted(by: { buffers[$0].size > buffers[$1].size }) {
      let neighbours = done.filter {
        $0.firstStep <= buffers[index].lastStep && buffers[index].firstStep <= $0.lastStep
      }.sorted { $0.offset < $1.offset }
      var offset = 0
      for neighbour in neighbours where neighbour.offset < offset + buffers[index].size {
        offset = max(offset, neighbour.offset + neighbour.size)
      }
      buffers[index].offset = offset
      done.append(buffers[index])
      size = max(size, offset + buffers[index].size)
    }
  }
}
