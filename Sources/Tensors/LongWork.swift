internal import CPermafrostKernels

/// Work that goes on for long without suspending. The threads on which tasks run are as many as the machine has
/// processors and belong to the host: work that kept one of them till its end would keep it from everybody else's
/// tasks, those among them that are to cancel it.
package enum LongWork {
  /// Runs `body` on a thread of its own while the calling task waits, suspended.
  ///
  /// That thread is no task's: in `body` there are no task-local values, `Task.isCancelled` is false, and the
  /// priority is the system's default one. Signals that are sent to the process go to other threads. When this
  /// returns, the references that `body` held are gone, unless the caller has them too.
  ///
  /// - Throws: `.resources` where no thread can be had; `body` has not been called then.
  package static func run<Value: Sendable>(
    _ body: @escaping @Sendable () -> Value
  ) async throws(TensorsError) -> Value {
    let outcome = await withCheckedContinuation { continuation in
      let errand = Errand {
        let value = body()
        return { continuation.resume(returning: Result<Value, TensorsError>.success(value)) }
      }
      let error = errand.start()
      guard error != 0 else { return }
      continuation.resume(
        returning: .failure(TensorsError(.resources, "cannot start a thread: \(systemErrorText(error))")))
    }
    return try outcome.get()
  }
}

/// What a thread has to do: first the work, then, with all that the work needed gone, what comes after it.
private final class Errand {
  private var work: (() -> () -> Void)?

  init(_ work: @escaping () -> () -> Void) { self.work = work }

  private func run() {
    let finish = work?()
    work = nil
    finish?()
  }

  /// - Returns: zero, or the number of the error for which there is no thread.
  func start() -> Int32 {
    let reference = unsafe Unmanaged.passRetained(self)
    let error = unsafe pf_thread_detached(
      { context in
        if let context = unsafe context {
          unsafe Unmanaged<Errand>.fromOpaque(context).takeRetainedValue().run()
        }
        return nil
      }, reference.toOpaque())
    if error != 0 { unsafe reference.release() }
    return error
  }
}
