// The preprocessing that published weights were evaluated with, as torchvision's weight enumerations state it.
// Each belongs to weights, not to a family: a network's second weights often have another one.

extension Preprocessing {
  /// Means of ImageNet's training pictures.
  static let imageNetMean: [Float] = [0.485, 0.456, 0.406]
  static let imageNetStandardDeviation: [Float] = [0.229, 0.224, 0.225]

  /// Shorter side 256, centre 224: nearly every network's first weights.
  public static let imageNetV1 = Preprocessing(resize: 256, crop: 224)
  /// Shorter side 232, centre 224: most second weights (ResNet, RegNet, MobileNetV3, MNASNet).
  public static let imageNetV2 = Preprocessing(resize: 232, crop: 224)

  /// By name, for command lines. A name keeps its meaning for ever.
  public static let presets: [String: Preprocessing] = [
    "imagenet-v1": imageNetV1,
    "imagenet-v2": imageNetV2,
    "imagenet-v1-bicubic": Preprocessing(resize: 256, crop: 224, interpolation: .bicubic),
    "inception-v3": Preprocessing(resize: 342, crop: 299),
    "convnext-tiny": Preprocessing(resize: 236, crop: 224),
    "convnext-small": Preprocessing(resize: 230, crop: 224),
    "efficientnet-b1": Preprocessing(resize: 256, crop: 240, interpolation: .bicubic),
    "efficientnet-b1-v2": Preprocessing(resize: 255, crop: 240),
    "efficientnet-b2": Preprocessing(resize: 288, crop: 288, interpolation: .bicubic),
    "efficientnet-b3": Preprocessing(resize: 320, crop: 300, interpolation: .bicubic),
    "efficientnet-b4": Preprocessing(resize: 384, crop: 380, interpolation: .bicubic),
    "efficientnet-b5": Preprocessing(resize: 456, crop: 456, interpolation: .bicubic),
    "efficientnet-b6": Preprocessing(resize: 528, crop: 528, interpolation: .bicubic),
    "efficientnet-b7": Preprocessing(resize: 600, crop: 600, interpolation: .bicubic),
    "efficientnet-v2-s": Preprocessing(resize: 384, crop: 384),
    "efficientnet-v2-m": Preprocessing(resize: 480, crop: 480),
    "efficientnet-v2-l": Preprocessing(
      resize: 480, crop: 480, interpolation: .bicubic, mean: [0.5, 0.5, 0.5],
      standardDeviation: [0.5, 0.5, 0.5]),
    "swin-t": Preprocessing(resize: 232, crop: 224, interpolation: .bicubic),
    "swin-s": Preprocessing(resize: 246, crop: 224, interpolation: .bicubic),
    "swin-b": Preprocessing(resize: 238, crop: 224, interpolation: .bicubic),
    "swin-v2-t": Preprocessing(resize: 260, crop: 256, interpolation: .bicubic),
    "swin-v2-b": Preprocessing(resize: 272, crop: 256, interpolation: .bicubic),
    "maxvit-t": Preprocessing(resize: 224, crop: 224, interpolation: .bicubic),
    "vit-l-16": Preprocessing(resize: 242, crop: 224),
    // Caffe's: the pictures' own means, values up to 255.
    "vgg16-features": Preprocessing(
      resize: 256, crop: 224, mean: [0.48235, 0.45882, 0.40784],
      standardDeviation: [1 / 255, 1 / 255, 1 / 255]),
    "swag-384": Preprocessing(resize: 384, crop: 384, interpolation: .bicubic),
    "swag-512": Preprocessing(resize: 512, crop: 512, interpolation: .bicubic),
    "swag-518": Preprocessing(resize: 518, crop: 518, interpolation: .bicubic),
  ]
}
