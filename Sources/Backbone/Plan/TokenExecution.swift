internal import CPermafrostKernels
import Tensors

/// Runs what only transformers have.
extension Executor {
  func run(_ work: TokenWork, output: Int) {
    switch work {
    case .constant(let values):
      unsafe forPictures(of: output) { _, out in
        unsafe copyTokens(output, values.pointer, stride: channels(output), to: out)
      }
    case .concatenate(let parts): concatenateTokens(parts, output)
    case .addConstant(let values, let input):
      let shape = program.graph.nodes[output].shape
      guard let source = unsafe place(input), let stride = unsafe place(output)?.stride else { return }
      unsafe forPictures(of: output) { picture, out in
        unsafe kernels.add(
          shape.pixels, shape.channels, source.pointer + picture * shape.pixels * source.stride,
          source.stride, values.pointer, shape.channels, PF_ACTIVATION_NONE, out, stride)
      }
    case .layerNorm(let input, let weight, let bias, let epsilon):
      guard let source = unsafe place(input), let out = unsafe place(output) else { return }
      forPixels(of: output) { tokens in
        unsafe kernels.layer_norm(
          tokens.count, channels(output), source.pointer + tokens.lowerBound * source.stride, source.stride,
          weight.pointer, bias.pointer, epsilon, out.pointer + tokens.lowerBound * out.stride, out.stride)
      }
    case .attention(let attention): attend(attention, output)
    }
  }

  private func channels(_ node: Int) -> Int { program.graph.nodes[node].shape.channels }

  /// Calls `body` for each picture of the batch with the place of its output.
  private func forPictures(of output: Int, _ body: (Int, UnsafeMutablePointer<Float>) -> Void) {
    guard let out = unsafe place(output) else { return }
    let step = unsafe program.graph.nodes[output].shape.pixels * out.stride
    pool.forEach(batch) { picture, _ in unsafe body(picture, out.pointer + picture * step) }
  }

  private func copyTokens(
    _ node: Int, _ source: UnsafeMutablePointer<Float>?, stride: Int, to out: UnsafeMutablePointer<Float>
  ) {
    let shape = program.graph.nodes[node].shape
    unsafe kernels.affine(
      shape.pixels, shape.channels, source, stride, nil, nil, PF_ACTIVATION_NONE, out, shape.channels)
  }

  private func concatenateTokens(_ parts: [Int], _ output: Int) {
    unsafe forPictures(of: output) { picture, out in
      var target = unsafe out
      for part in parts {
        guard let source = unsafe place(part) else { continue }
        let tokens = program.graph.nodes[part].shape.pixels
        unsafe copyTokens(
          part, source.pointer + picture * tokens * source.stride, stride: source.stride, to: target)
        unsafe target += tokens * channels(part)
      }
    }
  }

  private func attend(_ work: TokenWork.Attention, _ output: Int) {
    guard let source = unsafe place(work.input), let out = unsafe place(output),
      let rows = unsafe pointer(to: work.projections, pixels: work.shape.tokens)
    else { return }
    unsafe convolve(
      work.entry.shape, work.entry.layer, source.pointer,
      epilogue(work.entry.layer, nil, PF_ACTIVATION_NONE), rows)
    unsafe withUnsafePointer(to: work.shape) { shape in
      let scratch = unsafe kernels.attention_scratch(shape)
      pool.forEach(batch * (unsafe shape.pointee.heads)) { head, worker in
        unsafe kernels.attention(
          shape, rows, head, head + 1, workspace.scratch(worker: worker, bytes: scratch))
      }
    }
    var epilogue = unsafe epilogue(work.exit.layer, work.residual, work.activation)
    if let residual = work.residual, work.shape.queries < program.graph.nodes[residual].shape.pixels {
      unsafe epilogue.residual_stride *= work.shape.tokens  // a picture's only row is its first
    }
    unsafe convolve(work.exit.shape, work.exit.layer, rows, epilogue, out.pointer)
  }
}
