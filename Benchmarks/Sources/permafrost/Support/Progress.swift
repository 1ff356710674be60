import Foundation
import Synchronization

/// Progress on standard error: one line that renews itself on a terminal, a plain line now and then elsewhere.
final class ProgressLine: Sendable {
  private struct State {
    var lastShown = 0.0
    var shownAnything = false
  }

  private let what: String
  private let quiet: Bool
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let start = Date().timeIntervalSinceReferenceDate
  private let state = Mutex(State())

  init(_ what: String, quiet: Bool) {
    self.what = what
    self.quiet = quiet
  }

  /// Shows that `done` of `total` are finished, at most a few times a second.
  func update(_ done: Int, of total: Int) {
    guard !quiet else { return }
    let now = Date().timeIntervalSinceReferenceDate
    state.withLock { state in
      let interval = isTerminal ? 0.2 : 5
      guard now - state.lastShown >= interval || (done == total && state.shownAnything) else { return }
      if !isTerminal && state.lastShown == 0 && done < total {
        state.lastShown = now  // nothing to say in the first seconds
        return
      }
      state.lastShown = now
      state.shownAnything = true
      let rate = Double(done) / max(now - start, 1e-3)
      let left = rate > 0 ? Double(total - done) / rate : 0
      let text =
        "\(what): \(done) of \(total), \(formatted(rate, decimals: 1)) a second, \(duration(left)) left"
      if isTerminal {
        FileHandle.standardError.write(Data("\r\u{1b}[K\(text)".utf8))
        if done == total { writeError("") }
      } else {
        writeError(text)
      }
    }
  }

  private func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
  }
}

/// A number with a fixed count of decimals.
func formatted(_ value: Double, decimals: Int) -> String {
  String(format: "%.\(decimals)f", value)
}
