/// The mutable memory of one run at a time: the arena that a program's buffers share, and scratch for each
/// worker. Grows when needed and is then kept, since fresh memory costs more than it holds.
final class Workspace {
  private var arena = AlignedFloats(count: 0)
  private var scratch: [AlignedFloats] = []

  /// Memory for a batch.
  func reserve(_ memory: MemoryPlan, batch: Int) {
    if arena.count < memory.size * batch { arena = AlignedFloats(count: memory.size * batch) }
  }

  /// Where a value of a batch starts; `nil` only where nothing was reserved for it.
  func pointer(_ location: MemoryPlan.Location, _ memory: MemoryPlan, batch: Int) -> UnsafeMutablePointer<
    Float
  >? {
    let offset = memory.buffers[location.buffer].offset * batch + location.channelOffset
    return unsafe arena.pointer.map { unsafe $0 + offset }
  }

  /// Scratch of at least this many bytes for each worker.
  func reserveScratch(bytes: Int, workers: Int) {
    let floats = (bytes + 3) / 4
    while scratch.count < workers { scratch.append(AlignedFloats(count: floats)) }
    for index in scratch.indices where scratch[index].count < floats {
      scratch[index] = AlignedFloats(count: floats)
    }
  }

  func scratchPointer(worker: Int) -> UnsafeMutablePointer<Float>? { unsafe scratch[worker].pointer }
}
