import Tensors

/// Who computes: all threads of a pool together, or one of them by itself while the others do other pictures.
struct Workers {
  private let pool: WorkerPool
  /// The one that is alone; `nil`: all.
  let alone: Int?

  init(_ pool: WorkerPool, alone: Int? = nil) {
    self.pool = pool
    self.alone = alone
  }

  /// Threads that share the work.
  var threads: Int { alone == nil ? pool.threads : 1 }

  /// Calls `body(item, worker)` once for each item below `count`.
  func forEach(_ count: Int, _ body: (_ item: Int, _ worker: Int) -> Void) {
    guard let alone else { return pool.forEach(count, body) }
    for item in 0..<max(count, 0) { body(item, alone) }
  }
}
