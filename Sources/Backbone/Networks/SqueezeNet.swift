/// SqueezeNet: AlexNet-level accuracy with 50x fewer parameters (Iandola et al., 2016).
/// <https://arxiv.org/abs/1602.07360>
///
/// torchvision's graphs of versions 1.0 and 1.1. Shapes are for a 224 x 224 input.
struct SqueezeNet {
  enum Version { case version10, version11 }

  var version: Version

  func build(_ g: inout GraphBuilder) {
    var x = g.input()  // [3, 224, 224]
    x = g.scope("features") { g in
      switch version {
      case .version10: features10(&g, x)  // [512, 13, 13]
      case .version11: features11(&g, x)  // [512, 13, 13]
      }
    }
    x = g.scope("classifier") { g in
      x = g.convolution("1", g.dropout("0", x), to: 1000, kernel: 1, bias: true)
      return g.adaptiveAveragePool("3", g.relu("2", x))
    }
    x = g.flatten(x)
  }

  private func features10(_ g: inout GraphBuilder, _ input: GraphBuilder.Value) -> GraphBuilder.Value {
    var x = g.relu("1", g.convolution("0", input, to: 96, kernel: 7, stride: 2, bias: true))
    x = pool(&g, "2", x)
    for (module, squeeze) in [(3, 16), (4, 16), (5, 32)] { x = fire(&g, module, x, squeeze: squeeze) }
    x = pool(&g, "6", x)
    for (module, squeeze) in [(7, 32), (8, 48), (9, 48), (10, 64)] {
      x = fire(&g, module, x, squeeze: squeeze)
    }
    return fire(&g, 12, pool(&g, "11", x), squeeze: 64)
  }

  private func features11(_ g: inout GraphBuilder, _ input: GraphBuilder.Value) -> GraphBuilder.Value {
    var x = g.relu("1", g.convolution("0", input, to: 64, kernel: 3, stride: 2, bias: true))
    x = pool(&g, "2", x)
    for (module, squeeze) in [(3, 16), (4, 16)] { x = fire(&g, module, x, squeeze: squeeze) }
    x = pool(&g, "5", x)
    for (module, squeeze) in [(6, 32), (7, 32)] { x = fire(&g, module, x, squeeze: squeeze) }
    x = pool(&g, "8", x)
    for (module, squeeze) in [(9, 48), (10, 48), (11, 64), (12, 64)] {
      x = fire(&g, module, x, squeeze: squeeze)
    }
    return x
  }

  private func pool(
    _ g: inout GraphBuilder, _ name: String, _ x: GraphBuilder.Value
  ) -> GraphBuilder.Value {
    g.maxPool(name, x, kernel: 3, stride: 2, ceilMode: true)
  }

  /// Squeeze by 1 x 1, expand by 1 x 1 and by 3 x 3 side by side; each expansion has four times the channels
  /// of the squeeze.
  private func fire(
    _ g: inout GraphBuilder, _ module: Int, _ input: GraphBuilder.Value, squeeze: Int
  ) -> GraphBuilder.Value {
    g.scope("\(module)") { g in
      let x = g.relu(
        "squeeze_activation", g.convolution("squeeze", input, to: squeeze, kernel: 1, bias: true))
      let narrow = g.relu(
        "expand1x1_activation", g.convolution("expand1x1", x, to: 4 * squeeze, kernel: 1, bias: true))
      let wide = g.relu(
        "expand3x3_activation",
        g.convolution("expand3x3", x, to: 4 * squeeze, kernel: 3, padding: 1, bias: true))
      return g.concatenate([narrow, wide])
    }
  }
}

extension Architecture {
  static let squeezeNets: [Architecture] = [
    squeezeNet("squeezenet1_0", .version10), squeezeNet("squeezenet1_1", .version11),
  ]

  public static let squeezeNet10 = squeezeNets[0]
  public static let squeezeNet11 = squeezeNets[1]

  private static func squeezeNet(_ name: String, _ version: SqueezeNet.Version) -> Architecture {
    Architecture(
      name, suggestedTaps: ["features:average", "features.9:average", "classifier.3"],
      build: SqueezeNet(version: version).build)
  }
}
