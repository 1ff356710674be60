import Synchronization
import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the cache does with files, in terms of single system calls: loops over interruptions and short
/// counts, and errors that name the path.
struct Files: Sendable {
  let operations: any FileOperations

  /// Calls again for as long as a signal interrupts.
  func retrying<Value>(
    _ what: String, _ path: String, _ call: () throws(SystemFailure) -> Value
  ) throws(FeatureCacheError) -> Value {
    while true {
      do throws(SystemFailure) {
        return try call()
      } catch {
        guard error.number == EINTR else { throw FeatureCacheError(.io, "cannot \(what) \(path): \(error)") }
      }
    }
  }

  /// Opens a regular file to read; symbolic links are followed only where `followingLinks` says so.
  func open(_ path: String, followingLinks: Bool = false) throws(FeatureCacheError) -> OpenFile {
    let descriptor = try retrying("open", path) { () throws(SystemFailure) in
      try operations.open(path, flags: O_RDONLY | (followingLinks ? 0 : O_NOFOLLOW), mode: 0)
    }
    let status: FileStatus
    do throws(FeatureCacheError) {
      status = try retrying("examine", path) { () throws(SystemFailure) in try operations.status(descriptor) }
      guard status.kind == .regular else { throw FeatureCacheError(.io, "\(path) is not a regular file") }
    } catch {
      try? operations.close(descriptor)
      throw error
    }
    return OpenFile(self, descriptor, path, byteCount: status.size)
  }

  /// Creates a file that did not exist; by default one that nobody will change once it is closed.
  func create(_ path: String, mode: UInt32 = 0o444) throws(FeatureCacheError) -> OpenFile {
    let descriptor = try retrying("create", path) { () throws(SystemFailure) in
      try operations.open(path, flags: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
    }
    return OpenFile(self, descriptor, path)
  }

  /// The whole of a regular file.
  ///
  /// - Throws: `.io`, also where it has more than `limit` bytes.
  func read(_ path: String, limit: Int, followingLinks: Bool = false) throws(FeatureCacheError) -> [UInt8] {
    let file = try open(path, followingLinks: followingLinks)
    guard file.byteCount <= limit else {
      throw FeatureCacheError(.io, "\(path) has \(file.byteCount) bytes, more than the limit of \(limit)")
    }
    return try file.read(0..<file.byteCount)
  }

  /// Writes a new file and makes its bytes durable; its name is not durable yet.
  func write(_ bytes: [UInt8], to path: String) throws(FeatureCacheError) {
    let file = try create(path)
    try file.write(bytes, at: 0)
    try file.sync()
    try file.close()
  }

  /// Gives a finished file its final name, never replacing one.
  ///
  /// - Returns: `false` where the name is taken.
  func publish(_ path: String, as name: String) throws(FeatureCacheError) -> Bool {
    do throws(SystemFailure) {
      try operations.link(path, to: name)
    } catch {
      guard error.number == EEXIST else {
        throw FeatureCacheError(.io, "cannot publish \(name): \(error)")
      }
      // A network file system may lose the answer to a link that it made, and make it again.
      return try status(path).isSameFile(as: status(name))
    }
    return true
  }

  func rename(_ path: String, to newPath: String) throws(FeatureCacheError) {
    try retrying("rename", path) { () throws(SystemFailure) in try operations.rename(path, to: newPath) }
  }

  /// Makes the names in a folder durable.
  func syncFolder(_ path: String) throws(FeatureCacheError) {
    let descriptor = try retrying("open", path) { () throws(SystemFailure) in
      try operations.open(path, flags: O_RDONLY | O_DIRECTORY, mode: 0)
    }
    let folder = OpenFile(self, descriptor, path)
    do throws(SystemFailure) {
      try operations.sync(descriptor)
    } catch {
      // Some network file systems cannot sync a folder and say so with these two.
      guard error.number == EINVAL || error.number == ENOTSUP else {
        throw FeatureCacheError(.io, "cannot sync \(path): \(error)")
      }
    }
    try folder.close()
  }

  /// Makes a folder and those above it, where they are missing, so that they outlast a loss of power.
  func makeDurableFolders(_ path: String) throws(FeatureCacheError) {
    var missing: [String] = []
    var next = path
    while (try? operations.status(next)) == nil, let parent = Path.folder(of: next), parent != next {
      missing.append(next)
      next = parent
    }
    try makeFolders(path)
    for folder in missing.reversed() {
      if let parent = Path.folder(of: folder) { try syncFolder(parent) }
    }
  }

  /// Makes a folder and those above it, where they are missing.
  func makeFolders(_ path: String) throws(FeatureCacheError) {
    do throws(SystemFailure) {
      try operations.makeFolder(path)
    } catch {
      if error.number == EEXIST { return }
      guard error.number == ENOENT, let parent = Path.folder(of: path), parent != path else {
        throw FeatureCacheError(.io, "cannot make folder \(path): \(error)")
      }
      try makeFolders(parent)
      do throws(SystemFailure) {
        try operations.makeFolder(path)
      } catch {
        guard error.number == EEXIST else {
          throw FeatureCacheError(.io, "cannot make folder \(path): \(error)")
        }
      }
    }
  }

  /// Removes a folder and the files in it, as far as that is possible.
  func removeFolder(_ path: String) {
    for name in (try? list(path)) ?? [] { try? operations.remove(Path.join(path, name)) }
    try? operations.removeFolder(path)
  }

  func status(_ path: String) throws(FeatureCacheError) -> FileStatus {
    try retrying("examine", path) { () throws(SystemFailure) in try operations.status(path) }
  }

  func listBytes(_ path: String) throws(FeatureCacheError) -> [[UInt8]] {
    try retrying("list", path) { () throws(SystemFailure) in try operations.list(path) }
  }

  /// The names in a folder, sorted by their bytes. Names that are not UTF-8 are left out: none of ours is
  /// such.
  func list(_ path: String) throws(FeatureCacheError) -> [String] {
    try listBytes(path)
      .compactMap { String(validating: $0, as: UTF8.self) }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

/// An open file; closed at the latest when nobody holds it.
final class OpenFile: Sendable {
  let path: String
  /// Size when it was opened.
  let byteCount: Int
  private let files: Files
  private let descriptor: Int32
  private let isOpen = Atomic(true)

  fileprivate init(_ files: Files, _ descriptor: Int32, _ path: String, byteCount: Int = 0) {
    self.files = files
    self.descriptor = descriptor
    self.path = path
    self.byteCount = byteCount
  }

  deinit {
    if isOpen.load(ordering: .relaxed) { try? files.operations.close(descriptor) }
  }

  /// Reads a range that lies inside the file.
  func read(_ range: Range<Int>) throws(FeatureCacheError) -> [UInt8] {
    var failure: FeatureCacheError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      do throws(FeatureCacheError) {
        while count < range.count {
          let rest = UnsafeMutableRawBufferPointer(buffer.extracting(count..<range.count))
          let got = try files.retrying("read", path) { () throws(SystemFailure) in
            try unsafe files.operations.read(descriptor, into: rest, at: range.lowerBound + count)
          }
          guard got > 0 else { throw FeatureCacheError(.io, "cannot read \(path): it became shorter") }
          count += got
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  func write(_ bytes: [UInt8], at offset: Int) throws(FeatureCacheError) {
    try write(bytes[...], at: offset)
  }

  func write(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(FeatureCacheError) {
    var written = 0
    while written < bytes.count {
      let position = written
      let count = try files.retrying("write", path) { () throws(SystemFailure) -> Int in
        try unsafe bytes.withUnsafeBytes { buffer in
          Result { () throws(SystemFailure) in
            try unsafe files.operations.write(
              descriptor, UnsafeRawBufferPointer(rebasing: buffer[position...]), at: offset + position)
          }
        }.get()
      }
      guard count > 0 else { throw FeatureCacheError(.io, "cannot write \(path): nothing was taken") }
      written += count
    }
  }

  /// Makes the bytes durable. A failure is final: the kernel may have dropped what it could not write, and a
  /// second call would report success.
  func sync() throws(FeatureCacheError) {
    do throws(SystemFailure) {
      try files.operations.sync(descriptor)
    } catch {
      throw FeatureCacheError(.io, "cannot sync \(path): \(error)")
    }
  }

  /// The same for the bytes alone: what it takes to read them again.
  func syncData() throws(FeatureCacheError) {
    do throws(SystemFailure) {
      try files.operations.syncData(descriptor)
    } catch {
      throw FeatureCacheError(.io, "cannot sync \(path): \(error)")
    }
  }

  /// Has the disk begin with bytes that `sync` will wait for.
  func beginSync(_ range: Range<Int>) { files.operations.beginSync(descriptor, range) }

  /// Takes a lock that the system gives up when the file is closed or the process ends, however it ends.
  ///
  /// - Returns: whether it was to be had; `nil` where the file system knows no locks.
  func lock(exclusive: Bool) -> Bool? {
    try? files.retrying("lock", path) { () throws(SystemFailure) in
      try files.operations.lock(descriptor, exclusive: exclusive)
    }
  }

  /// Closing is where some file systems report that bytes were lost.
  func close() throws(FeatureCacheError) {
    isOpen.store(false, ordering: .relaxed)
    do throws(SystemFailure) {
      try files.operations.close(descriptor)
    } catch {
      // Linux has closed the file even where it says that it was interrupted.
      guard error.number == EINTR else { throw FeatureCacheError(.io, "cannot close \(path): \(error)") }
    }
  }

  /// Whether the file is on a network, where mapped pages can fail to arrive and end the process.
  var isRemote: Bool {
    let kind = try? files.retrying("examine", path) { () throws(SystemFailure) in
      try files.operations.fileSystem(descriptor)
    }
    return kind.map(RemoteFileSystems.contains) ?? false
  }

  /// The file mapped into memory, with the size it had when it was opened.
  func map() throws(FeatureCacheError) -> FileBytes {
    do throws(TensorsError) {
      return try FileBytes(mapping: descriptor, path: path, byteCount: byteCount)
    } catch {
      throw FeatureCacheError(.io, error.message)
    }
  }
}
