import Synchronization
import Tensors

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

  /// Runs `body` on a thread of its own, in such a way that cancelling the task makes `checkCancellation` throw.
  package static func run<Value: Sendable>(
    _ options: FitOptions, _ body: @escaping @Sendable (FitContext) throws(HeadsError) -> Value
  ) async throws(HeadsError) -> Value {
    let context = try FitContext(options)
    let outcome = await withTaskCancellationHandler {
      do throws(HeadsError) {
        return Result<Value, HeadsError>.success(
          try await LongWork.attempt { () throws(HeadsError) in try body(context) })
      } catch {
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

extension LongWork {
  /// The same for work that may fail, such as a pass over many rows.
  static func attempt<Value: Sendable>(
    _ body: @escaping @Sendable () throws(HeadsError) -> Value
  ) async throws(HeadsError) -> Value {
    let outcome: Result<Value, HeadsError>
    do throws(TensorsError) {
      outcome = try await run {
        do throws(HeadsError) { return .success(try body()) } catch { return .failure(error) }
      }
    } catch {
      throw HeadsError(error)
    }
    return try outcome.get()
  }
}
