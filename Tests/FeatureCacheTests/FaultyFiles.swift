import FeatureCache
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The operating system's files, some of whose calls misbehave.
final class FaultyFiles: FileOperations {
  enum Fault: Hashable, Sendable {
    /// Call number `at` fails, and where `forever` all that follow.
    case fail(Int32, at: Int, forever: Bool)
    /// Every call is interrupted once before it succeeds, and reads and writes do one byte at a time.
    case stutter
    /// Call number `at` and all that follow do nothing at all, as after a crash.
    case crash(at: Int)
  }

  private struct State {
    var calls = 0
    var interrupts = false
  }

  private let fault: Fault
  private let state = Mutex(State())
  private let system = POSIXFiles()

  init(_ fault: Fault) { self.fault = fault }

  /// Calls so far.
  var calls: Int { state.withLock { $0.calls } }

  private func enter(canBeInterrupted: Bool = true) throws(SystemFailure) {
    let failure: Int32? = state.withLock { state in
      defer { state.calls += 1 }
      switch fault {
      case .fail(let number, let at, let forever):
        return state.calls == at || (forever && state.calls > at) ? number : nil
      case .stutter:
        guard canBeInterrupted else { return nil }
        state.interrupts.toggle()
        return state.interrupts ? EINTR : nil
      case .crash(let at):
        return state.calls >= at ? EIO : nil
      }
    }
    if let failure { throw SystemFailure(failure) }
  }

  private var isStuttering: Bool { fault == .stutter }

  func open(_ path: String, flags: Int32, mode: UInt32) throws(SystemFailure) -> Int32 {
    try enter()
    return try system.open(path, flags: flags, mode: mode)
  }

  func close(_ descriptor: Int32) throws(SystemFailure) {
    // The descriptor is gone whatever close says.
    do throws(SystemFailure) {
      try enter(canBeInterrupted: false)
    } catch {
      try? system.close(descriptor)
      throw error
    }
    try system.close(descriptor)
  }

  func status(_ descriptor: Int32) throws(SystemFailure) -> FileStatus {
    try enter()
    return try system.status(descriptor)
  }

  func status(_ path: String) throws(SystemFailure) -> FileStatus {
    try enter()
    return try system.status(path)
  }

  func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(SystemFailure) -> Int {
    try enter()
    let part = unsafe isStuttering ? UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(7)) : buffer
    return try unsafe system.read(descriptor, into: part, at: offset)
  }

  func write(
    _ descriptor: Int32, _ buffer: UnsafeRawBufferPointer, at offset: Int
  ) throws(SystemFailure) -> Int {
    do throws(SystemFailure) {
      try enter()
    } catch {
      // A write that fails may have written some of its bytes.
      if error.number != EINTR {
        _ = try? unsafe system.write(
          descriptor, UnsafeRawBufferPointer(rebasing: buffer.prefix(buffer.count / 2)), at: offset)
      }
      throw error
    }
    let part = unsafe isStuttering ? UnsafeRawBufferPointer(rebasing: buffer.prefix(61)) : buffer
    return try unsafe system.write(descriptor, part, at: offset)
  }

  func sync(_ descriptor: Int32) throws(SystemFailure) {
    try enter(canBeInterrupted: false)
    try system.sync(descriptor)
  }

  func syncData(_ descriptor: Int32) throws(SystemFailure) {
    try enter(canBeInterrupted: false)
    try system.syncData(descriptor)
  }

  func beginSync(_ descriptor: Int32, _ range: Range<Int>) { system.beginSync(descriptor, range) }

  func lock(_ descriptor: Int32, exclusive: Bool) throws(SystemFailure) -> Bool {
    try enter()
    return try system.lock(descriptor, exclusive: exclusive)
  }

  func fileSystem(_ descriptor: Int32) throws(SystemFailure) -> Int {
    try enter()
    return try system.fileSystem(descriptor)
  }

  func link(_ path: String, to newPath: String) throws(SystemFailure) {
    try enter(canBeInterrupted: false)
    try system.link(path, to: newPath)
  }

  func rename(_ path: String, to newPath: String) throws(SystemFailure) {
    try enter()
    try system.rename(path, to: newPath)
  }

  func remove(_ path: String) throws(SystemFailure) {
    try enter(canBeInterrupted: false)
    try system.remove(path)
  }

  func makeFolder(_ path: String) throws(SystemFailure) {
    try enter(canBeInterrupted: false)
    try system.makeFolder(path)
  }

  func removeFolder(_ path: String) throws(SystemFailure) {
    try enter(canBeInterrupted: false)
    try system.removeFolder(path)
  }

  func list(_ path: String) throws(SystemFailure) -> [[UInt8]] {
    try enter()
    return try system.list(path)
  }
}
