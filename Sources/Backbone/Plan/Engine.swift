import Tensors

/// Runs a plan: owns the threads and the memory that it needs, for one batch at a time.
final class Engine {
  private let plan: Plan
  private let pool: WorkerPool
  private let workspace = Workspace()

  /// - Throws: `.resources`
  init(_ plan: Plan, threads: Int) throws(BackboneError) {
    self.plan = plan
    do { pool = try WorkerPool(threads: threads) } catch {
      throw BackboneError(.resources, error.message)
    }
  }

  var threads: WorkerPool { pool }

  /// Runs a batch.
  ///
  /// - Parameters:
  ///   - batch: pictures
  ///   - isCancelled: asked before every layer
  ///   - observe: told every node as soon as its value is there
  ///   - fill: writes the pictures, [batch][height][width][channel]
  /// - Returns: for each tap, [batch][dimension]
  /// - Throws: `.cancelled`, `.hook`
  func run(
    batch: Int, isCancelled: () -> Bool = { false }, observe: ((Int) -> Void)? = nil,
    fill: (UnsafeMutableBufferPointer<Float>) -> Void
  ) throws(BackboneError) -> [[Float]] {
    let program = plan.program
    let executor = Executor(program, pool: pool, workspace: workspace, batch: batch)
    var results: [[Float]] = Array(repeating: [], count: plan.taps.count)
    var hooks = HookRun(executor)
    // The input is node 0, and has a place unless nothing needs it.
    if let input = unsafe executor.place(0) {
      unsafe fill(
        UnsafeMutableBufferPointer(
          start: input.pointer, count: batch * program.graph.nodes[0].shape.count))
    }
    for (step, work) in zip(program.schedule.steps, program.steps) {
      if isCancelled() { throw BackboneError(.cancelled, "the extraction was cancelled") }
      try hooks.fireEvents(upTo: step.node)
      if case .replacement(let hook, let position) = work {
        try hooks.replace(hook, position: position, node: step.node)
      } else {
        executor.run(work, output: step.node)
      }
      for (index, node) in plan.tappedNodes.enumerated() where node == step.node {
        results[index] = executor.rows(node, plan.taps[index].pooling)
      }
      observe?(step.node)
    }
    try hooks.fireEvents(upTo: .max)
    return results
  }
}
