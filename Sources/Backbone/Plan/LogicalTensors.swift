import Tensors

/// Activations between their place in memory ([height][width][channel], with a stride) and the logical order
/// of the literature ([channel][height][width], or [token][channel], dense).
extension Executor {
  /// A node's value for the whole batch as an owned tensor.
  func tensor(_ node: Int) -> Tensor? {
    let shape = program.graph.nodes[node].shape
    return try? Tensor(shape: [batch] + shape.dimensions, values: logicalValues(node))
  }

  /// [batch][channel][height][width], or [batch][token][channel]
  func logicalValues(_ node: Int) -> [Float] {
    let shape = program.graph.nodes[node].shape
    guard let place = unsafe place(node) else { return [] }
    return unsafe [Float](unsafeUninitializedCapacity: batch * shape.count) { output, count in
      guard let target = output.baseAddress else { return }
      for picture in 0..<batch {
        let source = unsafe place.pointer + picture * shape.pixels * place.stride
        let start = unsafe target + picture * shape.count
        if shape.isTokens {
          for token in 0..<shape.pixels {
            unsafe (start + token * shape.channels).update(
              from: source + token * place.stride, count: shape.channels)
          }
          continue
        }
        for channel in 0..<shape.channels {
          for pixel in 0..<shape.pixels {
            unsafe start[channel * shape.pixels + pixel] = source[pixel * place.stride + channel]
          }
        }
      }
      count = batch * shape.count
    }
  }

  /// Puts [batch][channel][height][width] values, or [batch][token][channel], into a node's place.
  func store(_ values: [Float], at node: Int) {
    let shape = program.graph.nodes[node].shape
    guard let place = unsafe place(node), values.count == batch * shape.count else { return }
    let (channelStep, pixelStep) = shape.isTokens ? (1, shape.channels) : (shape.pixels, 1)
    for picture in 0..<batch {
      let target = unsafe place.pointer + picture * shape.pixels * place.stride
      for channel in 0..<shape.channels {
        for pixel in 0..<shape.pixels {
          unsafe target[pixel * place.stride + channel] =
            values[picture * shape.count + channel * channelStep + pixel * pixelStep]
        }
      }
    }
  }
}
