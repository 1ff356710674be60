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
    /// The segment outside of which nobody uses it, if its pictures go through in small groups: then the buffer
    /// is needed once a thread, for a group.
    var segment: Int?
  }

  /// By node; `nil` for nodes that are not computed.
  private(set) var locations: [Location?]
  /// By node: where a self-attention keeps its queries, keys and values.
  private(set) var projections: [Int: Location] = [:]
  /// By node: where an inverted residual leaves the sums of its output's lines.
  private(set) var lineSums: [Int: Location] = [:]
  private(set) var buffers: [Buffer] = []
  /// Floats a picture of the arena that a batch has.
  private(set) var size = 0
  /// Floats a picture of the arena that a thread has, by segment.
  private(set) var localSizes: [Int]

  init(_ graph: HookedGraph, _ schedule: Schedule, _ segments: Segments) {
    localSizes = Array(repeating: 0, count: segments.all.count)
    locations = Array(repeating: nil, count: graph.nodes.count)
    let placed = Self.placedParts(graph, schedule)
    for (position, step) in schedule.steps.enumerated() {
      locate(step, at: position, graph, placed)
      reserveProjections(step, at: position, graph)
      reserveLineSums(step, at: position, graph, schedule)
      for input in Schedule.inputs(of: step, graph) { use(input, at: position) }
      use(step.node, at: position)
    }
    for event in schedule.events {
      // It fires behind the last step in front of its position.
      let position = (schedule.steps.firstIndex { $0.node >= event.position } ?? schedule.steps.count) - 1
      for node in event.inputs + (event.output.map { [$0] } ?? []) { use(node, at: position) }
    }
    findSegments(segments, input: locations.first ?? nil)
    for segment in localSizes.indices { localSizes[segment] = assignOffsets(segment) }
    size = assignOffsets(nil)
  }

  /// The input is there before the first step, so it belongs to the batch. In a segment whose pictures go through
  /// one after the other, one picture's last step comes before another's first: what belongs to the batch is in
  /// use for the whole of the segment.
  private mutating func findSegments(_ segments: Segments, input: Location?) {
    for index in buffers.indices {
      let (first, last) = (buffers[index].firstStep, buffers[index].lastStep)
      for (number, segment) in segments.all.enumerated() where segment.pictures != nil {
        if index != input?.buffer, segment.steps.contains(first), segment.steps.contains(last) {
          buffers[index].segment = number
        } else if segment.steps.overlaps(first..<last + 1) {
          buffers[index].firstStep = min(buffers[index].firstStep, segment.steps.lowerBound)
          buffers[index].lastStep = max(buffers[index].lastStep, segment.steps.upperBound - 1)
        }
      }
    }
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
    let shape = graph.nodes[graph.nodes[group.head].inputs[0]].shape
    projections[step.node] = newBuffer(
      .tokens(shape.pixels, 3 * shape.channels, hasClassToken: true), position)
  }

  /// The sums of a map's lines are there from the step that computes the map to the one that averages it.
  private mutating func reserveLineSums(
    _ step: Schedule.Step, at position: Int, _ graph: HookedGraph, _ schedule: Schedule
  ) {
    guard case .averageOfLines(let map) = step.kind,
      let first = schedule.steps.firstIndex(where: { $0.node == map })
    else { return }
    let shape = graph.nodes[map].shape
    let sums = lineSums[map] ?? newBuffer(.map(shape.channels, shape.height, 1), first)
    buffers[sums.buffer].lastStep = position
    lineSums[map] = sums
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
  ///
  /// - Parameter segment: which buffers; `nil`: those of the batch
  /// - Returns: floats that they need together
  private mutating func assignOffsets(_ segment: Int?) -> Int {
    var size = 0
    var done: [Buffer] = []
    let these = buffers.indices.filter { buffers[$0].segment == segment }
    for index in these.sorted(by: { buffers[$0].size > buffers[$1].size }) {
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
    return size
  }
}
