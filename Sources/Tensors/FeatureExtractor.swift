/// Turns encoded pictures into feature rows. `Backbone` provides one; `FeatureCache` drives it.
public protocol FeatureExtractor: Sendable {
  /// All that decides the bits of a feature; enters the cache's key.
  ///
  /// - Throws: where something that changes features has no name of its own, such as a replacing hook without
  ///   a version string.
  func identity() throws(ExtractionError) -> ExtractorIdentity

  /// The columns that `extract` fills, in order.
  var outputs: [OutputDescription] { get }

  /// One result a picture, in order. A picture that cannot be decoded is a failure of its own and disturbs no
  /// other.
  ///
  /// - Throws: `ExtractionError` where the whole batch is lost, for instance by cancellation.
  func extract(_ pictures: [EncodedPicture]) async throws(ExtractionError)
    -> [Result<[FeatureRow], PictureFailure>]
}

/// A picture as its file holds it.
public struct EncodedPicture: Sendable {
  public var key: String
  public var bytes: [UInt8]

  public init(key: String, bytes: [UInt8]) {
    self.key = key
    self.bytes = bytes
  }
}

/// The features of one picture in one column.
public typealias FeatureRow = [Float]

/// A column that an extractor fills.
public struct OutputDescription: Hashable, Sendable {
  /// The layer's name, with `:average`, `:max` or `:cls` where it is pooled.
  public var column: String
  /// Floats a row.
  public var dimension: Int

  public init(column: String, dimension: Int) {
    self.column = column
    self.dimension = dimension
  }
}

/// Why a picture has no features.
public struct PictureFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// A stable number for each kind of failure; stored in the cache's index.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The file could not be read.
    public static let unreadable = Code(rawValue: 1)
    /// The bytes are of no allowed picture format.
    public static let unknownFormat = Code(rawValue: 2)
    /// The decoder found the picture damaged or cut short.
    public static let damaged = Code(rawValue: 3)
    /// More pixels than the limit allows.
    public static let tooLarge = Code(rawValue: 4)
    /// The features are not finite, or do not fit the stored type.
    public static let notStorable = Code(rawValue: 5)
  }

  public var code: Code
  /// One lower-case sentence.
  public var reason: String

  public init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }

  public var description: String { reason }
}

/// Why a whole batch has no features.
public struct ExtractionError: Error, Hashable, Sendable, CustomStringConvertible {
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The task was cancelled.
    public static let cancelled = Code(rawValue: "cancelled")
    /// A hook threw or returned a tensor of another shape.
    public static let hook = Code(rawValue: "hook")
    /// A hook replaces outputs but names no version, so its features cannot be told apart from others.
    public static let unversionedHook = Code(rawValue: "unversionedHook")
    /// Memory or threads could not be had.
    public static let resources = Code(rawValue: "resources")
  }

  public var code: Code
  public var message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
