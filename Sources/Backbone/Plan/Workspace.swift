/// The mutable memory of one run at a time: the arena that a program's buffers share, and scratch. Grows when
/// needed and is then kept, since fresh memory costs more than it holds.
final class Workspace {
  /// What a worker has for itself.
  private final class Own {
    var arena = AlignedFloats(count: 0)
    var scratch = AlignedFloats(count: 0)
  }

  private var arena = AlignedFloats(count: 0)
  private var steps = AlignedFloats(count: 0)
  private let own: [Own]

  init(workers: Int) { own = (0..<workers).map { _ in Own() } }

  /// Memory for a batch.
  func reserve(_ memory: MemoryPlan, batch: Int) {
    if arena.count < memory.size * batch { arena = AlignedFloats(count: memory.size * batch) }
  }

  /// Memory of one worker for some pictures of a segment.
  func reserve(_ memory: MemoryPlan, segment: Int, pictures: Int, worker: Int) {
    let floats = memory.localSizes[segment] * pictures
    if own[worker].arena.count < floats { own[worker].arena = AlignedFloats(count: floats) }
  }

  /// Where a buffer begins: that of a whole batch, or what a worker has of it for some pictures of a segment.
  func pointer(
    _ buffer: MemoryPlan.Buffer, batch: Int, pictures: Int, worker: Int
  ) -> UnsafeMutablePointer<Float>? {
    if buffer.segment == nil { return unsafe arena.pointer.map { unsafe $0 + buffer.offset * batch } }
    return unsafe own[worker].arena.pointer.map { unsafe $0 + buffer.offset * pictures }
  }

  /// At least this many bytes for one worker, until its next call.
  func scratch(worker: Int, bytes: Int) -> UnsafeMutablePointer<Float>? {
    let floats = (bytes + 3) / 4
    if own[worker].scratch.count < floats { own[worker].scratch = AlignedFloats(count: floats) }
    return unsafe own[worker].scratch.pointer
  }

  /// At least this many floats for all workers together, until the next call.
  func shared(floats: Int) -> UnsafeMutablePointer<Float>? {
    if steps.count < floats { steps = AlignedFloats(count: floats) }
    return unsafe steps.pointer
  }
}
