/// EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks (Tan and Le, 2019).
/// <https://arxiv.org/abs/1905.11946>
///
/// torchvision's graphs. Shapes are those of B0 for a 224 x 224 input.
struct EfficientNet {
  /// A stage: expansion factor, kernel, stride of the first block, output channels, blocks.
  private typealias Stage = (expansion: Int, kernel: Int, stride: Int, channels: Int, depth: Int)

  /// Table 1 of the paper.
  private static let stages: [Stage] = [
    (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4), (6, 3, 1, 320, 1),
  ]

  /// Factors for channels and for blocks.
  var width: Double
  var depth: Double
  /// Of the batch norms.
  var epsilon = 1e-5

  func build(_ g: inout GraphBuilder) {
    var x = g.input()  // [3, 224, 224]
    x = g.scope("features") { g in
      // [32, 112, 112]
      var x = g.activatedConvolution(
        "0", x, to: scaled(32), kernel: 3, stride: 2, by: .silu, epsilon: epsilon)
      for (index, stage) in Self.stages.enumerated() {
        x = g.scope("\(index + 1)") { g in
          (0..<Int((Double(stage.depth) * depth).rounded(.up))).reduce(x) { x, block in
            g.scope("\(block)") { g in inverted(&g, x, stage, stride: block == 0 ? stage.stride : 1) }
          }
        }
      }
      // [1280, 7, 7]
      return g.activatedConvolution("8", x, to: 4 * x.channels, kernel: 1, by: .silu, epsilon: epsilon)
    }
    x = g.flatten(g.adaptiveAveragePool("avgpool", x))  // [1280]
    x = g.scope("classifier") { g in g.linear("1", g.dropout("0", x), to: 1000) }
  }

  /// Channels times the width factor, to the nearest multiple of eight, but not below nine tenths.
  private func scaled(_ channels: Int) -> Int {
    let exact = Double(channels) * width
    let rounded = max(8, Int(exact + 4) / 8 * 8)
    return Double(rounded) < 0.9 * exact ? rounded + 8 : rounded
  }

  /// Expand by 1 x 1, filter each channel, squeeze and excite, project by 1 x 1 without activation.
  private func inverted(
    _ g: inout GraphBuilder, _ input: GraphBuilder.Value, _ stage: Stage, stride: Int
  ) -> GraphBuilder.Value {
    let projected = g.scope("block") { g in
      var x = input
      var module = 0
      if stage.expansion != 1 {
        x = g.activatedConvolution(
          "\(module)", x, to: stage.expansion * x.channels, kernel: 1, by: .silu, epsilon: epsilon)
        module += 1
      }
      x = g.activatedConvolution(
        "\(module)", x, to: x.channels, kernel: stage.kernel, stride: stride, groups: x.channels, by: .silu,
        epsilon: epsilon)
      x = g.scope("\(module + 1)") { g in
        SqueezeExcitation.build(&g, x, channels: max(1, input.channels / 4), activation: .silu)
      }
      return g.scope("\(module + 2)") { g in
        g.batchNorm("1", g.convolution("0", x, to: scaled(stage.channels), kernel: 1), epsilon: epsilon)
      }
    }
    guard stride == 1, input.channels == projected.channels else { return projected }
    return g.add(g.stochasticDepth(projected), input)
  }
}

extension Architecture {
  static let efficientNets: [Architecture] = [
    efficientNet("b0", width: 1, depth: 1, resize: 256, crop: 224),
    efficientNet("b1", width: 1, depth: 1.1, resize: 256, crop: 240),
    efficientNet("b2", width: 1.1, depth: 1.2, resize: 288, crop: 288),
    efficientNet("b3", width: 1.2, depth: 1.4, resize: 320, crop: 300),
    efficientNet("b4", width: 1.4, depth: 1.8, resize: 384, crop: 380),
    efficientNet("b5", width: 1.6, depth: 2.2, resize: 456, crop: 456, epsilon: 1e-3),
    efficientNet("b6", width: 1.8, depth: 2.6, resize: 528, crop: 528, epsilon: 1e-3),
    efficientNet("b7", width: 2, depth: 3.1, resize: 600, crop: 600, epsilon: 1e-3),
  ]

  public static let efficientNetB0 = efficientNets[0]
  public static let efficientNetB1 = efficientNets[1]
  public static let efficientNetB2 = efficientNets[2]
  public static let efficientNetB3 = efficientNets[3]
  public static let efficientNetB4 = efficientNets[4]
  public static let efficientNetB5 = efficientNets[5]
  public static let efficientNetB6 = efficientNets[6]
  public static let efficientNetB7 = efficientNets[7]

  private static func efficientNet(
    _ size: String, width: Double, depth: Double, resize: Int, crop: Int, epsilon: Double = 1e-5
  ) -> Architecture {
    Architecture(
      "efficientnet_\(size)", inputSize: crop,
      preprocessing: Preprocessing(resize: resize, crop: crop, interpolation: .bicubic),
      suggestedTaps: ["avgpool", "features.7:average", "features.5:average"],
      build: EfficientNet(width: width, depth: depth, epsilon: epsilon).build)
  }
}
