/// MobileNetV2: Inverted Residuals and Linear Bottlenecks (Sandler et al., 2018).
/// <https://arxiv.org/abs/1801.04381>
///
/// torchvision's graph at width 1. Shapes are for a 224 x 224 input.
struct MobileNetV2 {
  /// Expansion factor t, output channels c, repeats n, stride s of the first repeat: table 2 of the paper.
  private static let settings: [(t: Int, c: Int, n: Int, s: Int)] = [
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
  ]

  static func build(_ g: inout GraphBuilder) {
    var x = g.input()  // [3, 224, 224]
    x = g.scope("features") { g in
      var x = g.activatedConvolution("0", x, to: 32, kernel: 3, stride: 2, by: .relu6)  // [32, 112, 112]
      var module = 1
      for (t, c, n, s) in settings {
        for repetition in 0..<n {
          x = g.scope("\(module)") { g in
            inverted(&g, x, to: c, stride: repetition == 0 ? s : 1, expansion: t)
          }
          module += 1
        }
      }
      return g.activatedConvolution("\(module)", x, to: 1280, kernel: 1, by: .relu6)  // [1280, 7, 7]
    }
    x = g.flatten(g.adaptiveAveragePool("adaptive_avg_pool2d", x))  // [1280]
    x = g.scope("classifier") { g in g.linear("1", g.dropout("0", x), to: 1000) }
  }

  /// Expand by 1 x 1, filter each channel by 3 x 3, project by 1 x 1 without activation.
  private static func inverted(
    _ g: inout GraphBuilder, _ input: GraphBuilder.Value, to channels: Int, stride: Int, expansion: Int
  ) -> GraphBuilder.Value {
    let projected = g.scope("conv") { g in
      var x = input
      var module = 0
      if expansion != 1 {
        x = g.activatedConvolution("\(module)", x, to: expansion * x.channels, kernel: 1, by: .relu6)
        module += 1
      }
      x = g.activatedConvolution(
        "\(module)", x, to: x.channels, kernel: 3, stride: stride, groups: x.channels, by: .relu6)
      x = g.convolution("\(module + 1)", x, to: channels, kernel: 1)
      return g.batchNorm("\(module + 2)", x)
    }
    return stride == 1 && input.channels == channels ? g.add(input, projected) : projected
  }
}

extension Architecture {
  public static let mobileNetV2 = Architecture(
    "mobilenet_v2", suggestedTaps: ["features:average", "features.13:average", "classifier.1"],
    build: MobileNetV2.build)
}
