internal import CPermafrostKernels
import Tensors

/// Turns float32 rows into the bytes that are stored.
struct RowEncoder {
  let storage: StorageType

  private nonisolated(unsafe) static let kernels: UnsafePointer<pf_row_kernels> = {
    let best = unsafe pf_row_kernels_for(pf_isa_best())
    return unsafe best ?? pf_row_kernels_for(PF_ISA_PORTABLE)
  }()

  /// Writes a row's bytes from `start` on, where there must be room.
  ///
  /// - Returns: the row's scale where rows have one (int8), else 1.
  /// - Throws: `.notStorable` where a number is not finite or becomes infinite when it is narrowed; nothing
  ///   is written then.
  func encode(_ row: FeatureRow, into bytes: inout [UInt8], at start: Int) throws(PictureFailure) -> Float {
    let magnitude = Float(bitPattern: unsafe Self.kernels.pointee.largest_magnitude(row, row.count))
    guard magnitude < .infinity else {
      throw PictureFailure(.notStorable, "a feature is not a finite number")
    }
    guard magnitude < storage.overflow else {
      throw PictureFailure(
        .notStorable, "a feature of magnitude \(magnitude) does not fit \(storage.rawValue)")
    }
    let scale = storage == .int8 ? magnitude / 127 : 1
    unsafe bytes.withUnsafeMutableBytes { whole in
      let output = unsafe UnsafeMutableRawBufferPointer(
        rebasing: whole[start..<start + row.count * storage.elementType.byteCount])
      unsafe row.withUnsafeBufferPointer { input in
        switch storage {
        case .float32: unsafe output.copyMemory(from: UnsafeRawBufferPointer(input))
        case .float16:
          unsafe Self.kernels.pointee.narrow_f16(
            input.baseAddress, output.bindMemory(to: UInt16.self).baseAddress, input.count)
        case .bfloat16:
          unsafe Self.kernels.pointee.narrow_bf16(
            input.baseAddress, output.bindMemory(to: UInt16.self).baseAddress, input.count)
        case .int8:
          for index in input.indices { unsafe output[index] = Self.quantised(input[index], scale) }
        }
      }
    }
    return scale
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
