internal import CPermafrostKernels
import Tensors

/// Runs the steps of a program over some pictures of a batch, which the caller has put into the input's buffer.
@safe struct Executor {
  let program: Program
  let pool: Workers
  let workspace: Workspace
  /// Pictures of the whole batch.
  private let total: Int
  /// The first of those that this executor runs over.
  let first: Int
  /// How many those are.
  let batch: Int
  var kernels: pf_network_kernels { unsafe program.kernels.pointee }

  /// - Parameters:
  ///   - pictures: those of the batch to run over
  ///   - segment: the segment whose steps will be run; `nil`: none whose buffers are its own
  init(
    _ program: Program, pool: Workers, workspace: Workspace, batch: Int, pictures: Range<Int>, segment: Int?
  ) {
    self.program = program
    self.pool = pool
    self.workspace = workspace
    total = batch
    first = pictures.lowerBound
    self.batch = pictures.count
    guard let segment else { return }
    workspace.reserve(program.memory, segment: segment, pictures: pictures.count, worker: pool.alone ?? 0)
  }

  /// Where the value of a node starts, and its pixel stride.
  func place(_ node: Int) -> (pointer: UnsafeMutablePointer<Float>, stride: Int)? {
    guard let location = program.memory.locations[node],
      let pointer = unsafe pointer(to: location, pixels: program.graph.nodes[node].shape.pixels)
    else { return nil }
    return unsafe (pointer, location.pixelStride)
  }

  /// Where a location begins for the first of this executor's pictures, each of which has so many pixels there.
  func pointer(to location: MemoryPlan.Location, pixels: Int) -> UnsafeMutablePointer<Float>? {
    let buffer = program.memory.buffers[location.buffer]
    let base = unsafe workspace.pointer(buffer, batch: total, pictures: batch, worker: pool.alone ?? 0)
    let skipped = buffer.segment == nil ? first * location.pixelStride * pixels : 0
    return unsafe base.map { unsafe $0 + location.channelOffset + skipped }
  }

  func run(_ work: Program.Work, output: Int) {
    guard let out = unsafe place(output) else { return }
    switch work {
    case .nothing, .replacement: break
    case .convolve(let shape, let layer, let input, let residual, let activation):
      guard let source = unsafe place(input) else { return }
      unsafe convolve(shape, layer, source.pointer, epilogue(layer, residual, activation), out.pointer)
    case .winograd(let shape, let layer, let input, let residual, let activation):
      guard let source = unsafe place(input) else { return }
      unsafe convolve(shape, layer, source.pointer, epilogue(layer, residual, activation), out.pointer)
    case .inverted(let work, let input, let residual):
      guard let source = unsafe place(input) else { return }
      unsafe run(work, source.pointer, residual: residual, out.pointer)
    case .depthwise(let shape, let layer, let input, let residual, let activation):
      guard let source = unsafe place(input) else { return }
      let epilogue = unsafe epilogue(layer, residual, activation)
      unsafe forLines(shape) { shape, lines in
        unsafe kernels.depthwise(
          shape, source.pointer, layer.weights.pointer, epilogue, out.pointer, lines.lowerBound,
          lines.upperBound)
      }
    case .maxPool(let shape, let input):
      guard let source = unsafe place(input) else { return }
      unsafe forLines(shape) { shape, lines in
        unsafe kernels.max_pool(shape, source.pointer, out.pointer, lines.lowerBound, lines.upperBound)
      }
    case .averagePool(let shape, let input):
      guard let source = unsafe place(input) else { return }
      unsafe forLines(shape) { shape, lines in
        unsafe kernels.adaptive_average_pool(
          shape, source.pointer, out.pointer, lines.lowerBound, lines.upperBound)
      }
    case .scaled(let shape, let layer, let input, let factors, let residual, let activation):
      guard let source = unsafe place(input), let by = unsafe place(factors) else { return }
      unsafe convolveScaled(
        shape, layer, source.pointer, by: by, epilogue(layer, residual, activation), out.pointer)
    case .averageOfLines(let sums, let shape):
      unsafe averageLines(sums, of: shape, out.pointer, stride: out.stride)
    case .affine(let input, let scale, let shift, let activation):
      affine(input, scale, shift, activation, output, channelOffset: 0)
    case .add(let a, let b):
      guard let first = unsafe place(a), let second = unsafe place(b) else { return }
      let channels = program.graph.nodes[output].shape.channels
      forPixels(of: output) { pixels in
        unsafe kernels.add(
          pixels.count, channels, first.pointer + pixels.lowerBound * first.stride, first.stride,
          second.pointer + pixels.lowerBound * second.stride, second.stride, PF_ACTIVATION_NONE,
          out.pointer + pixels.lowerBound * out.stride, out.stride)
      }
    case .concatenate(let parts):
      for (part, offset) in parts {
        affine(part, nil, nil, PF_ACTIVATION_NONE, output, channelOffset: offset)
      }
    case .multiply(let input, let factors): multiply(input, factors, output)
    case .tokens(let work): run(work, output: output)
    }
  }

  /// Each picture of a map by its own factors, in pieces where there are fewer pictures than threads.
  private func multiply(_ input: Int, _ factors: Int, _ output: Int) {
    guard let source = unsafe place(input), let by = unsafe place(factors),
      let out = unsafe place(output)
    else { return }
    let shape = program.graph.nodes[output].shape
    let pieces = min(shape.pixels, pool.threads)
    pool.forEach(batch * pieces) { item, _ in
      let (picture, piece) = item.quotientAndRemainder(dividingBy: pieces)
      let begin = picture * shape.pixels + piece * shape.pixels / pieces
      let count = picture * shape.pixels + (piece + 1) * shape.pixels / pieces - begin
      unsafe kernels.affine(
        count, shape.channels, source.pointer + begin * source.stride, source.stride,
        by.pointer + picture * by.stride, nil, PF_ACTIVATION_NONE, out.pointer + begin * out.stride,
        out.stride)
    }
  }

  private func affine(
    _ input: Int, _ scale: AlignedFloats?, _ shift: AlignedFloats?, _ activation: pf_activation,
    _ output: Int, channelOffset: Int
  ) {
    guard let source = unsafe place(input), let out = unsafe place(output) else { return }
    let channels = program.graph.nodes[input].shape.channels
    forPixels(of: input) { pixels in
      unsafe kernels.affine(
        pixels.count, channels, source.pointer + pixels.lowerBound * source.stride, source.stride,
        scale?.pointer, shift?.pointer, activation,
        out.pointer + channelOffset + pixels.lowerBound * out.stride, out.stride)
    }
  }

  func epilogue(_ layer: PackedLayer, _ residual: Int?, _ activation: pf_activation) -> pf_epilogue {
    let addend = unsafe residual.flatMap { unsafe place($0) }
    return unsafe pf_epilogue(
      bias: UnsafePointer(layer.bias?.pointer), residual: UnsafePointer(addend?.pointer),
      residual_stride: addend?.stride ?? 0, activation: activation)
  }

  func convolve(
    _ shape: pf_convolution, _ layer: PackedLayer, _ source: UnsafeMutablePointer<Float>,
    _ epilogue: pf_epilogue, _ out: UnsafeMutablePointer<Float>
  ) {
    unsafe withUnsafePointer(to: shape) { shape in
      let rows = unsafe batch * shape.pointee.out_height * shape.pointee.out_width
      let width = unsafe shape.pointee.out_width
      let chunks = unsafe kernels.convolution_column_chunks(shape)
      let blocks = ConvolutionBlocks(
        rows: rows, width: width, chunks: chunks, weightBytes: layer.weights.count * 4,
        threads: pool.threads)
      let scratch = unsafe kernels.convolution_scratch(shape, blocks.rowsEach)
      pool.forEach(blocks.count) { item, worker in
        let (rows, chunks) = blocks[item]
        unsafe kernels.convolve(
          shape, source, layer.weights.pointer, epilogue, out, rows.lowerBound, rows.upperBound,
          chunks.lowerBound, chunks.upperBound, workspace.scratch(worker: worker, bytes: scratch))
      }
    }
  }

  /// Splits the output lines of all pictures among the threads.
  func forLines(
    _ shape: pf_window, _ body: (UnsafePointer<pf_window>, Range<Int>) -> Void
  ) {
    unsafe withUnsafePointer(to: shape) { shape in
      unsafe split(batch * shape.pointee.out_height) { lines, _ in unsafe body(shape, lines) }
    }
  }

  func forPixels(of node: Int, _ body: (Range<Int>) -> Void) {
    split(batch * program.graph.nodes[node].shape.pixels) { pixels, _ in body(pixels) }
  }

  /// Splits things among the threads.
  func split(_ count: Int, _ body: (_ things: Range<Int>, _ worker: Int) -> Void) {
    let items = min(count, pool.threads == 1 ? 1 : pool.threads * 4)
    pool.forEach(items) { item, worker in
      body(count * item / items..<count * (item + 1) / items, worker)
    }
  }
}
