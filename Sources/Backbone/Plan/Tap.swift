/// How a tapped map, or tapped tokens, become a row.
public enum Pooling: String, Hashable, Sendable, CaseIterable {
  /// The numbers as they are, in channel, height, width or in token, channel order.
  case none
  /// The mean over height and width, or over the tokens but the class token.
  case average
  /// The maximum over height and width, or over the tokens but the class token.
  case max
  /// The class token.
  case cls
}

/// A layer whose activations are wanted, and how they are pooled. Vectors pass unchanged whatever the pooling.
public struct Tap: Hashable, Sendable, ExpressibleByStringLiteral {
  /// Name of a node or a scope of the graph.
  public var layer: String
  public var pooling: Pooling

  /// A layer as it is: `["layer3", "avgpool"]` are two taps.
  public init(stringLiteral layer: String) { self.init(layer) }

  public init(_ layer: String, pooling: Pooling = .none) {
    self.layer = layer
    self.pooling = pooling
  }

  /// Reads `layer` or `layer:pooling`, such as `features:average`.
  ///
  /// - Throws: `.invalidArgument` where the pooling is none that exists.
  public init(parsing text: String) throws(BackboneError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else {
      self.init(text)
      return
    }
    guard let pooling = Pooling(rawValue: parts[1]) else {
      let known = Pooling.allCases.map(\.rawValue).joined(separator: ", ")
      throw BackboneError(.invalidArgument, "layer \(text) asks for a pooling that is none of \(known)")
    }
    self.init(parts[0], pooling: pooling)
  }

  /// The cache's name for it: `layer`, or `layer:pooling`.
  public var column: String { pooling == .none ? layer : "\(layer):\(pooling.rawValue)" }

  /// Numbers a row, where the layer has this shape.
  ///
  /// - Throws: `.invalidArgument` where the shape has no class token to take, or nothing beside it to pool.
  func dimension(of shape: FeatureShape) throws(BackboneError) -> Int {
    switch (shape.kind, pooling) {
    case (_, .none), (.vector, _): return shape.count
    case (.map, .average), (.map, .max), (.positions, .average), (.positions, .max),
      (.tokens(hasClassToken: true), .cls):
      return shape.channels
    case (.tokens(let hasClassToken), .average), (.tokens(let hasClassToken), .max):
      guard !hasClassToken || shape.pixels > 1 else {
        throw BackboneError(.invalidArgument, "layer \(layer) has no tokens but the class token")
      }
      return shape.channels
    case (.map, .cls), (.positions, .cls), (.tokens, .cls):
      throw BackboneError(.invalidArgument, "layer \(layer) has no class token: its shape is \(shape)")
    }
  }
}
