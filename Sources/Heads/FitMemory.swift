import Synchronization

/// What a fit's large arrays take up, and the most they took up at one time.
final class FitMemory: Sendable {
  private let bytes = Mutex((now: 0, most: 0))

  var peak: Int { bytes.withLock { $0.most } }

  func reserve(_ count: Int) {
    bytes.withLock { bytes in
      bytes.now += count
      bytes.most = max(bytes.most, bytes.now)
    }
  }

  func release(_ count: Int) { bytes.withLock { $0.now -= count } }
}
