/// The shape of what a node gives for one picture.
public struct FeatureShape: Hashable, Sendable {
  /// How the literature writes the shape.
  public enum Kind: Hashable, Sendable {
    /// [channels, height, width]
    case map
    /// [channels * height * width], the map flattened in that order
    case vector
    /// [channels, height * width], the map with its positions in one dimension
    case positions
    /// [tokens, channels], a transformer's; the class token, where there is one, is the first
    case tokens(hasClassToken: Bool)
  }

  public let kind: Kind
  public let channels: Int
  public let height: Int
  public let width: Int

  /// A feature map.
  public static func map(_ channels: Int, _ height: Int, _ width: Int) -> FeatureShape {
    FeatureShape(kind: .map, channels: channels, height: height, width: width)
  }

  /// A plain vector.
  public static func vector(_ count: Int) -> FeatureShape {
    FeatureShape(kind: .vector, channels: count, height: 1, width: 1)
  }

  /// Tokens; in memory a token is a pixel of a map one pixel wide.
  public static func tokens(_ count: Int, _ channels: Int, hasClassToken: Bool) -> FeatureShape {
    FeatureShape(
      kind: .tokens(hasClassToken: hasClassToken), channels: channels, height: count, width: 1)
  }

  /// A map's positions in one dimension.
  public static func positions(_ channels: Int, _ count: Int) -> FeatureShape {
    FeatureShape(kind: .positions, channels: channels, height: count, width: 1)
  }

  /// Whether the channels of a position, not the positions of a channel, stand together in logical order.
  var isTokens: Bool { if case .tokens = kind { true } else { false } }

  /// The same numbers as a vector.
  var flattened: FeatureShape {
    FeatureShape(kind: .vector, channels: channels, height: height, width: width)
  }

  /// The logical dimensions, without the batch.
  public var dimensions: [Int] {
    switch kind {
    case .map: [channels, height, width]
    case .vector: [count]
    case .positions: [channels, pixels]
    case .tokens: [pixels, channels]
    }
  }

  /// Numbers a picture.
  public var count: Int { channels * height * width }

  /// Positions a channel.
  var pixels: Int { height * width }
}

extension FeatureShape: CustomStringConvertible {
  public var description: String { dimensions.map(String.init).joined(separator: "x") }
}
