internal import CPermafrostKernels

/// How Winograd's tiles are shared out among threads.
extension Executor {
  func convolve(
    _ shape: pf_winograd, _ layer: PackedLayer, _ source: UnsafeMutablePointer<Float>,
    _ epilogue: pf_epilogue, _ out: UnsafeMutablePointer<Float>
  ) {
    unsafe withUnsafePointer(to: shape) { shape in
      let tiles = unsafe kernels.winograd_tiles(shape) * batch
      let groups = unsafe shape.pointee.groups
      let channels = unsafe shape.pointee.in_channels / groups
      let blocks = WinogradBlocks(tiles: tiles, groups: groups, channels: channels, threads: pool.threads)
      guard let blocks else {
        return unsafe convolveInSteps(shape, layer, source, epilogue, out, tiles: tiles)
      }
      let scratch = unsafe kernels.winograd_scratch(shape, blocks.tilesEach)
      pool.forEach(blocks.count) { item, worker in
        let (group, tiles) = blocks[item]
        unsafe kernels.winograd_convolve(
          shape, source, layer.weights.pointer, epilogue, out, group, group + 1, tiles.lowerBound,
          tiles.upperBound, workspace.scratch(worker: worker, bytes: scratch))
      }
    }
  }

  /// All tiles step by step, each step shared by all threads: for few tiles, and for filters that are too large
  /// to be read by every thread.
  private func convolveInSteps(
    _ shape: UnsafePointer<pf_winograd>, _ layer: PackedLayer, _ source: UnsafeMutablePointer<Float>,
    _ epilogue: pf_epilogue, _ out: UnsafeMutablePointer<Float>, tiles: Int
  ) {
    let inputs = unsafe kernels.winograd_input_count(shape, tiles)
    let products = unsafe kernels.winograd_product_count(shape, tiles)
    let positions = unsafe kernels.winograd_positions(shape)
    guard let transformed = unsafe workspace.shared(floats: inputs + products + 16) else { return }
    let results = unsafe transformed + (inputs + 15) / 16 * 16
    var table = [UInt32](repeating: 0, count: tiles)
    let pieces = min(tiles, pool.threads * 4)
    unsafe table.withUnsafeMutableBufferPointer { table in
      var rows = unsafe kernels.winograd_order(shape, 0, tiles, table.baseAddress)
      unsafe withUnsafePointer(to: &rows) { rows in
        for group in unsafe 0..<shape.pointee.groups {
          pool.forEach(pieces) { item, _ in
            unsafe kernels.winograd_input(
              shape, rows, source, group, tiles * item / pieces, tiles * (item + 1) / pieces, transformed)
          }
          pool.forEach(positions) { position, _ in
            unsafe kernels.winograd_multiply(
              shape, rows, transformed, layer.weights.pointer, group, position, position + 1, results)
          }
          pool.forEach(pieces) { item, _ in
            unsafe kernels.winograd_output(
              shape, rows, results, epilogue, group, tiles * item / pieces, tiles * (item + 1) / pieces, out)
          }
        }
      }
    }
  }
}

/// Tiles cut into pieces of work, each of one group of channels. The cut changes no bit of the result.
struct WinogradBlocks {
  private let tiles: Int
  private let groups: Int
  private let pieces: Int

  /// Fewer tiles than this make a poor matrix product.
  private static let least = 14

  /// `nil` where the tiles are so few that threads had better share each step of the method.
  init?(tiles: Int, groups: Int, channels: Int, threads: Int) {
    self.tiles = tiles
    self.groups = groups
    // Up to 128 channels, few tiles leave room for all of their products in the second cache. Beyond that nothing
    // does, and as the filters grow with the square of the channels, more tiles must share one reading of them.
    let best = channels <= 64 ? 14 : channels <= 128 ? 56 : 128
    var pieces = max(1, (tiles + best - 1) / best)
    if threads > 1 && groups < threads * 2 {
      pieces = (pieces + threads - 1) / threads * threads
      if tiles / pieces < Self.least || (channels >= 256 && pieces <= threads) { return nil }
    }
    self.pieces = pieces
  }

  var count: Int { pieces * groups }
  var tilesEach: Int { (tiles + pieces - 1) / pieces }

  subscript(item: Int) -> (group: Int, tiles: Range<Int>) {
    let (group, piece) = item.quotientAndRemainder(dividingBy: pieces)
    return (group, tiles * piece / pieces..<tiles * (piece + 1) / pieces)
  }
}
