internal import CPermafrostKernels

/// An inverted residual with the shapes and weights that its kernel takes.
struct InvertedWork {
  struct Pointwise {
    let shape: pf_convolution
    let layer: PackedLayer
    let activation: pf_activation
  }

  var expand: Pointwise?
  var depthwise: (shape: pf_window, layer: PackedLayer, activation: pf_activation)
  var project: Pointwise?
  /// Where the sums of the output's lines go, if anybody averages them.
  var lineSums: MemoryPlan.Location?
}

extension Compiler {
  /// - Throws: `.missingWeights`
  func inverted(_ block: InvertedResidual, output: Int) throws(BackboneError) -> Program.Work {
    guard
      case .depthwise(let window, let layer, _, _, let activation) = try fused(
        block.depthwise, output: block.project == nil ? output : block.depthwise.last)
    else { throw BackboneError(.invalidGraph, "an inverted residual without a depthwise convolution") }
    let work = InvertedWork(
      expand: try block.expand.map { group throws(BackboneError) in try pointwise(group, output: group.last)
      },
      depthwise: (window, layer, activation),
      project: try block.project.map { group throws(BackboneError) in try pointwise(group, output: output) },
      lineSums: memory.lineSums[output])
    return .inverted(work, input: block.input(graph), residual: block.project?.residual)
  }

  func averageOfLines(of map: Int) -> Program.Work {
    guard let sums = memory.lineSums[map] else { return .nothing }
    return .averageOfLines(sums, of: graph.nodes[map].shape)
  }

  private func pointwise(
    _ group: Fusion.Group, output: Int
  ) throws(BackboneError) -> InvertedWork.Pointwise {
    guard case .convolve(let shape, let layer, _, _, let activation) = try fused(group, output: output) else {
      throw BackboneError(.invalidGraph, "an inverted residual without a convolution by 1 x 1")
    }
    return InvertedWork.Pointwise(shape: shape, layer: layer, activation: activation)
  }
}

extension Executor {
  /// Lines of all pictures, in pieces as large as they can be: each begins by expanding the lines that the one
  /// before it had.
  func run(
    _ work: InvertedWork, _ source: UnsafeMutablePointer<Float>, residual: Int?,
    _ out: UnsafeMutablePointer<Float>
  ) {
    unsafe withPointers(to: work, residual: residual) { block in
      let height = unsafe Int(block.pointee.depthwise.pointee.out_height)
      let scratch = unsafe kernels.inverted_residual_scratch(block)
      let sums = unsafe work.lineSums.flatMap { unsafe pointer(to: $0, pixels: height) }
      // Whole pictures where there are enough of them.
      let pieces = batch >= pool.threads ? batch : min(batch * height, pool.threads)
      pool.forEach(pieces) { item, worker in
        unsafe kernels.inverted_residual(
          block, source, out, sums, batch * height * item / pieces, batch * height * (item + 1) / pieces,
          workspace.scratch(worker: worker, bytes: scratch))
      }
    }
  }

  func averageLines(
    _ sums: MemoryPlan.Location, of shape: FeatureShape, _ out: UnsafeMutablePointer<Float>, stride: Int
  ) {
    guard let sums = unsafe pointer(to: sums, pixels: shape.height) else { return }
    split(batch) { pictures, _ in
      unsafe kernels.average_lines(
        pictures.count, shape.height, shape.width, shape.channels,
        sums + pictures.lowerBound * shape.height * shape.channels, out + pictures.lowerBound * stride, stride
      )
    }
  }

  private func withPointers(
    to work: InvertedWork, residual: Int?, _ body: (UnsafePointer<pf_inverted_residual>) -> Void
  ) {
    let (expand, project) = (work.expand, work.project)
    var shapes = (
      expand?.shape ?? pf_convolution(), work.depthwise.shape, project?.shape ?? pf_convolution()
    )
    unsafe withUnsafeMutablePointer(to: &shapes) { shapes in
      let none = unsafe pf_epilogue(
        bias: nil, residual: nil, residual_stride: 0, activation: PF_ACTIVATION_NONE)
      var block = unsafe pf_inverted_residual(
        expand: expand == nil ? nil : UnsafePointer(shapes.pointer(to: \.0)),
        depthwise: UnsafePointer(shapes.pointer(to: \.1)),
        project: project == nil ? nil : UnsafePointer(shapes.pointer(to: \.2)),
        expand_weights: UnsafePointer(expand?.layer.weights.pointer),
        depthwise_weights: UnsafePointer(work.depthwise.layer.weights.pointer),
        project_weights: UnsafePointer(project?.layer.weights.pointer),
        expand_epilogue: expand.map { unsafe epilogue($0.layer, nil, $0.activation) } ?? none,
        depthwise_epilogue: epilogue(work.depthwise.layer, nil, work.depthwise.activation),
        project_epilogue: project.map { unsafe epilogue($0.layer, residual, $0.activation) } ?? none)
      unsafe withUnsafePointer(to: &block) { unsafe body($0) }
    }
  }
}
