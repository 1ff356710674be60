internal import CPermafrostKernels

/// A convolution by 1 x 1 of a map times a factor for each channel, as squeeze-and-excitation ends: rows are scaled
/// where the convolution reads them, and the product never goes to memory. Every value has the bits that the two
/// have one after the other.
struct ScaledConvolution {
  /// The convolution and what is fused to it.
  let group: Fusion.Group
  let product: Int
  /// What is scaled, and by what.
  let input, factors: Int

  /// The convolution whose last node this is, if nobody else looks at the product that it reads.
  ///
  /// - Parameter isHidden: whether a node's value has one reader and nobody else wants it
  init?(endingAt node: Int, _ graph: HookedGraph, _ fusion: Fusion, isHidden: (Int) -> Bool) {
    guard let group = fusion.recipe(for: node), group.isPointwise(graph) else { return nil }
    let product = graph.nodes[group.head].inputs[0]
    guard case .multiply = graph.operation(product), isHidden(product) else { return nil }
    self.group = group
    self.product = product
    (factors, input) = (graph.nodes[product].inputs[0], graph.nodes[product].inputs[1])
  }
}

extension Compiler {
  /// - Throws: `.missingWeights`
  func scaled(_ scaled: ScaledConvolution, output: Int) throws(BackboneError) -> Program.Work {
    guard
      case .convolve(var shape, let layer, _, let residual, let activation) = try fused(
        scaled.group, output: output)
    else { throw BackboneError(.invalidGraph, "a scaled convolution that is not by 1 x 1") }
    shape.in_pixel_stride = stride(scaled.input)
    shape.in_picture_stride = stride(scaled.input) * graph.nodes[scaled.input].shape.pixels
    return .scaled(
      shape, layer, input: scaled.input, factors: scaled.factors, residual: residual, activation)
  }
}

extension Executor {
  /// Rows alone are cut, since what cuts columns would scale its rows again.
  func convolveScaled(
    _ shape: pf_convolution, _ layer: PackedLayer, _ source: UnsafeMutablePointer<Float>,
    by factors: (pointer: UnsafeMutablePointer<Float>, stride: Int), _ epilogue: pf_epilogue,
    _ out: UnsafeMutablePointer<Float>
  ) {
    unsafe withUnsafePointer(to: shape) { shape in
      let rows = unsafe batch * shape.pointee.out_height * shape.pointee.out_width
      let scratch = unsafe kernels.scaled_scratch(shape)
      split(rows) { rows, worker in
        unsafe kernels.convolve_scaled(
          shape, source, factors.pointer, factors.stride, layer.weights.pointer, epilogue, out,
          rows.lowerBound, rows.upperBound, workspace.scratch(worker: worker, bytes: scratch))
      }
    }
  }
}
