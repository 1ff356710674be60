internal import CPermafrostKernels
import Tensors

/// Turns the steps of a schedule into work for the kernels.
@safe struct Compiler {
  let graph: HookedGraph
  let memory: MemoryPlan
  let parameters: Parameters
  let packed: PackedLayers
  let kernels: UnsafePointer<pf_network_kernels>
  let algorithms: ConvolutionAlgorithm.Choice

  func work(for step: Schedule.Step) throws(BackboneError) -> Program.Work {
    switch step.kind {
    case .input: .nothing
    case .replacement(let hook, let position): .replacement(hook: hook, position: position)
    case .fused(let group): try fused(group, output: step.node)
    case .inverted(let block): try inverted(block, output: step.node)
    case .scaled(let convolution): try scaled(convolution, output: step.node)
    case .averageOfLines(let map): averageOfLines(of: map)
    case .single(let operation): try single(operation, node: step.node)
    }
  }

  private func single(_ operation: Operation, node: Int) throws(BackboneError) -> Program.Work {
    let inputs = graph.nodes[node].inputs
    let input = inputs.first ?? node
    switch operation {
    case .maxPool(let window):
      return .maxPool(
        self.window(node, input, kernel: window.kernel, stride: window.stride, padding: window.padding),
        input: input)
    case .adaptiveAveragePool:
      return .averagePool(window(node, input, kernel: 1, stride: 1, padding: 0), input: input)
    case .batchNorm:
      let affine = try ChannelAffine(graphNode(node), parameters)
      return .affine(
        input: input, scale: AlignedFloats(affine.scale.map { Float($0) }),
        shift: AlignedFloats(affine.shift.map { Float($0) }), PF_ACTIVATION_NONE)
    case .activation(let activation):
      return .affine(input: input, scale: nil, shift: nil, activation.kernel)
    case .multiply: return .multiply(input: inputs[1], factors: inputs[0])
    case .add: return .add(inputs[0], inputs[1])
    case .concatenate: return .concatenate(unplacedParts(of: node))
    case .classToken, .concatenateTokens, .addParameter, .layerNorm:
      return .tokens(try tokenWork(operation, node: node))
    case .input, .view, .convolution, .linear, .selfAttention: return .nothing
    }
  }

  private func unplacedParts(of node: Int) -> [(part: Int, channelOffset: Int)] {
    guard let whole = memory.locations[node] else { return [] }
    var offset = whole.channelOffset
    var parts: [(part: Int, channelOffset: Int)] = []
    for part in graph.nodes[node].inputs {
      let location = memory.locations[part]
      if location?.buffer != whole.buffer || location?.channelOffset != offset {
        parts.append((part, offset))
      }
      offset += graph.nodes[part].shape.channels
    }
    return parts
  }

  func fused(_ group: Fusion.Group, output: Int) throws(BackboneError) -> Program.Work {
    let head = try graphNode(group.head)
    let input = graph.nodes[group.head].inputs[0]
    let batchNorm = try group.batchNorm.map { index throws(BackboneError) in try graphNode(index) }
    var activation = PF_ACTIVATION_NONE
    if case .activation(let kind) = group.activation.flatMap({ graph.operation($0) }) {
      activation = kind.kernel
    }
    if case .selfAttention(let heads) = head.operation {
      return .tokens(try selfAttention(head, heads: heads, group, activation, output: output))
    }
    let inputShape = graph.nodes[input].shape
    if case .convolution(let convolution) = head.operation, convolution.isDepthwise(over: inputShape) {
      let layer = try packed.layer(head, batchNorm: batchNorm, input: inputShape, parameters) {
        Self.depthwisePacked($0, channels: convolution.channels)
      }
      let shape = window(
        output, input, kernel: convolution.kernel, stride: convolution.stride, padding: convolution.padding,
        dilation: convolution.dilation)
      return .depthwise(shape, layer, input: input, residual: group.residual, activation)
    }
    if case .convolution(let settings) = head.operation,
      case .winograd(let tiles) = ConvolutionAlgorithm(
        settings, input: inputShape, output: graph.nodes[group.head].shape, algorithms)
    {
      let shape = winograd(settings, tiles, input: input, group, output: output)
      let layer = try packed.layer(head, batchNorm: batchNorm, input: inputShape, parameters) {
        winogradPacked($0, shape)
      }
      return .winograd(shape, layer, input: input, residual: group.residual, activation)
    }
    let shape = convolution(head, input: input, output: output)
    // A linear layer over each token does not depend on their number.
    let packedFor = inputShape.isTokens ? .tokens(1, inputShape.channels, hasClassToken: true) : inputShape
    let layer = try packed.layer(head, batchNorm: batchNorm, input: packedFor, parameters) {
      packedWeights($0, shape)
    }
    return .convolve(shape, layer, input: input, residual: group.residual, activation)
  }

  private func winogradPacked(_ weights: LayerWeights, _ shape: pf_winograd) -> AlignedFloats {
    unsafe withUnsafePointer(to: shape) { shape in
      let target = unsafe AlignedFloats(count: kernels.pointee.winograd_packed_count(shape))
      let chunks = unsafe kernels.pointee.winograd_column_chunks(shape) * shape.pointee.groups
      unsafe weights.values.withUnsafeBufferPointer { values in
        unsafe kernels.pointee.pack_winograd(shape, values.baseAddress, 0, chunks, target.pointer)
      }
      return target
    }
  }

  func packedWeights(_ weights: LayerWeights, _ shape: pf_convolution) -> AlignedFloats {
    unsafe withUnsafePointer(to: shape) { shape in
      let target = unsafe AlignedFloats(count: kernels.pointee.packed_convolution_count(shape))
      unsafe weights.values.withUnsafeBufferPointer { values in
        unsafe kernels.pointee.pack_convolution(shape, values.baseAddress, target.pointer)
      }
      return target
    }
  }

  /// [channels][pixels] to [pixels][channels].
  private static func depthwisePacked(_ weights: LayerWeights, channels: Int) -> AlignedFloats {
    let pixels = weights.values.count / channels
    return AlignedFloats(
      (0..<weights.values.count).map { weights.values[$0 % channels * pixels + $0 / channels] })
  }

  func graphNode(_ node: Int) throws(BackboneError) -> Graph.Node {
    guard case .graph(let index) = graph.nodes[node].source else {
      throw BackboneError(.invalidGraph, "layer \(graph.nodes[node].name) has no weights of its own")
    }
    return graph.graph.nodes[index]
  }

  func stride(_ node: Int) -> Int {
    memory.locations[node]?.pixelStride ?? graph.nodes[node].shape.channels
  }

  private func window(
    _ output: Int, _ input: Int, kernel: Int, stride step: Int, padding: Int, dilation: Int = 1
  ) -> pf_window {
    let from = graph.nodes[input].shape
    let to = graph.nodes[output].shape
    return pf_window(
      channels: from.channels, in_height: from.height, in_width: from.width, out_height: to.height,
      out_width: to.width, kernel_height: kernel, kernel_width: kernel, stride_height: step,
      stride_width: step, padding_height: padding, padding_width: padding, dilation_height: dilation,
      dilation_width: dilation, in_pixel_stride: stride(input),
      in_picture_stride: stride(input) * from.pixels, out_pixel_stride: stride(output),
      out_picture_stride: stride(output) * to.pixels)
  }

  private func winograd(
    _ settings: Operation.Convolution, _ tiles: ConvolutionAlgorithm.Tiles, input: Int, _ group: Fusion.Group,
    output: Int
  ) -> pf_winograd {
    let from = graph.nodes[input].shape
    let to = graph.nodes[group.head].shape
    let scheme =
      switch tiles {
      case .sixAndFour: PF_WINOGRAD_6_4
      case .fourAndThree: PF_WINOGRAD_4_3
      case .fourByFive: PF_WINOGRAD_4_5X5
      }
    return pf_winograd(
      scheme: scheme, in_channels: from.channels, in_height: from.height, in_width: from.width,
      out_channels: to.channels, out_height: to.height, out_width: to.width, padding: settings.padding,
      groups: settings.groups, pool: group.pool != nil, in_pixel_stride: stride(input),
      in_picture_stride: stride(input) * from.pixels, out_pixel_stride: stride(output))
  }

  /// A linear layer is a convolution whose kernel covers the whole map, or a single token.
  private func convolution(_ head: Graph.Node, input: Int, output: Int) -> pf_convolution {
    let from = graph.nodes[input].shape
    let to = graph.nodes[output].shape
    var settings = Operation.Convolution(
      channels: to.channels, kernel: 1, stride: 1, padding: 0, dilation: 1, groups: 1, bias: true)
    var kernel = from.isTokens ? (height: 1, width: 1) : (height: from.height, width: from.width)
    if case .convolution(let convolution) = head.operation {
      settings = convolution
      kernel = (convolution.kernel, convolution.kernel)
    }
    return pf_convolution(
      in_channels: from.channels, in_height: from.height, in_width: from.width, out_channels: to.channels,
      out_height: to.height, out_width: to.width, kernel_height: kernel.height, kernel_width: kernel.width,
      stride_height: settings.stride, stride_width: settings.stride, padding_height: settings.padding,
      padding_width: settings.padding, dilation_height: settings.dilation,
      dilation_width: settings.dilation, groups: settings.groups, in_pixel_stride: stride(input),
      in_picture_stride: stride(input) * from.pixels, out_row_stride: stride(output))
  }
}
