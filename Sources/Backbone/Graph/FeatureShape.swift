/// The shape of what a node gives for one picture.
public struct FeatureShape: Hashable, Sendable {
  /// How the literature writes the shape.
  public enum Kind: Hashable, Sendable {
    /// [channels, height, width]
    case map
    /// [channels * height * width], the map flattened in that order
    case vector
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

  /// The same numbers as a vector.
  var flattened: FeatureShape {
    FeatureShape(kind: .vector, channels: channels, height: height, width: width)
  }

  /// The logical dimensions, without the batch.
  public var dimensions: [Int] {
    switch kind {
    case .map: [channels, height, width]
    case .vector: [count]
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
