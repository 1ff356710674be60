#if canImport(Glibc)
  import Glibc
#endif

/// Floats at a 64-byte boundary, which the kernels read and write. Not initialised.
///
/// Large ones ask for huge pages: fresh memory then costs a fault for 2 MiB instead of 4 KiB, and translations of
/// addresses stay in the processor's table of them.
@safe final class AlignedFloats: @unchecked Sendable {  // whoever shares it no longer writes to it
  private static let hugePage = 2 << 20
  private let buffer: UnsafeMutableBufferPointer<Float>

  init(count: Int) {
    let size = max(count, 1) * MemoryLayout<Float>.stride
    let bytes = UnsafeMutableRawBufferPointer.allocate(
      byteCount: size, alignment: size < Self.hugePage ? 64 : Self.hugePage)
    #if canImport(Glibc)
      if size >= Self.hugePage { unsafe _ = madvise(bytes.baseAddress, size, MADV_HUGEPAGE) }
    #endif
    unsafe buffer = bytes.bindMemory(to: Float.self)
  }

  convenience init(_ values: [Float]) {
    self.init(count: values.count)
    unsafe _ = buffer.update(fromContentsOf: values)
  }

  var count: Int { unsafe buffer.count }

  /// Valid as long as this object is.
  var pointer: UnsafeMutablePointer<Float>? { unsafe buffer.baseAddress }

  deinit { unsafe buffer.deallocate() }
}
