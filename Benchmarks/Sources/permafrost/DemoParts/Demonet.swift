import Backbone
import Foundation

/// The demo's network: a small residual network that `Demonet/train.py` has trained on drawn shapes, textures
/// and scenes. There is no ship among its 84 classes.
enum Demonet {
  /// One basic block a stage, 24 to 192 channels; shapes are for the 80 x 80 pictures it was trained on.
  static let architecture = Architecture("demonet", inputSize: 80, suggestedTaps: ["avgpool"]) { g in
    var x = g.input()  // [3, 80, 80]
    x = g.convolution("conv1", x, to: 24, kernel: 3, stride: 2, padding: 1)  // [24, 40, 40]
    x = g.relu(g.batchNorm("bn1", x))
    for (stage, channels) in [24, 48, 96, 192].enumerated() {
      x = g.scope("layer\(stage + 1)") { g in
        g.scope("0") { g in
          ResNet.residual(&g, x, block: .basic, planes: channels, stride: stage == 0 ? 1 : 2)
        }
      }
    }
    x = g.flatten(g.adaptiveAveragePool("avgpool", x))  // [192]
    _ = g.linear("fc", x, to: 84)
  }

  /// With the trained weights, whose file says how it wants its pictures.
  static func trained() throws -> Network {
    guard let file = Bundle.module.url(forResource: "demonet", withExtension: "safetensors") else {
      throw CommandError.failed("the demo's weights are not beside the program")
    }
    return try Network(architecture, weights: .file(file.path))
  }

  /// The same network as it was before any training.
  static func random() throws -> Network {
    try Network(architecture, weights: .seed(0), preprocessing: trained().preprocessing)
  }
}
