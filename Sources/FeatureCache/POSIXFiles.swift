internal import CPermafrostKernels
import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

// Inside the type these names mean its methods.
private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 {
  unsafe open(path, flags, mode)
}
private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }
private func systemLink(_ path: String, _ newPath: String) -> Int32 { unsafe link(path, newPath) }
private func systemRename(_ path: String, _ newPath: String) -> Int32 { unsafe rename(path, newPath) }
private func systemLock(_ descriptor: Int32, _ operation: Int32) -> Int32 { flock(descriptor, operation) }
private func systemStatus(_ path: String, _ status: inout stat) -> Int32 { unsafe stat(path, &status) }

/// The operating system's own files.
package struct POSIXFiles: FileOperations {
  package init() {}

  package func open(_ path: String, flags: Int32, mode: UInt32) throws(SystemFailure) -> Int32 {
    try checked(systemOpen(path, flags | O_CLOEXEC | O_NONBLOCK, mode_t(mode)))
  }

  package func close(_ descriptor: Int32) throws(SystemFailure) {
    try checked(systemClose(descriptor))
  }

  package func status(_ descriptor: Int32) throws(SystemFailure) -> FileStatus {
    var status = stat()
    try unsafe checked(fstat(descriptor, &status))
    return FileStatus(status)
  }

  package func status(_ path: String) throws(SystemFailure) -> FileStatus {
    var status = stat()
    try checked(systemStatus(path, &status))
    return FileStatus(status)
  }

  package func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(SystemFailure) -> Int {
    try unsafe checked(
      pread(descriptor, buffer.baseAddress, min(buffer.count, Self.largestCall), off_t(offset)))
  }

  package func write(
    _ descriptor: Int32, _ buffer: UnsafeRawBufferPointer, at offset: Int
  ) throws(SystemFailure) -> Int {
    try unsafe checked(
      pwrite(descriptor, buffer.baseAddress, min(buffer.count, Self.largestCall), off_t(offset)))
  }

  package func sync(_ descriptor: Int32) throws(SystemFailure) {
    try checked(fsync(descriptor))
  }

  package func syncData(_ descriptor: Int32) throws(SystemFailure) {
    #if canImport(Darwin)
      try checked(fsync(descriptor))
    #else
      try checked(fdatasync(descriptor))
    #endif
  }

  package func beginSync(_ descriptor: Int32, _ range: Range<Int>) {
    pf_begin_sync(descriptor, Int64(range.lowerBound), Int64(range.count))
  }

  package func lock(_ descriptor: Int32, exclusive: Bool) throws(SystemFailure) -> Bool {
    if systemLock(descriptor, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0 { return true }
    guard errno == EWOULDBLOCK else { throw SystemFailure(errno) }
    return false
  }

  package func fileSystem(_ descriptor: Int32) throws(SystemFailure) -> Int {
    try Int(checked(pf_file_system(descriptor)))
  }

  package func link(_ path: String, to newPath: String) throws(SystemFailure) {
    try checked(systemLink(path, newPath))
  }

  package func rename(_ path: String, to newPath: String) throws(SystemFailure) {
    try checked(systemRename(path, newPath))
  }

  package func remove(_ path: String) throws(SystemFailure) {
    try unsafe checked(unlink(path))
  }

  package func makeFolder(_ path: String) throws(SystemFailure) {
    try unsafe checked(mkdir(path, 0o755))
  }

  package func removeFolder(_ path: String) throws(SystemFailure) {
    try unsafe checked(rmdir(path))
  }

  package func list(_ path: String) throws(SystemFailure) -> [[UInt8]] {
    guard let folder = unsafe opendir(path) else { throw SystemFailure(errno) }
    defer { unsafe closedir(folder) }
    var names: [[UInt8]] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(folder) else {
        guard errno == 0 else { throw SystemFailure(errno) }
        return names
      }
      // The entry is only as long as its name, whatever the length of the field that holds it.
      let start = unsafe UnsafeRawPointer(entry) + (MemoryLayout<dirent>.offset(of: \.d_name) ?? 0)
      let name = unsafe Array(UnsafeRawBufferPointer(start: start, count: strlen(start)))
      if !Self.folders.contains(name) { names.append(name) }
    }
  }

  /// What every folder lists: itself and the one above.
  private static let folders = [Array(".".utf8), Array("..".utf8)]

  /// Linux takes at most 0x7ffff000 bytes a call.
  private static let largestCall = 1 << 30

  @discardableResult
  private func checked<Value: SignedInteger>(_ result: Value) throws(SystemFailure) -> Value {
    guard result != -1 else { throw SystemFailure(errno) }
    return result
  }
}

extension stat {
  fileprivate var modificationTime: timespec {
    #if canImport(Darwin)
      st_mtimespec
    #else
      st_mtim
    #endif
  }
}

extension FileStatus {
  fileprivate init(_ status: stat) {
    let kind: Kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .folder
      default: .other
      }
    self.init(
      kind: kind, size: Int(status.st_size), device: UInt64(truncatingIfNeeded: status.st_dev),
      inode: UInt64(truncatingIfNeeded: status.st_ino), modified: Int(status.modificationTime.tv_sec))
  }
}
