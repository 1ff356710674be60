import Backbone
import Tensors

/// Small networks that have every operation between them, for tests of what surrounds the arithmetic.
enum TinyNetwork {
  static let side = 24

  /// Both end in `fc2`.
  static let architectures = [architecture, transformer]

  static let architecture = Architecture("tiny", inputSize: side) { g in
    var x = g.input()
    x = g.convolution("conv1", x, to: 12, kernel: 3, stride: 2, padding: 1)
    x = g.relu(g.batchNorm("bn1", x))
    x = g.scope("layer1") { g in ResNet.residual(&g, x, block: .basic, planes: 16, stride: 2) }
    x = g.scope("depthwise") { g in
      let y = g.convolution("conv", x, to: 16, kernel: 3, padding: 1, groups: 16)
      return g.relu6("act", g.batchNorm("bn", y))
    }
    x = g.scope("fire") { g in
      let a = g.relu("a_relu", g.convolution("a", x, to: 5, kernel: 1, bias: true))
      let b = g.relu("b_relu", g.convolution("b", x, to: 7, kernel: 3, padding: 1, groups: 1, bias: true))
      return g.concatenate([a, x, b])
    }
    x = g.maxPool("pool", x, kernel: 3, stride: 2, ceilMode: true)
    x = g.scope("squeeze") { g in
      let y = g.activation("silu", .silu, g.batchNorm("bn", g.convolution("conv", x, to: 28, kernel: 1)))
      var z = g.activation(
        "swish", .hardSwish, g.convolution("filter", y, to: 28, kernel: 3, padding: 1, groups: 28))
      let factors = g.convolution("fc", g.adaptiveAveragePool("avgpool", z), to: 28, kernel: 1, bias: true)
      z = g.multiply(g.activation("sigmoid", .sigmoid, factors), z)
      z = g.batchNorm("project_bn", g.convolution("project", z, to: 28, kernel: 1))
      return g.activation("gate", .hardSigmoid, g.add(g.stochasticDepth(z), x))
    }
    x = g.flatten(g.adaptiveAveragePool("avgpool", x, height: 2, width: 2))
    x = g.dropout("drop", g.relu("fc_relu", g.linear("fc1", x, to: 10)))
    _ = g.linear("fc2", x, to: 4)
  }

  /// Tokens of 20 channels, a number that no vector divides, and 17 of them.
  static let transformer = Architecture("tiny transformer", inputSize: side) { g in
    var x = g.convolution("patches", g.input(), to: 20, kernel: 6, stride: 6, bias: true)
    x = g.dropout("drop", g.addParameter("position", g.prependingClassToken(g.tokens(x))))
    for block in 0..<2 {
      x = g.scope("block\(block)") { g in
        let y = g.dropout("drop", g.selfAttention("attention", g.layerNorm("ln_1", x), heads: 2 + 2 * block))
        let z = g.add(y, x)
        let wide = g.activation("gelu", .gelu, g.linear("wide", g.layerNorm("ln_2", z), to: 33))
        return g.add(z, g.linear("narrow", wide, to: 20))
      }
    }
    x = g.activation("fc_gelu", .gelu, g.linear("fc1", g.firstToken("class", g.layerNorm("ln", x)), to: 10))
    _ = g.linear("fc2", x, to: 4)
  }

  static func network(_ architecture: Architecture = architecture) throws -> Network {
    let preprocessing = try Preprocessing(
      resizing: .shorterSide(side), crop: PictureSize(width: side, height: side), mean: [0.5, 0.5, 0.5],
      standardDeviation: [0.25, 0.25, 0.25])
    return try Network(architecture, weights: .seed(7), preprocessing: preprocessing)
  }

  /// Pictures of values in -2..<2, by number: picture i is the same whatever the batch.
  static func pictures(_ numbers: Range<Int>) throws -> Tensor {
    let count = 3 * side * side
    let values = numbers.flatMap { picture in
      (0..<count).map { (i: Int) -> Float in
        let unit = Float(splitMix64(UInt64(picture * count + i)) >> 40) * 0x1p-24
        return 4 * unit - 2
      }
    }
    return try Tensor(shape: [numbers.count, 3, side, side], values: values)
  }
}
