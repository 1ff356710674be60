/// Very Deep Convolutional Networks for Large-Scale Image Recognition (Simonyan and Zisserman, 2014).
/// <https://arxiv.org/abs/1409.1556>
///
/// torchvision's graphs, with and without batch norm. Shapes are for a 224 x 224 input.
struct VGG {
  /// Convolutions in each of the five stages; every stage ends with a 2 x 2 max pool.
  var depths: [Int]
  var normalized: Bool

  func build(_ g: inout GraphBuilder) {
    var x = g.input()  // [3, 224, 224]
    x = g.scope("features") { g in
      var x = x
      var module = 0
      func next() -> String {
        defer { module += 1 }
        return String(module)
      }
      for (stage, depth) in depths.enumerated() {
        for _ in 0..<depth {
          x = g.convolution(next(), x, to: min(64 << stage, 512), kernel: 3, padding: 1, bias: true)
          if normalized { x = g.batchNorm(next(), x) }
          x = g.relu(next(), x)
        }
        x = g.maxPool(next(), x, kernel: 2, stride: 2)
      }
      return x  // [512, 7, 7]
    }
    x = g.flatten(g.adaptiveAveragePool("avgpool", x, height: 7, width: 7))  // [25088]
    g.scope("classifier") { g in
      x = g.dropout("2", g.relu("1", g.linear("0", x, to: 4096)))
      x = g.dropout("5", g.relu("4", g.linear("3", x, to: 4096)))
      x = g.linear("6", x, to: 1000)
    }
  }
}

extension Architecture {
  static let vggs: [Architecture] = [
    vgg("vgg11", [1, 1, 2, 2, 2]), vgg("vgg11_bn", [1, 1, 2, 2, 2], normalized: true),
    vgg("vgg13", [2, 2, 2, 2, 2]), vgg("vgg13_bn", [2, 2, 2, 2, 2], normalized: true),
    vgg("vgg16", [2, 2, 3, 3, 3]), vgg("vgg16_bn", [2, 2, 3, 3, 3], normalized: true),
    vgg("vgg19", [2, 2, 4, 4, 4]), vgg("vgg19_bn", [2, 2, 4, 4, 4], normalized: true),
  ]

  public static let vgg11 = vggs[0]
  public static let vgg11BN = vggs[1]
  public static let vgg13 = vggs[2]
  public static let vgg13BN = vggs[3]
  public static let vgg16 = vggs[4]
  public static let vgg16BN = vggs[5]
  public static let vgg19 = vggs[6]
  public static let vgg19BN = vggs[7]

  private static func vgg(_ name: String, _ depths: [Int], normalized: Bool = false) -> Architecture {
    Architecture(
      name, suggestedTaps: ["features", "features:average", "classifier.0", "classifier.3", "classifier.4"],
      build: VGG(depths: depths, normalized: normalized).build)
  }
}
