internal import CPermafrostKernels
import Tensors

/// Turns float32 rows into the bytes that are stored.
struct RowEncoder {
  let storage: StorageType

  private nonisolated(unsafe) static let kernels: UnsafePointer<pf_row_kernels> = {
    let best = unsafe pf_row_kernels_for(pf_isa_best())
    return unsafe best ?? pf_row_kernels_for(PF_ISA_PORTABLE)
  }()

  /// Appends a row's bytes.
  ///
  /// - Returns: the row's scale where rows have one (int8), else 1.
  /// - Throws: `.notStorable` where a number is not finite or becomes infinite when it is narrowed; nothing
  ///   is appended then.
  func append(_ row: FeatureRow, to bytes: inout [UInt8]) throws(PictureFailure) -> Float {
    // Bit patterns without the sign order like magnitudes, infinities and NaN above all.
    let largest = row.reduce(0) { max($0, $1.bitPattern & 0x7fff_ffff) }
    guard largest < Float.infinity.bitPattern else {
      throw PictureFailure(.notStorable, "a feature is not a finite number")
    }
    let magnitude = Float(bitPattern: largest)
    guard magnitude < storage.overflow else {
      throw PictureFailure(
        .notStorable, "a feature of magnitude \(magnitude) does not fit \(storage.rawValue)")
    }
    switch storage {
    case .float32:
      unsafe row.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    case .float16:
      unsafe narrow(row, Self.kernels.pointee.narrow_f16, to: &bytes)
    case .bfloat16:
      unsafe narrow(row, Self.kernels.pointee.narrow_bf16, to: &bytes)
    case .int8:
      let scale = magnitude / 127
      bytes.append(contentsOf: row.lazy.map { Self.quantised($0, scale) })
      return scale
    }
    return 1
  }

  private func narrow(
    _ row: FeatureRow,
    _ kernel: @convention(c) (UnsafePointer<Float>?, UnsafeMutablePointer<UInt16>?, Int) -> Void,
    to bytes: inout [UInt8]
  ) {
    let codes = unsafe [UInt16](unsafeUninitializedCapacity: row.count) { output, count in
      unsafe row.withUnsafeBufferPointer { input in
        unsafe kernel(input.baseAddress, output.baseAddress, input.count)
      }
      count = row.count
    }
    unsafe codes.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
  }

  /// The nearest of -127...127 times the scale, ties to even. A row of zeros, or one so small that its scale
  /// underflows, is stored as zeros.
  private static func quantised(_ value: Float, _ scale: Float) -> UInt8 {
    guard scale > 0 else { return 0 }
    let steps = min(max((value / scale).rounded(.toNearestOrEven), -127), 127)
    return UInt8(bitPattern: Int8(steps))
  }
}

extension StorageType {
  /// The smallest magnitude that rounds to infinity.
  fileprivate var overflow: Float {
    switch self {
    case .float32, .int8: .infinity
    case .float16: 65520
    case .bfloat16: Float(bitPattern: 0x7f7f_8000)
    }
  }
}
