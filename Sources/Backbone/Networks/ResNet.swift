/// Deep Residual Learning for Image Recognition (He et al., 2015).
/// <https://arxiv.org/abs/1512.03385>
///
/// torchvision's graphs: in a bottleneck the stride sits on the 3 x 3 convolution ("v1.5"). Shapes are for a
/// 224 x 224 input.
public struct ResNet: Sendable {
  public enum Block: Sendable { case basic, bottleneck }

  public var block: Block
  /// Blocks in each stage.
  public var depths: [Int]

  public init(block: Block, depths: [Int]) {
    self.block = block
    self.depths = depths
  }

  func build(_ g: inout GraphBuilder) {
    var x = g.input()  // [3, 224, 224]
    x = g.convolution("conv1", x, to: 64, kernel: 7, stride: 2, padding: 3)  // [64, 112, 112]
    x = g.relu(g.batchNorm("bn1", x))
    x = g.maxPool("maxpool", x, kernel: 3, stride: 2, padding: 1)  // [64, 56, 56]
    for (stage, depth) in depths.enumerated() {
      x = g.scope("layer\(stage + 1)") { g in
        (0..<depth).reduce(x) { x, index in
          let stride = stage > 0 && index == 0 ? 2 : 1
          return g.scope("\(index)") { g in
            Self.residual(&g, x, block: block, planes: 64 << stage, stride: stride)
          }
        }
      }
    }
    x = g.flatten(g.adaptiveAveragePool("avgpool", x))  // [C]
    x = g.linear("fc", x, to: 1000)
  }

  /// One residual block, for networks of your own as well.
  ///
  /// - Parameter planes: channels of the 3 x 3 convolutions; a bottleneck gives four times as many.
  public static func residual(
    _ g: inout GraphBuilder, _ input: GraphBuilder.Value, block: Block, planes: Int, stride: Int
  ) -> GraphBuilder.Value {
    let output = planes * (block == .basic ? 1 : 4)
    var x = input
    switch block {
    case .basic:
      x = g.convolution("conv1", x, to: planes, kernel: 3, stride: stride, padding: 1)
      x = g.relu(g.batchNorm("bn1", x))
      x = g.batchNorm("bn2", g.convolution("conv2", x, to: planes, kernel: 3, padding: 1))
    case .bottleneck:
      x = g.relu(g.batchNorm("bn1", g.convolution("conv1", x, to: planes, kernel: 1)))
      x = g.convolution("conv2", x, to: planes, kernel: 3, stride: stride, padding: 1)
      x = g.relu(g.batchNorm("bn2", x))
      x = g.batchNorm("bn3", g.convolution("conv3", x, to: output, kernel: 1))
    }
    guard stride != 1 || input.channels != output else { return g.relu(g.add(x, input)) }
    let shortcut = g.scope("downsample") { g in
      g.batchNorm("1", g.convolution("0", input, to: output, kernel: 1, stride: stride))
    }
    return g.relu(g.add(x, shortcut))
  }
}

extension Architecture {
  static let resNets: [Architecture] = [
    resNet("resnet18", .basic, [2, 2, 2, 2]), resNet("resnet34", .basic, [3, 4, 6, 3]),
    resNet("resnet50", .bottleneck, [3, 4, 6, 3]), resNet("resnet101", .bottleneck, [3, 4, 23, 3]),
    resNet("resnet152", .bottleneck, [3, 8, 36, 3]),
  ]

  public static let resNet18 = resNets[0]
  public static let resNet34 = resNets[1]
  public static let resNet50 = resNets[2]
  public static let resNet101 = resNets[3]
  public static let resNet152 = resNets[4]

  private static func resNet(_ name: String, _ block: ResNet.Block, _ depths: [Int]) -> Architecture {
    Architecture(
      name, suggestedTaps: ["avgpool", "layer3:average", "layer2:average", "fc"],
      build: ResNet(block: block, depths: depths).build)
  }
}
