import FeatureCache
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The operating system's files, with a record of all changes below one folder, from which it makes what a disk
/// may hold after the power went at any moment: whatever was not synced is there, not there, or rubbish, each
/// part by itself. Names are synced with their folder only, bytes with their file only, as POSIX promises.
final class PowerLossFiles: FileOperations {
  private enum Entry: Hashable {
    case folder
    case file(Int)
  }

  private enum Event {
    case write(file: Int, offset: Int, bytes: [UInt8])
    case sync(file: Int)
    /// A name came, or went.
    case name(String, Entry?)
    case syncFolder(String)
  }

  private struct State {
    var names: [String: Entry] = [:]
    var open: [Int32: String] = [:]
    var files = 0
    var events: [Event] = []
  }

  /// What becomes of unsynced parts.
  enum Fate: Hashable, CaseIterable {
    case kept, dropped, trashed, anyOfThese
  }

  private let folder: String
  private let initialNames: [String: Entry]
  private let initialBytes: [Int: [UInt8]]
  private let state: Mutex<State>
  private let system = POSIXFiles()

  /// - Parameter folder: what it holds now is safe.
  init(_ folder: String) throws {
    self.folder = folder
    var state = State()
    var bytes: [Int: [UInt8]] = [:]
    var waiting = [""]
    while let parent = waiting.popLast() {
      for name in try system.list(folder + parent) {
        let path = "\(parent)/\(String(decoding: name, as: UTF8.self))"
        if try system.status(folder + path).kind == .folder {
          state.names[path] = .folder
          waiting.append(path)
        } else {
          bytes[state.files] = try FileBytes.read(folder + path, limit: 1 << 30)
          state.names[path] = .file(state.files)
          state.files += 1
        }
      }
    }
    initialNames = state.names
    initialBytes = bytes
    self.state = Mutex(state)
  }

  /// Moments at which the power may go: right before each sync, and at the end.
  var moments: [Int] {
    state.withLock { state in
      let syncs = state.events.indices.filter { index in
        switch state.events[index] {
        case .sync, .syncFolder: true
        case .write, .name: false
        }
      }
      return syncs + [state.events.count]
    }
  }

  // MARK: What is left

  /// Writes what the disk may hold after so many events into a folder that does not exist yet.
  func restore(after count: Int, _ fate: Fate, seed: UInt64, to target: String) throws {
    let events = state.withLock { Array($0.events[..<count]) }
    var syncedFiles: Set<Int> = []
    var syncedFolders: Set<String> = []
    var isSafe = Array(repeating: false, count: count)
    for index in events.indices.reversed() {
      switch events[index] {
      case .sync(let file): syncedFiles.insert(file)
      case .syncFolder(let path): syncedFolders.insert(path)
      case .write(let file, _, _): isSafe[index] = syncedFiles.contains(file)
      case .name(let path, _): isSafe[index] = syncedFolders.contains(Self.parent(of: path))
      }
    }
    var generator = SeededGenerator(seed: seed)
    var (names, contents) = (initialNames, initialBytes)
    for (event, safe) in zip(events, isSafe) {
      switch event {
      case .write(let file, let offset, let bytes):
        let unsafeFate = safe ? .kept : fate
        Self.write(bytes, at: offset, to: &contents[file, default: []], unsafeFate, &generator)
      case .name(let path, let entry):
        if safe || fate == .kept || (fate == .anyOfThese && generator.below(2) == 0) { names[path] = entry }
      case .sync, .syncFolder: break
      }
    }
    try make(names, contents, in: target)
  }

  /// Applies a write sector by sector.
  private static func write(
    _ bytes: [UInt8], at offset: Int, to content: inout [UInt8], _ fate: Fate,
    _ generator: inout SeededGenerator
  ) {
    let sector = 512
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, ((offset + start) / sector + 1) * sector - offset)
      let own: [Fate] = [.kept, .dropped, .trashed]
      let fate = fate == .anyOfThese ? own[generator.below(3)] : fate
      if fate != .dropped {
        if content.count < offset + end {
          content += Array(repeating: 0, count: offset + end - content.count)
        }
        for index in start..<end {
          content[offset + index] = fate == .kept ? bytes[index] : UInt8(generator.below(256))
        }
      }
      start = end
    }
  }

  private func make(_ names: [String: Entry], _ contents: [Int: [UInt8]], in target: String) throws {
    try system.makeFolder(target)
    var isThere: Set<String> = [""]
    // A folder comes before what is in it. What is in a folder that was lost is lost.
    for (path, entry) in names.sorted(by: { $0.key < $1.key }) where isThere.contains(Self.parent(of: path)) {
      switch entry {
      case .folder:
        try system.makeFolder(target + path)
        isThere.insert(path)
      case .file(let file):
        let descriptor = try system.open(target + path, flags: O_WRONLY | O_CREAT, mode: 0o644)
        defer { try? system.close(descriptor) }
        let bytes = contents[file] ?? []
        var written = 0
        while written < bytes.count {
          written += try unsafe bytes.withUnsafeBytes { [written] bytes throws in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[written...])
            return try unsafe system.write(descriptor, rest, at: written)
          }
        }
      }
    }
  }

  private static func parent(of path: String) -> String {
    String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
  }

  // MARK: FileOperations

  /// A path below the folder, or `nil`.
  private func place(_ path: String) -> String? {
    path == folder || path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count)) : nil
  }

  private func note(_ path: String, _ entry: Entry?) {
    guard let path = place(path) else { return }
    state.withLock { state in
      state.names[path] = entry
      state.events.append(.name(path, entry))
    }
  }

  private func entry(_ path: String) -> Entry? {
    place(path).flatMap { path in state.withLock { $0.names[path] } }
  }

  func open(_ path: String, flags: Int32, mode: UInt32) throws(SystemFailure) -> Int32 {
    let descriptor = try system.open(path, flags: flags, mode: mode)
    if flags & O_CREAT != 0, entry(path) == nil {
      note(
        path,
        .file(
          state.withLock { state in
            defer { state.files += 1 }
            return state.files
          }))
    }
    state.withLock { $0.open[descriptor] = place(path) }
    return descriptor
  }

  func close(_ descriptor: Int32) throws(SystemFailure) { try system.close(descriptor) }
  func status(_ descriptor: Int32) throws(SystemFailure) -> FileStatus { try system.status(descriptor) }
  func status(_ path: String) throws(SystemFailure) -> FileStatus { try system.status(path) }

  func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(SystemFailure) -> Int { try unsafe system.read(descriptor, into: buffer, at: offset) }

  func write(
    _ descriptor: Int32, _ buffer: UnsafeRawBufferPointer, at offset: Int
  ) throws(SystemFailure) -> Int {
    let count = try unsafe system.write(descriptor, buffer, at: offset)
    let bytes = unsafe Array(buffer.prefix(count))
    state.withLock { state in
      if let path = state.open[descriptor], case .file(let file)? = state.names[path] {
        state.events.append(.write(file: file, offset: offset, bytes: bytes))
      }
    }
    return count
  }

  func sync(_ descriptor: Int32) throws(SystemFailure) {
    try system.sync(descriptor)
    noteSync(descriptor)
  }

  func syncData(_ descriptor: Int32) throws(SystemFailure) {
    try system.syncData(descriptor)
    noteSync(descriptor)
  }

  private func noteSync(_ descriptor: Int32) {
    state.withLock { state in
      guard let path = state.open[descriptor] else { return }
      if case .file(let file)? = state.names[path] {
        state.events.append(.sync(file: file))
      } else {
        state.events.append(.syncFolder(path))
      }
    }
  }

  func beginSync(_ descriptor: Int32, _ range: Range<Int>) { system.beginSync(descriptor, range) }

  func lock(_ descriptor: Int32, exclusive: Bool) throws(SystemFailure) -> Bool {
    try system.lock(descriptor, exclusive: exclusive)
  }

  func fileSystem(_ descriptor: Int32) throws(SystemFailure) -> Int { try system.fileSystem(descriptor) }

  func link(_ path: String, to newPath: String) throws(SystemFailure) {
    try system.link(path, to: newPath)
    note(newPath, entry(path))
  }

  func rename(_ path: String, to newPath: String) throws(SystemFailure) {
    try system.rename(path, to: newPath)
    note(newPath, entry(path))
    note(path, nil)
  }

  func remove(_ path: String) throws(SystemFailure) {
    try system.remove(path)
    note(path, nil)
  }

  func makeFolder(_ path: String) throws(SystemFailure) {
    try system.makeFolder(path)
    note(path, .folder)
  }

  func removeFolder(_ path: String) throws(SystemFailure) {
    try system.removeFolder(path)
    note(path, nil)
  }

  func list(_ path: String) throws(SystemFailure) -> [[UInt8]] { try system.list(path) }
}
