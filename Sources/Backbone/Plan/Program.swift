internal import CPermafrostKernels
import Tensors

/// A schedule with everything decided: kernel shapes, packed weights, places in memory.
///
/// Immutable; any number of threads may run it, each in a workspace of its own.
@safe final class Program: @unchecked Sendable {  // the kernel table is constant
  let graph: HookedGraph
  let schedule: Schedule
  let segments: Segments
  let memory: MemoryPlan
  let steps: [Work]
  let kernels: UnsafePointer<pf_network_kernels>

  /// What a step does, with the shapes that its kernels take.
  enum Work {
    case nothing
    case convolve(pf_convolution, PackedLayer, input: Int, residual: Int?, pf_activation)
    case winograd(pf_winograd, PackedLayer, input: Int, residual: Int?, pf_activation)
    case inverted(InvertedWork, input: Int, residual: Int?)
    case depthwise(pf_window, PackedLayer, input: Int, residual: Int?, pf_activation)
    case maxPool(pf_window, input: Int)
    case averagePool(pf_window, input: Int)
    /// A convolution of a map times another node's factors, one a channel.
    case scaled(pf_convolution, PackedLayer, input: Int, factors: Int, residual: Int?, pf_activation)
    /// The mean over a map from the sums of its lines.
    case averageOfLines(MemoryPlan.Location, of: FeatureShape)
    case affine(input: Int, scale: AlignedFloats?, shift: AlignedFloats?, pf_activation)
    case add(Int, Int)
    /// Copies the parts that could not be written in place.
    case concatenate([(part: Int, channelOffset: Int)])
    /// A map by another node's factors, one a channel.
    case multiply(input: Int, factors: Int)
    case tokens(TokenWork)
    case replacement(hook: Int, position: Int)
  }

  /// - Throws: `.missingWeights`, `.hook`
  init(
    _ graph: HookedGraph, taps: [Int], _ parameters: Parameters, _ packed: PackedLayers,
    kernels: UnsafePointer<pf_network_kernels>, algorithms: ConvolutionAlgorithm.Choice
  ) throws(BackboneError) {
    self.graph = graph
    unsafe self.kernels = kernels
    schedule = try Schedule(graph, Fusion(graph, algorithms), taps: taps)
    segments = Segments(graph, schedule, algorithms, isHooked: !graph.hooks.isEmpty)
    memory = MemoryPlan(graph, schedule, segments)
    let compiler = unsafe Compiler(
      graph: graph, memory: memory, parameters: parameters, packed: packed, kernels: kernels,
      algorithms: algorithms)
    var steps: [Work] = []
    for step in schedule.steps { steps.append(try compiler.work(for: step)) }
    self.steps = steps
  }
}
