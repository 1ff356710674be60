#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The bytes of a file, mapped; or bytes that were in memory already. Immutable, and alive as long as anyone
/// holds it.
///
/// Another process that shortens a mapped file makes reads beyond its new end fail with SIGBUS, which no
/// library can catch on its host's behalf; files that this package writes are never shortened.
@safe package final class FileBytes: @unchecked Sendable {  // nothing changes after init
  /// How messages call these bytes: the path, or what the caller said.
  package let name: String
  private let buffer: UnsafeRawBufferPointer
  private let isMapped: Bool

  package var count: Int { unsafe buffer.count }

  /// Maps a regular file.
  ///
  /// - Throws: `.io` naming the path and the operating system's reason.
  package convenience init(mapping path: String) throws(TensorsError) {
    // O_NONBLOCK: opening a FIFO must not wait for a writer.
    let descriptor = retryingInterrupts { unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw TensorsError(.io, "cannot open \(path): \(systemErrorText())") }
    defer { close(descriptor) }
    try self.init(mapping: descriptor, path: path)
  }

  /// Maps the regular file behind an open descriptor, which may be closed afterwards.
  ///
  /// - Throws: `.io` naming the path and the operating system's reason.
  package convenience init(mapping descriptor: Int32, path: String) throws(TensorsError) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw TensorsError(.io, "cannot examine \(path): \(systemErrorText())")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw TensorsError(.io, "\(path) is not a regular file")
    }
    try self.init(mapping: descriptor, path: path, byteCount: Int(status.st_size))
  }

  /// Maps the regular file of this size behind an open descriptor, which may be closed afterwards.
  ///
  /// - Throws: `.io` naming the path and the operating system's reason.
  package init(mapping descriptor: Int32, path: String, byteCount count: Int) throws(TensorsError) {
    name = path
    isMapped = count > 0
    guard count > 0 else {  // an empty file cannot be mapped
      unsafe buffer = UnsafeRawBufferPointer(.allocate(byteCount: 0, alignment: 64))
      return
    }
    guard let address = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
      unsafe address != MAP_FAILED
    else { throw TensorsError(.io, "cannot map \(path): \(systemErrorText())") }
    unsafe buffer = UnsafeRawBufferPointer(start: address, count: count)
  }

  /// A copy of bytes in memory, 64-byte aligned.
  package init(copying bytes: some Collection<UInt8>, name: String) {
    self.name = name
    isMapped = false
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
    unsafe copy.copyBytes(from: bytes)
    unsafe buffer = UnsafeRawBufferPointer(copy)
  }

  deinit {
    if isMapped {
      unsafe munmap(UnsafeMutableRawPointer(mutating: buffer.baseAddress), buffer.count)
    } else {
      unsafe buffer.deallocate()
    }
  }

  /// Lends a range of the bytes. Traps where the range is not inside them.
  package func withBytes<Result, Failure: Error>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside the file's bytes")
    return try unsafe body(UnsafeRawBufferPointer(rebasing: buffer[range]))
  }

  /// Has the operating system fetch a range of a mapped file meanwhile. Traps where the range is not inside the
  /// bytes.
  package func willRead(_ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside the file's bytes")
    guard isMapped, let base = unsafe buffer.baseAddress else { return }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let start = range.lowerBound / page * page
    // It is advice: where it is not taken, reading fetches.
    _ = unsafe madvise(
      UnsafeMutableRawPointer(mutating: base + start), range.upperBound - start, MADV_WILLNEED)
  }

  /// Copies a range out.
  package func copy(_ range: Range<Int>) -> [UInt8] {
    unsafe withBytes(range) { unsafe Array($0) }
  }

  /// The whole file in memory. For small files; large ones are mapped.
  ///
  /// - Throws: `.io` naming the path, also where the file is larger than `limit` bytes.
  package static func read(_ path: String, limit: Int) throws(TensorsError) -> [UInt8] {
    let file = try FileBytes(mapping: path)
    guard file.count <= limit else {
      throw TensorsError(.io, "\(path) has \(file.count) bytes, more than the limit of \(limit)")
    }
    return file.copy(0..<file.count)
  }
}
