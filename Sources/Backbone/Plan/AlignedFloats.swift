/// Floats at a 64-byte boundary, which the kernels read and write. Not initialised.
@safe final class AlignedFloats: @unchecked Sendable {  // whoever shares it no longer writes to it
  private let buffer: UnsafeMutableBufferPointer<Float>

  init(count: Int) {
    let bytes = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64)
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
