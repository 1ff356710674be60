internal import CPermafrostKernels
import Synchronization

/// Threads that belong to whoever made the pool, for loops whose iterations are independent.
@safe package final class WorkerPool: @unchecked Sendable {  // the lock guards the pointer
  /// Threads that work, the caller's own included.
  package let threads: Int
  private let pool: OpaquePointer
  private let turn = Mutex(())

  /// - Throws: `.resources` where the threads cannot be had.
  package init(threads: Int) throws(TensorsError) {
    guard threads > 0, let pool = unsafe pf_pool_create(threads) else {
      throw TensorsError(.resources, "cannot start \(threads) threads")
    }
    self.threads = threads
    unsafe self.pool = pool
  }

  deinit {
    unsafe pf_pool_destroy(pool)
  }

  /// Calls `body(item, worker)` once for each item below `count`, on every thread, and returns when all have
  /// returned. No two calls under way at once have the same `worker`, which is below `threads`. Callers from
  /// several threads take turns.
  package func forEach(_ count: Int, _ body: (_ item: Int, _ worker: Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      var loop = LoopBody(call: body)
      turn.withLock { _ in
        unsafe withUnsafeMutablePointer(to: &loop) { context in
          unsafe pf_pool_run(
            pool, max(count, 0),
            { context, item, worker in
              unsafe context?.assumingMemoryBound(to: LoopBody.self).pointee.call(item, worker)
            }, context)
        }
      }
    }
  }
}

extension WorkerPool {
  /// What `body` makes of each item below `count`, in order; calls run on every thread.
  package func map<Result>(_ count: Int, _ body: (Int) -> Result) -> [Result] {
    let slots = (0..<count).map { _ in Slot<Result>() }
    forEach(count) { item, _ in slots[item].result = body(item) }
    return slots.compactMap(\.result)
  }

  /// Written by one thread and read when all have returned.
  private final class Slot<Result> { var result: Result? }
}

private struct LoopBody {
  let call: (Int, Int) -> Void
}
