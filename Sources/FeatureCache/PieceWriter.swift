internal import Dispatch
import Synchronization

/// Writes a file piece by piece on a thread of its own, in order, so that whoever makes the bytes goes on meanwhile.
/// Two pieces are waiting or under way at most.
final class PieceWriter: Sendable {
  private let file: OpenFile
  private let queue = DispatchQueue(label: "FeatureCache.PieceWriter")
  private let places = DispatchSemaphore(value: 2)
  private let state = Mutex(State())

  private struct Piece {
    var bytes: [UInt8]
    var count: Int
    var offset: Int
  }

  private struct State {
    var waiting: [Piece] = []
    /// Buffers of pieces that have been written, in that order.
    var spare: [[UInt8]] = []
    /// The first one; nothing is written after it.
    var failure: FeatureCacheError?
    /// The end of what the disk has been asked to write.
    var syncing: Int?
  }

  /// After so many bytes the disk is asked to begin, so that a sync at the end finds little to wait for.
  private static let syncBytes = 1 << 25

  init(_ file: OpenFile) { self.file = file }

  /// Has the first `count` of some bytes written at `offset`.
  ///
  /// - Parameter bytes: become another buffer of the same size, with anything in it.
  /// - Throws: what an earlier piece failed with; the bytes are as before then.
  func write(_ bytes: inout [UInt8], count: Int, at offset: Int) throws(FeatureCacheError) {
    places.wait()
    var (failure, next) = state.withLock { state in
      (state.failure, state.spare.isEmpty ? [] : state.spare.removeFirst())
    }
    if let failure {
      places.signal()
      throw failure
    }
    if next.count < bytes.count { next = Array(repeating: 0, count: bytes.count) }
    swap(&next, &bytes)
    let piece = Piece(bytes: next, count: count, offset: offset)
    state.withLock { $0.waiting.append(piece) }
    queue.async {
      self.writeNext()
      self.places.signal()
    }
  }

  /// Returns when all pieces have been written.
  ///
  /// - Throws: what one of them failed with.
  func wait() throws(FeatureCacheError) {
    queue.sync {}
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  private func writeNext() {
    let (piece, isVoid) = state.withLock { ($0.waiting.removeFirst(), $0.failure != nil) }
    guard !isVoid else { return }
    do throws(FeatureCacheError) {
      try file.write(piece.bytes[..<piece.count], at: piece.offset)
    } catch {
      return state.withLock { $0.failure = error }
    }
    let due = state.withLock { state -> Range<Int>? in
      state.spare.append(piece.bytes)
      let range = (state.syncing ?? piece.offset)..<piece.offset + piece.count
      state.syncing = range.count < Self.syncBytes ? range.lowerBound : range.upperBound
      return range.count < Self.syncBytes ? nil : range
    }
    if let due { file.beginSync(due) }
  }
}
