/// Designing Network Design Spaces (Radosavovic et al., 2020): the networks with squeeze and excitation.
/// <https://arxiv.org/abs/2003.13678>
///
/// torchvision's graphs. Shapes are those of RegNetY-16GF for a 224 x 224 input.
struct RegNetY {
  /// Blocks and channels of the four stages.
  var depths: [Int]
  var widths: [Int]
  /// Channels that a 3 x 3 convolution sees together.
  var groupWidth: Int

  func build(_ g: inout GraphBuilder) {
    var x = g.input()  // [3, 224, 224]
    x = g.activatedConvolution("stem", x, to: 32, kernel: 3, stride: 2, by: .relu)  // [32, 112, 112]
    x = g.scope("trunk_output") { g in
      zip(depths, widths).enumerated().reduce(x) { x, stage in
        let (index, (depth, width)) = stage
        return g.scope("block\(index + 1)") { g in
          (0..<depth).reduce(x) { x, block in
            g.scope("block\(index + 1)-\(block)") { g in
              residual(&g, x, to: width, stride: block == 0 ? 2 : 1)
            }
          }
        }
      }
    }  // [3024, 7, 7]
    x = g.flatten(g.adaptiveAveragePool("avgpool", x))  // [3024]
    _ = g.linear("fc", x, to: 1000)
  }

  private func residual(
    _ g: inout GraphBuilder, _ input: GraphBuilder.Value, to channels: Int, stride: Int
  ) -> GraphBuilder.Value {
    var shortcut = input
    if stride != 1 || input.channels != channels {
      shortcut = g.scope("proj") { g in
        g.batchNorm("1", g.convolution("0", input, to: channels, kernel: 1, stride: stride))
      }
    }
    let x = g.scope("f") { g in
      var x = g.activatedConvolution("a", input, to: channels, kernel: 1, by: .relu)
      x = g.activatedConvolution(
        "b", x, to: channels, kernel: 3, stride: stride, groups: channels / groupWidth, by: .relu)
      x = g.scope("se") { g in
        SqueezeExcitation.build(&g, x, channels: Self.quarter(of: input.channels), activation: .relu)
      }
      return g.scope("c") { g in g.batchNorm("1", g.convolution("0", x, to: channels, kernel: 1)) }
    }
    return g.relu("activation", g.add(shortcut, x))
  }

  /// Halves go to the even neighbour, as Python rounds them.
  private static func quarter(of channels: Int) -> Int {
    Int((Double(channels) / 4).rounded(.toNearestOrEven))
  }
}

extension Architecture {
  static let regNets: [Architecture] = [
    regNetY("400mf", [1, 3, 6, 6], [48, 104, 208, 440], groupWidth: 8),
    regNetY("800mf", [1, 3, 8, 2], [64, 144, 320, 784], groupWidth: 16),
    regNetY("1_6gf", [2, 6, 17, 2], [48, 120, 336, 888], groupWidth: 24),
    regNetY("3_2gf", [2, 5, 13, 1], [72, 216, 576, 1512], groupWidth: 24),
    regNetY("8gf", [2, 4, 10, 1], [224, 448, 896, 2016], groupWidth: 56),
    regNetY("16gf", [2, 4, 11, 1], [224, 448, 1232, 3024], groupWidth: 112),
    regNetY("32gf", [2, 5, 12, 1], [232, 696, 1392, 3712], groupWidth: 232),
  ]

  public static let regNetY400MF = regNets[0]
  public static let regNetY800MF = regNets[1]
  public static let regNetY1p6GF = regNets[2]
  public static let regNetY3p2GF = regNets[3]
  public static let regNetY8GF = regNets[4]
  public static let regNetY16GF = regNets[5]
  public static let regNetY32GF = regNets[6]

  private static func regNetY(
    _ size: String, _ depths: [Int], _ widths: [Int], groupWidth: Int
  ) -> Architecture {
    Architecture(
      "regnet_y_\(size)",
      suggestedTaps: ["avgpool", "trunk_output.block3:average", "trunk_output.block2:average"],
      build: RegNetY(depths: depths, widths: widths, groupWidth: groupWidth).build)
  }
}
