/// How good one kind of head is on each layer of a network: which layer has the features that the classes need.
public struct LayerCurve: Sendable {
  /// One layer's features, rows and labels as in all the others.
  public struct Layer: Sendable {
    public var name: String
    public var data: LabeledFeatures

    public init(_ name: String, _ data: LabeledFeatures) {
      self.name = name
      self.data = data
    }
  }

  public struct Point: Sendable {
    public let layer: String
    /// Numbers in a feature row.
    public let dimension: Int
    public let result: FitResult
    /// On the test part.
    public let evaluation: Evaluation
  }

  /// In the order of the layers given.
  public let points: [Point]

  /// Fits a head on each layer and then evaluates all of them on the test part, once.
  ///
  /// - Parameter fit: makes the head of a layer from its training and validation part, the latter `nil` where
  ///   the split has none: a configuration's `fit`, or a search.
  /// - Throws: `.invalidLabels` where two layers have other labels or classes, or the split's rows are not
  ///   among the layers'; else as `fit`.
  public static func measure(
    _ layers: [Layer], split: DataSplit,
    fit: (_ training: LabeledFeatures, _ validation: LabeledFeatures?) async throws(HeadsError) -> FitResult
  ) async throws(HeadsError) -> LayerCurve {
    let parts = split.training + split.validation + split.test
    for layer in layers {
      guard layer.data.labels == layers[0].data.labels, layer.data.classes == layers[0].data.classes,
        parts.allSatisfy({ layer.data.labels.indices.contains($0) })
      else {
        throw HeadsError(
          .invalidLabels, "layer \(layer.name) has other rows than \(layers[0].name) or than the split")
      }
    }
    var results: [FitResult] = []
    for layer in layers {
      let validation = split.validation.isEmpty ? nil : layer.data.selecting(split.validation)
      results.append(try await fit(layer.data.selecting(split.training), validation))
    }
    var points: [Point] = []
    for (layer, result) in zip(layers, results) {
      let test = HeldOutFeatures(layer.data.selecting(split.test))
      let evaluation = try await test.evaluate(classifiers: [result.head])[0]
      points.append(
        Point(
          layer: layer.name, dimension: layer.data.features.dimension, result: result,
          evaluation: evaluation))
    }
    return LayerCurve(points: points)
  }
}
