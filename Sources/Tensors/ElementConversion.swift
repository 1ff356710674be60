internal import CPermafrostKernels

/// `Element`s out of bytes that may lie anywhere.
private func elements<Element: BitwiseCopyable, Result>(
  _ bytes: UnsafeRawBufferPointer, as type: Element.Type, _ convert: (Element) -> Result
) -> [Result] {
  let stride = MemoryLayout<Element>.stride
  return (0..<bytes.count / stride).map { index in
    unsafe convert(bytes.loadUnaligned(fromByteOffset: index * stride, as: Element.self))
  }
}

/// The bytes of an array of plain numbers, as they are in memory.
package func bytesInMemory<Element: BitwiseCopyable>(_ values: [Element]) -> [UInt8] {
  unsafe values.withUnsafeBytes { unsafe Array($0) }
}

/// Float bytes of any float type as float32; `nil` for integer types. Bytes are little-endian, as the machine.
package func widened(_ bytes: UnsafeRawBufferPointer, _ type: ElementType) -> [Float]? {
  switch type {
  case .float64:
    unsafe elements(bytes, as: Double.self) { Float($0) }
  case .float32, .float16, .bfloat16:
    unsafe [Float](unsafeUninitializedCapacity: bytes.count / type.byteCount) { output, count in
      count = bytes.count / type.byteCount
      unsafe RowWidening.widen(bytes, type, scale: 1, into: output.extracting(0..<count))
    }
  default:
    nil
  }
}

/// Integer bytes as `Int`; `nil` where a value does not fit or the type is a float.
func exactIntegers(_ bytes: UnsafeRawBufferPointer, _ type: ElementType) -> [Int]? {
  switch type {
  case .bool, .uint8: unsafe elements(bytes, as: UInt8.self) { Int($0) }
  case .int8: unsafe elements(bytes, as: Int8.self) { Int($0) }
  case .uint16: unsafe elements(bytes, as: UInt16.self) { Int($0) }
  case .int16: unsafe elements(bytes, as: Int16.self) { Int($0) }
  case .uint32: unsafe elements(bytes, as: UInt32.self) { Int($0) }
  case .int32: unsafe elements(bytes, as: Int32.self) { Int($0) }
  case .int64: unsafe elements(bytes, as: Int64.self) { Int($0) }
  case .uint64:
    unsafe elements(bytes, as: UInt64.self) { Int(exactly: $0) }.reduce(into: [Int]?([])) { all, value in
      if let value { all?.append(value) } else { all = nil }
    }
  default: nil
  }
}

/// The kernel table that widens stored rows on this machine.
package enum RowWidening {
  private nonisolated(unsafe) static let kernels: UnsafePointer<pf_row_kernels> = {
    let best = unsafe pf_row_kernels_for(pf_isa_best())
    return unsafe best ?? pf_row_kernels_for(PF_ISA_PORTABLE)
  }()

  /// Widens stored numbers to float32; `output` has as many elements as `bytes` holds numbers.
  package static func widen(
    _ bytes: UnsafeRawBufferPointer, _ type: ElementType, scale: Float,
    into output: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(bytes.count == output.count * type.byteCount)
    guard let source = bytes.baseAddress, let target = output.baseAddress else { return }
    switch type {
    case .float16:
      unsafe kernels.pointee.widen_f16(
        source.assumingMemoryBound(to: UInt16.self), target, output.count)
    case .bfloat16:
      unsafe kernels.pointee.widen_bf16(
        source.assumingMemoryBound(to: UInt16.self), target, output.count)
    case .int8:
      unsafe kernels.pointee.widen_i8(
        source.assumingMemoryBound(to: Int8.self), scale, target, output.count)
    default:
      unsafe UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: bytes.count)
    }
  }
}
