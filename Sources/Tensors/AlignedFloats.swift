/// Room for float32 numbers from the beginning of a line of the cache on, where vectors do not straddle lines.
@safe final class AlignedFloats: @unchecked Sendable {  // `PanelMatrix` writes to what nobody else holds
  private static let alignment = 64

  let count: Int
  let start: UnsafeMutablePointer<Float>

  /// Zeros.
  init(count: Int) {
    self.count = count
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: Self.alignment)
    unsafe start = bytes.bindMemory(to: Float.self, capacity: count)
    unsafe start.initialize(repeating: 0, count: count)
  }

  convenience init(copying other: AlignedFloats) {
    self.init(count: other.count)
    unsafe start.update(from: other.start, count: count)
  }

  deinit { unsafe start.deallocate() }
}
