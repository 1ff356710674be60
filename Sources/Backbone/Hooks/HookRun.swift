import Tensors

/// The hooks of one batch, fired in graph order.
struct HookRun {
  private let executor: Executor
  private var nextEvent = 0
  /// What replacing hooks returned: one that returns several tensors fires once.
  private var replacements: [Int: [Tensor]] = [:]

  init(_ executor: Executor) { self.executor = executor }

  private var graph: HookedGraph { executor.program.graph }

  /// Fires the observing hooks that stand at or before a node that is about to be computed.
  ///
  /// - Throws: `.hook` where one throws
  mutating func fireEvents(upTo node: Int) throws(BackboneError) {
    let events = executor.program.schedule.events
    while nextEvent < events.count, events[nextEvent].position <= node {
      let event = events[nextEvent]
      nextEvent += 1
      let hook = graph.hooks[event.hook]
      let seen = self.event(hook, inputs: event.inputs, output: event.output)
      do {
        switch hook.action {
        case .observeInputs(let observe), .observeOutput(let observe): try observe(seen)
        case .replaceInputs, .replaceOutput: break  // those are nodes, not events
        }
      } catch {
        throw BackboneError(.hook, "the hook at layer \(hook.layer) threw: \(error)")
      }
    }
  }

  /// Fires a replacing hook, if it has not fired yet, and puts one of its tensors into its place.
  ///
  /// - Throws: `.hook` where it throws, or returns a tensor of another shape or another number of tensors
  mutating func replace(_ number: Int, position: Int, node: Int) throws(BackboneError) {
    let hook = graph.hooks[number]
    if replacements[number] == nil { replacements[number] = try call(hook, node: node) }
    let tensors = replacements[number] ?? []
    let expected = [executor.batch] + graph.nodes[node].shape.dimensions
    guard position < tensors.count, tensors[position].shape == expected else {
      let got = position < tensors.count ? "a tensor of shape \(tensors[position].shape)" : "too few tensors"
      throw BackboneError(
        .hook, "the hook at layer \(hook.layer) returned \(got), expected shape \(expected)")
    }
    executor.store(tensors[position].values, at: node)
  }

  private func call(_ hook: HookSet.Hook, node: Int) throws(BackboneError) -> [Tensor] {
    let inputs = graph.nodes[node].inputs
    do {
      switch hook.action {
      case .replaceInputs(_, let replace):
        return try replace(event(hook, inputs: inputs, output: nil))
      case .replaceOutput(_, let replace):
        return [try replace(event(hook, inputs: Array(inputs.dropFirst()), output: inputs.first))]
      case .observeInputs, .observeOutput:
        return []
      }
    } catch {
      throw BackboneError(.hook, "the hook at layer \(hook.layer) threw: \(error)")
    }
  }

  private func event(_ hook: HookSet.Hook, inputs: [Int], output: Int?) -> HookEvent {
    HookEvent(
      layer: hook.layer, inputs: inputs.compactMap { executor.tensor($0) },
      output: output.flatMap { executor.tensor($0) })
  }
}
