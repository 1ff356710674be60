import Synchronization
import Tensors

/// Runs a plan: owns the threads and the memory that it needs, for one batch at a time.
final class Engine {
  private let plan: Plan
  private let pool: WorkerPool
  private let workspace: Workspace

  /// Told every node as soon as its value is there, with the nanoseconds of the batch's time that it took.
  typealias Observer = (_ node: Int, _ nanoseconds: Int64) -> Void

  /// - Throws: `.resources`
  init(_ plan: Plan, threads: Int) throws(BackboneError) {
    self.plan = plan
    do { pool = try WorkerPool(threads: threads) } catch {
      throw BackboneError(.resources, error.message)
    }
    workspace = Workspace(workers: threads)
  }

  var threads: WorkerPool { pool }

  /// Runs a batch.
  ///
  /// - Parameters:
  ///   - batch: pictures
  ///   - isCancelled: asked before every layer
  ///   - observe: told how long each layer took
  ///   - fill: writes the pictures, [batch][height][width][channel]
  /// - Returns: for each tap, [batch][dimension]
  /// - Throws: `.cancelled`, `.hook`
  func run(
    batch: Int, isCancelled: () -> Bool = { false }, observe: Observer? = nil,
    fill: (UnsafeMutableBufferPointer<Float>) -> Void
  ) throws(BackboneError) -> [[Float]] {
    let program = plan.program
    workspace.reserve(program.memory, batch: batch)
    var results = TapResults(plan)
    let whole = Executor(
      program, pool: Workers(pool), workspace: workspace, batch: batch, pictures: 0..<batch, segment: nil)
    // The input is node 0, and has a place unless nothing needs it.
    if let input = unsafe whole.place(0) {
      unsafe fill(
        UnsafeMutableBufferPointer(
          start: input.pointer, count: batch * program.graph.nodes[0].shape.count))
    }
    var hooks = HookRun(whole)
    for (index, segment) in program.segments.all.enumerated() {
      if let pictures = segment.pictures {
        runApart(index, pictures, batch: batch, isCancelled, observe, &results)
        if isCancelled() { throw Self.cancelled }
        continue
      }
      for position in segment.steps {
        if isCancelled() { throw Self.cancelled }
        let node = program.schedule.steps[position].node
        try hooks.fireEvents(upTo: node)
        if case .replacement(let hook, let replaced) = program.steps[position] {
          try hooks.replace(hook, position: replaced, node: node)
        } else {
          run(position, whole, observe)
        }
        results.take(node, from: whole)
      }
    }
    try hooks.fireEvents(upTo: .max)
    return results.values
  }

  private static let cancelled = BackboneError(.cancelled, "the extraction was cancelled")

  /// A segment whose pictures go through in small groups, one a thread. What would leave threads without a
  /// picture goes through last, shared by all.
  private func runApart(
    _ segment: Int, _ pictures: Int, batch: Int, _ isCancelled: () -> Bool, _ observe: Observer?,
    _ results: inout TapResults
  ) {
    let threads = pool.threads
    let together = batch < 4 * threads ? batch % threads : 0
    let apart = batch - together
    let least = (apart + pictures - 1) / pictures
    let groups = min(apart, (least + threads - 1) / threads * threads)
    let collected = Mutex<[TapResults]>([])
    let lock = Mutex(())
    let program = plan.program
    pool.forEach(groups) { item, worker in
      var part = TapResults(plan)
      let executor = Executor(
        program, pool: Workers(pool, alone: worker), workspace: workspace, batch: batch,
        pictures: apart * item / groups..<apart * (item + 1) / groups, segment: segment)
      for position in program.segments.all[segment].steps where !isCancelled() {
        run(position, executor) { node, nanoseconds in
          lock.withLock { _ in observe?(node, nanoseconds / Int64(threads)) }
        }
        part.take(program.schedule.steps[position].node, from: executor)
      }
      collected.withLock { $0.append(part) }
    }
    for part in collected.withLock({ $0 }) { results.add(part) }
    guard together > 0 else { return }
    let executor = Executor(
      program, pool: Workers(pool), workspace: workspace, batch: batch, pictures: apart..<batch,
      segment: segment)
    for position in program.segments.all[segment].steps where !isCancelled() {
      run(position, executor, observe)
      results.take(program.schedule.steps[position].node, from: executor)
    }
  }

  private func run(_ position: Int, _ executor: Executor, _ observe: Observer?) {
    let node = plan.program.schedule.steps[position].node
    guard let observe else { return executor.run(plan.program.steps[position], output: node) }
    let start = ContinuousClock.now
    executor.run(plan.program.steps[position], output: node)
    let elapsed = (ContinuousClock.now - start).components
    observe(node, elapsed.seconds * 1_000_000_000 + elapsed.attoseconds / 1_000_000_000)
  }
}
