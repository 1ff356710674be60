internal import CPermafrostKernels
import Tensors

/// Tapped values as rows.
extension Executor {
  /// [batch][dimension], pooled as the tap says.
  func rows(_ node: Int, _ pooling: Pooling) -> [Float] {
    let shape = program.graph.nodes[node].shape
    guard shape.kind == .map, pooling != .none, let place = unsafe place(node) else {
      return logicalValues(node)
    }
    // Pooling to 1 x 1 is the network's own average or max pooling, so that `features:average` has the same
    // bits as an average-pooling layer behind `features`.
    var window = unsafe pf_window(
      channels: shape.channels, in_height: shape.height, in_width: shape.width, out_height: 1, out_width: 1,
      kernel_height: shape.height, kernel_width: shape.width, stride_height: 1, stride_width: 1,
      padding_height: 0, padding_width: 0, dilation_height: 1, dilation_width: 1,
      in_pixel_stride: place.stride, in_picture_stride: place.stride * shape.pixels,
      out_pixel_stride: shape.channels, out_picture_stride: shape.channels)
    return unsafe [Float](unsafeUninitializedCapacity: batch * shape.channels) { output, count in
      let kernels = unsafe program.kernels.pointee
      if pooling == .max {
        unsafe kernels.max_pool(&window, place.pointer, output.baseAddress, 0, batch)
      } else {
        unsafe kernels.adaptive_average_pool(&window, place.pointer, output.baseAddress, 0, batch)
      }
      count = batch * shape.channels
    }
  }
}
