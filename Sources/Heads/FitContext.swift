import Synchronization

/// What every part of a running fit needs: threads, the clock, whether to stop.
package final class FitContext: Sendable {
  let pool: WorkerPool
  let options: FitOptions
  let memory = FitMemory()
  private let start = ContinuousClock.now
  private let isCancelled = Atomic(false)

  /// - Throws: `.invalidArgument` where the options make no sense, `.resources`
  private init(_ options: FitOptions) throws(HeadsError) {
    guard (1...1024).contains(options.threads), options.rowMemoryBudget >= 0 else {
      throw HeadsError(
        .invalidArgument,
        "a fit needs 1 to 1024 threads and a memory budget, it has \(options.threads) and "
          + "\(options.rowMemoryBudget)")
    }
    do throws(TensorsError) { pool = try WorkerPool(threads: options.threads) } catch {
      throw HeadsError(error)
    }
    self.options = options
  }

  /// Runs `body` in such a way that cancelling the task makes `checkCancellation` throw.
  package static func run<Result: Sendable>(
    _ options: FitOptions, _ body: (FitContext) throws(HeadsError) -> Result
  ) async throws(HeadsError) -> Result {
    let context = try FitContext(options)
    let outcome = await withTaskCancellationHandler {
      do throws(HeadsError) { return Swift.Result<Result, HeadsError>.success(try body(context)) } catch {
        return .failure(error)
      }
    } onCancel: {
      context.isCancelled.store(true, ordering: .relaxed)
    }
    return try outcome.get()
  }

  /// - Throws: `.cancelled`
  func checkCancellation() throws(HeadsError) {
    if isCancelled.load(ordering: .relaxed) { throw HeadsError(.cancelled, "the fit was cancelled") }
  }

  func report(_ iteration: Int, of limit: Int, _ objective: Double) {
    options.progress?(FitProgress(iteration: iteration, limit: limit, objective: objective))
  }

  var seconds: Double {
    let elapsed = (ContinuousClock.now - start).components
    return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
  }
}
