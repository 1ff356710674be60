/// A family member: a name, the picture size it was trained on, and the graph.
public struct Architecture: Sendable {
  /// torchvision's name, such as `resnet18`.
  public let name: String
  /// Rows and columns of the pictures it was trained on.
  public let inputSize: Int
  /// How pictures are prepared for its first published weights, unless a file of weights says otherwise.
  public let preprocessing: Preprocessing
  /// Layers that are worth tapping first, as tap texts (`features:average`).
  public let suggestedTaps: [String]
  let build: @Sendable (inout GraphBuilder) -> Void

  /// Raised whenever a change gives a graph another meaning, so that features of before are not mistaken for
  /// those of after.
  static let semanticsVersion = 1

  /// A network of your own.
  ///
  /// - Parameters:
  ///   - preprocessing: for weights that do not say how they want their pictures
  ///   - build: adds the nodes; it is called once for each picture size
  public init(
    _ name: String, inputSize: Int = 224, preprocessing: Preprocessing = .imageNetV1,
    suggestedTaps: [String] = [], build: @escaping @Sendable (inout GraphBuilder) -> Void
  ) {
    self.name = name
    self.inputSize = inputSize
    self.preprocessing = preprocessing
    self.suggestedTaps = suggestedTaps
    self.build = build
  }

  /// The graph for pictures of this size; `nil` means the size the network was trained on.
  ///
  /// - Throws: `.invalidGraph` naming the layer at which a picture of this size becomes too small.
  public func graph(height: Int? = nil, width: Int? = nil) throws(BackboneError) -> Graph {
    try Graph(height: height ?? inputSize, width: width ?? inputSize, build)
  }

  /// Every built-in network.
  public static let all: [Architecture] =
    [alexNet] + vggs + resNets + squeezeNets + [mobileNetV2] + efficientNets + regNets + visionTransformers

  /// The built-in network of this name.
  ///
  /// - Throws: `.unknownNetwork` with the nearest names.
  public static func named(_ name: String) throws(BackboneError) -> Architecture {
    guard let found = all.first(where: { $0.name == name }) else {
      let near = nearestNames(to: name, in: all.map(\.name))
      throw BackboneError(
        .unknownNetwork, "no network is named \(name); the nearest names are \(near.joined(separator: ", "))")
    }
    return found
  }
}
