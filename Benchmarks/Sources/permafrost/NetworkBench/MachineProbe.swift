import CMachineProbe
import Foundation
import Synchronization

/// Measures the machine itself, with as many threads as the engines have.
@safe final class MachineProbe {
  private let probe: OpaquePointer

  init(threads: Int) throws {
    guard let probe = unsafe machine_probe_create(threads) else {
      throw CommandError.failed("no memory to probe the machine with \(threads) threads")
    }
    unsafe self.probe = probe
    _ = ceilings()  // the first one wakes the processor
  }

  deinit { unsafe machine_probe_destroy(probe) }

  func ceilings() -> Ceilings {
    unsafe Ceilings(fma: machine_probe_fma(probe, 0.06), copy: machine_probe_copy(probe, 0.04))
  }
}

/// A thread that does nothing useful without ever pausing, at the priority of the program itself.
final class BusyCore: Sendable {
  private final class State: Sendable {
    let stopped = Atomic(false)
    let pausing = Atomic(false)
  }

  private let state = State()

  init() {
    Thread.detachNewThread { [state] in
      while !state.stopped.load(ordering: .relaxed) {
        if state.pausing.load(ordering: .relaxed) { Thread.sleep(forTimeInterval: 0.001) }
      }
    }
  }

  /// Leaves the core alone while `body` runs.
  func pausing<Result>(_ body: () throws -> Result) rethrows -> Result {
    state.pausing.store(true, ordering: .relaxed)
    defer { state.pausing.store(false, ordering: .relaxed) }
    Thread.sleep(forTimeInterval: 0.01)
    return try body()
  }

  func stop() { state.stopped.store(true, ordering: .relaxed) }
}
