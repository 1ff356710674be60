internal import CPermafrostKernels
import Tensors

/// Tapped values as rows.
extension Executor {
  /// [batch][dimension], pooled as the tap says.
  func rows(_ node: Int, _ pooling: Pooling) -> [Float] {
    let shape = program.graph.nodes[node].shape
    switch (shape.kind, pooling) {
    case (.vector, _), (_, .none): return logicalValues(node)
    case (_, .cls): return pooled(node, shape, pixels: 0..<1, .max)
    case (.tokens(hasClassToken: true), _):
      return pooled(node, shape, pixels: 1..<shape.pixels, pooling)
    default: return pooled(node, shape, pixels: 0..<shape.pixels, pooling)
    }
  }

  /// [batch][channels], over a range of pixels or tokens.
  private func pooled(
    _ node: Int, _ shape: FeatureShape, pixels: Range<Int>, _ pooling: Pooling
  ) -> [Float] {
    guard let place = unsafe place(node) else { return [] }
    // Pooling to 1 x 1 is the network's own average or max pooling, so that `features:average` has the same
    // bits as an average-pooling layer behind `features`.
    let whole = pixels.count == shape.pixels
    let (height, width) = whole ? (shape.height, shape.width) : (pixels.count, 1)
    var window = unsafe pf_window(
      channels: shape.channels, in_height: height, in_width: width, out_height: 1, out_width: 1,
      kernel_height: height, kernel_width: width, stride_height: 1, stride_width: 1,
      padding_height: 0, padding_width: 0, dilation_height: 1, dilation_width: 1,
      in_pixel_stride: place.stride, in_picture_stride: place.stride * shape.pixels,
      out_pixel_stride: shape.channels, out_picture_stride: shape.channels)
    let first = unsafe place.pointer + pixels.lowerBound * place.stride
    return unsafe [Float](unsafeUninitializedCapacity: batch * shape.channels) { output, count in
      let kernels = unsafe program.kernels.pointee
      if pooling == .max {
        unsafe kernels.max_pool(&window, first, output.baseAddress, 0, batch)
      } else {
        unsafe kernels.adaptive_average_pool(&window, first, output.baseAddress, 0, batch)
      }
      count = batch * shape.channels
    }
  }
}
