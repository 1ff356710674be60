internal import CPermafrostKernels

/// What a step does that only transformers have.
enum TokenWork {
  /// The same numbers for every picture.
  case constant(AlignedFloats)
  /// Copies tokens, one input after the other.
  case concatenate([Int])
  case addConstant(AlignedFloats, input: Int)
  case layerNorm(input: Int, weight: AlignedFloats, bias: AlignedFloats, epsilon: Float)
  case attention(Attention)

  /// A self-attention in three steps: tokens to queries, keys and values; attention; projection.
  struct Attention {
    let input: Int
    let residual: Int?
    let activation: pf_activation
    /// Where the queries, keys and values are.
    let projections: MemoryPlan.Location
    let entry: (shape: pf_convolution, layer: PackedLayer)
    let shape: pf_attention
    let exit: (shape: pf_convolution, layer: PackedLayer)
  }
}

extension Operation.Activation {
  var kernel: pf_activation {
    switch self {
    case .relu: PF_ACTIVATION_RELU
    case .relu6: PF_ACTIVATION_RELU6
    case .silu: PF_ACTIVATION_SILU
    case .gelu: PF_ACTIVATION_GELU
    case .sigmoid: PF_ACTIVATION_SIGMOID
    case .hardSwish: PF_ACTIVATION_HARD_SWISH
    case .hardSigmoid: PF_ACTIVATION_HARD_SIGMOID
    }
  }
}

extension Compiler {
  /// The work of a node that is computed by itself.
  func tokenWork(_ operation: Operation, node: Int) throws(BackboneError) -> TokenWork {
    let inputs = graph.nodes[node].inputs
    let graphNode = try graphNode(node)
    switch operation {
    case .concatenateTokens: return .concatenate(inputs)
    case .addParameter: return .addConstant(try weight(graphNode, 0), input: inputs[0])
    case .layerNorm(let epsilon):
      return .layerNorm(
        input: inputs[0], weight: try weight(graphNode, 0), bias: try weight(graphNode, 1),
        epsilon: Float(epsilon))
    default: return .constant(try weight(graphNode, 0))
    }
  }

  private func weight(_ node: Graph.Node, _ position: Int) throws(BackboneError) -> AlignedFloats {
    AlignedFloats(try parameters.floats(node.parameters[position].name))
  }

  func selfAttention(
    _ head: Graph.Node, heads: Int, _ group: Fusion.Group, _ activation: pf_activation, output: Int
  ) throws(BackboneError) -> TokenWork {
    let input = graph.nodes[group.head].inputs[0]
    guard let projections = memory.projections[output] else {
      throw BackboneError(.invalidGraph, "layer \(head.name) has no place for its queries")
    }
    let (tokens, channels) = (head.shape.pixels, head.shape.channels)
    let queries = graph.nodes[output].shape.pixels
    let entry = perToken(
      tokens, from: channels, stride(input), to: 3 * channels, projections.pixelStride)
    let exit = perToken(
      tokens, queries, from: channels, projections.pixelStride, to: channels, stride(output))
    return .attention(
      TokenWork.Attention(
        input: input, residual: group.residual, activation: activation, projections: projections,
        entry: (entry, try layer(head, "in_proj_weight", "in_proj_bias", entry)),
        shape: pf_attention(
          tokens: tokens, heads: heads, head_channels: channels / heads, queries: queries,
          row_stride: projections.pixelStride),
        exit: (exit, try layer(head, "out_proj.weight", "out_proj.bias", exit))))
  }

  private func layer(
    _ node: Graph.Node, _ weight: String, _ bias: String, _ shape: pf_convolution
  ) throws(BackboneError) -> PackedLayer {
    try packed.layer(
      named: "\(node.name).\(weight)", input: node.shape, pack: { packedWeights($0, shape) },
      weights: { () throws(BackboneError) in
        LayerWeights(
          values: try parameters.floats("\(node.name).\(weight)"),
          bias: try parameters.floats("\(node.name).\(bias)"))
      })
  }

  /// A linear layer over each token, or each of the first `count`.
  private func perToken(
    _ tokens: Int, _ count: Int? = nil, from inputs: Int, _ inputStride: Int, to outputs: Int,
    _ outputStride: Int
  ) -> pf_convolution {
    pf_convolution(
      in_channels: inputs, in_height: tokens, in_width: 1, out_channels: outputs,
      out_height: count ?? tokens,
      out_width: 1, kernel_height: 1, kernel_width: 1, stride_height: 1, stride_width: 1,
      padding_height: 0, padding_width: 0, dilation_height: 1, dilation_width: 1, groups: 1,
      in_pixel_stride: inputStride, in_picture_stride: inputStride * tokens, out_row_stride: outputStride)
  }
}
