/// An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale (Dosovitskiy et al., 2020).
/// <https://arxiv.org/abs/2010.11929>
///
/// torchvision's graphs. Shapes are those of B/16 for a 224 x 224 input. The positional embedding has one row a
/// token, so that weights fit pictures of one size only.
public struct VisionTransformer: Sendable {
  /// Rows and columns of a patch, each of which becomes a token.
  public var patch: Int
  public var depth: Int
  public var channels: Int
  public var heads: Int
  /// Features inside the multilayer perceptron.
  public var hidden: Int
  public var classes: Int

  public init(patch: Int, depth: Int, channels: Int, heads: Int, hidden: Int, classes: Int = 1000) {
    self.patch = patch
    self.depth = depth
    self.channels = channels
    self.heads = heads
    self.hidden = hidden
    self.classes = classes
  }

  public func build(_ g: inout GraphBuilder) {
    var x = g.input()  // [3, 224, 224]
    if patch < 1 || x.shape.height % patch != 0 || x.shape.width % patch != 0 {
      g.fail("conv_proj", "cannot cut \(x.shape) into patches of \(patch)")
    }
    // [768, 14, 14]
    x = g.convolution("conv_proj", x, to: channels, kernel: patch, stride: patch, bias: true)
    x = g.prependingClassToken(g.tokens(x))  // [197, 768]
    x = g.scope("encoder") { g in
      x = g.dropout("dropout", g.addParameter("pos_embedding", x))
      x = g.scope("layers") { g in
        (0..<depth).reduce(x) { x, layer in
          g.scope("encoder_layer_\(layer)") { g in block(&g, x) }
        }
      }
      return g.layerNorm("ln", x, epsilon: 1e-6)
    }
    // The trace has taken the picture's and the tokens' sizes by other calls of that name before.
    x = g.firstToken("getitem_5", x)  // [768]
    x = g.scope("heads") { g in g.linear("head", x, to: classes) }
  }

  /// Attention, then a perceptron for each token, each on normalised tokens and added to its input.
  private func block(_ g: inout GraphBuilder, _ input: GraphBuilder.Value) -> GraphBuilder.Value {
    var x = g.selfAttention("self_attention", g.layerNorm("ln_1", input, epsilon: 1e-6), heads: heads)
    let attended = g.add(g.dropout("dropout", x), input)
    x = g.layerNorm("ln_2", attended, epsilon: 1e-6)
    x = g.scope("mlp") { g in
      x = g.activation("1", .gelu, g.linear("0", x, to: hidden))
      return g.dropout("4", g.linear("3", g.dropout("2", x), to: channels))
    }
    return g.add(attended, x)
  }
}

extension Architecture {
  static let visionTransformers: [Architecture] = [
    visionTransformer("b_16", patch: 16, depth: 12, channels: 768, heads: 12),
    visionTransformer("b_32", patch: 32, depth: 12, channels: 768, heads: 12),
    visionTransformer(
      "l_16", patch: 16, depth: 24, channels: 1024, heads: 16,
      preprocessing: Preprocessing(resize: 242, crop: 224)),
    visionTransformer("l_32", patch: 32, depth: 24, channels: 1024, heads: 16),
  ]

  public static let visionTransformerB16 = visionTransformers[0]
  public static let visionTransformerB32 = visionTransformers[1]
  public static let visionTransformerL16 = visionTransformers[2]
  public static let visionTransformerL32 = visionTransformers[3]

  private static func visionTransformer(
    _ size: String, patch: Int, depth: Int, channels: Int, heads: Int,
    preprocessing: Preprocessing = .imageNetV1
  ) -> Architecture {
    let network = VisionTransformer(
      patch: patch, depth: depth, channels: channels, heads: heads, hidden: 4 * channels)
    return Architecture(
      "vit_\(size)", preprocessing: preprocessing,
      suggestedTaps: [
        "encoder:cls", "encoder:average", "encoder.layers.encoder_layer_\(depth - 2):cls",
      ], build: network.build)
  }
}
