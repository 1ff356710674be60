/// A fitted head: one dense layer, or several with an activation between them. A value that nothing changes any
/// more.
///
/// Standardisation has been folded into the first layer's weights, so that a head takes feature rows as they
/// are stored.
public struct Head: Hashable, Sendable {
  /// What the last layer's numbers are.
  public enum Output: String, Hashable, Sendable, CaseIterable {
    /// K logits, whose softmax are the probabilities.
    case softmax
    /// One logit, whose sigmoid is the probability of class 1 of two.
    case sigmoid
    /// K margins, or one (of class 1) of two classes; without calibration there are no probabilities.
    case margins
  }

  /// In the order they are applied; at least one.
  public let layers: [DenseLayer]
  public let output: Output
  /// Names of the K classes.
  public let classes: [String]
  /// Whether rows are divided by their Euclidean norm first.
  public let normalizesRows: Bool
  /// What stands between the layers; of no meaning where there is one.
  public let activation: Activation
  /// How the last layer's numbers become probabilities, where that was measured on held-out rows.
  public private(set) var calibration: Calibration?
  /// Where the head comes from: network, layer, weights digest, preprocessing and whatever else the caller
  /// notes. Saved with it.
  public var provenance: [String: String]

  /// Numbers in a feature row, d.
  public var dimension: Int { layers[0].inputs }

  /// - Throws: `.malformed` where the layers do not fit one another or the number of classes.
  public init(
    layers: [DenseLayer], output: Output, classes: [String], normalizesRows: Bool = false,
    provenance: [String: String] = [:], activation: Activation = .relu, calibration: Calibration? = nil
  ) throws(HeadsError) {
    guard let last = layers.last, classes.count >= 2, Set(classes).count == classes.count else {
      throw HeadsError(.malformed, "a head needs a layer and two classes of different names")
    }
    for (lower, upper) in zip(layers, layers.dropFirst()) where lower.outputs != upper.inputs {
      throw HeadsError(
        .malformed, "a layer with \(lower.outputs) outputs is followed by one with \(upper.inputs) inputs")
    }
    let expected = output == .sigmoid || (output == .margins && classes.count == 2) ? 1 : classes.count
    guard last.outputs == expected, output != .sigmoid || classes.count == 2 else {
      throw HeadsError(
        .malformed, "a \(output.rawValue) head of \(classes.count) classes has \(last.outputs) outputs")
    }
    if let calibration { try calibration.check(outputs: last.outputs) }
    self.layers = layers
    self.activation = activation
    self.calibration = calibration
    self.output = output
    self.classes = classes
    self.normalizesRows = normalizesRows
    self.provenance = provenance
  }

  /// Whether a fit of such layers can start here.
  ///
  /// - Throws: `.invalidArgument`
  func checkStart(
    layers wanted: [(inputs: Int, outputs: Int)], classes: [String], _ scaling: FeatureScaling,
    activation: Activation = .relu
  ) throws(HeadsError) {
    let fits =
      layers.map(\.inputs) == wanted.map(\.inputs) && layers.map(\.outputs) == wanted.map(\.outputs)
      && (layers.count == 1 || self.activation == activation) && self.classes == classes
      && normalizesRows == (scaling == .l2Normalize)
    guard fits else {
      throw HeadsError(
        .invalidArgument, "the initial head has other layers, activation, classes or normalisation")
    }
  }

  /// The same head with another calibration, or none.
  ///
  /// - Throws: `.malformed` where it does not fit the head's outputs.
  public func with(_ calibration: Calibration?) throws(HeadsError) -> Head {
    if let calibration { try calibration.check(outputs: layers[layers.count - 1].outputs) }
    var copy = self
    copy.calibration = calibration
    return copy
  }
}
