import Tensors

/// The calls to the operating system that the cache makes, one method each, so that tests can make any of
/// them fail. An implementation reports what the system reports, interruptions and short counts included; the
/// loops that deal with those are on the caller's side.
package protocol FileOperations: Sendable {
  /// open(2). O_CLOEXEC and O_NONBLOCK (a FIFO must not wait for a writer) are always added.
  func open(_ path: String, flags: Int32, mode: UInt32) throws(SystemFailure) -> Int32
  func close(_ descriptor: Int32) throws(SystemFailure)
  /// fstat(2)
  func status(_ descriptor: Int32) throws(SystemFailure) -> FileStatus
  /// stat(2), which follows symbolic links.
  func status(_ path: String) throws(SystemFailure) -> FileStatus
  /// pread(2)
  func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(SystemFailure) -> Int
  /// pwrite(2)
  func write(
    _ descriptor: Int32, _ buffer: UnsafeRawBufferPointer, at offset: Int
  ) throws(SystemFailure) -> Int
  /// fsync(2)
  func sync(_ descriptor: Int32) throws(SystemFailure)
  /// fdatasync(2), or fsync(2) where there is none
  func syncData(_ descriptor: Int32) throws(SystemFailure)
  /// Has the disk begin with bytes that are to be made durable later, and does not wait: a hint, without which
  /// nothing changes but the time that takes.
  func beginSync(_ descriptor: Int32, _ range: Range<Int>)
  /// flock(2) without waiting.
  ///
  /// - Returns: whether the lock was to be had.
  func lock(_ descriptor: Int32, exclusive: Bool) throws(SystemFailure) -> Bool
  /// The kind of file system that a file is on, as fstatfs(2) numbers them; 0 where the system names them
  /// otherwise.
  func fileSystem(_ descriptor: Int32) throws(SystemFailure) -> Int
  /// link(2): never replaces a file.
  func link(_ path: String, to newPath: String) throws(SystemFailure)
  func rename(_ path: String, to newPath: String) throws(SystemFailure)
  func remove(_ path: String) throws(SystemFailure)
  func makeFolder(_ path: String) throws(SystemFailure)
  func removeFolder(_ path: String) throws(SystemFailure)
  /// The names in a folder without `.` and `..`, in no order, as bytes.
  func list(_ path: String) throws(SystemFailure) -> [[UInt8]]
}

/// The number by which the operating system says what failed.
package struct SystemFailure: Error, Hashable, Sendable, CustomStringConvertible {
  package var number: Int32
  package init(_ number: Int32) { self.number = number }
  package var description: String { systemErrorText(number) }
}

/// What the cache wants to know of a file.
package struct FileStatus: Hashable, Sendable {
  package enum Kind: Hashable, Sendable { case regular, folder, other }
  package var kind: Kind
  package var size: Int
  /// Device and inode say which file it is.
  package var device: UInt64
  package var inode: UInt64
  /// When the bytes were last changed, in seconds since 1970.
  package var modified: Int

  package init(kind: Kind, size: Int, device: UInt64, inode: UInt64, modified: Int) {
    self.kind = kind
    self.size = size
    self.device = device
    self.inode = inode
    self.modified = modified
  }

  /// Whether both are the same file.
  package func isSameFile(as other: FileStatus) -> Bool { device == other.device && inode == other.inode }
}
