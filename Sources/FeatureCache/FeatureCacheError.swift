/// What went wrong in `FeatureCache`: a data set that cannot be read, a cache that is damaged or belongs to
/// another network, a disk that is full.
public struct FeatureCacheError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of failure. A struct, not an enum, so that new kinds break no `switch`.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A file or folder could not be opened, read, written or made durable.
    public static let io = Code(rawValue: "io")
    /// A folder, CSV file or list that describes no data set.
    public static let invalidDataSet = Code(rawValue: "invalidDataSet")
    /// The folder holds no cache.
    public static let noCache = Code(rawValue: "noCache")
    /// A file of the cache breaks the rules of its format or fails its checksum.
    public static let damaged = Code(rawValue: "damaged")
    /// The cache belongs to another network, weights, preprocessing or stored type.
    public static let identityMismatch = Code(rawValue: "identityMismatch")
    /// No column has this name.
    public static let unknownColumn = Code(rawValue: "unknownColumn")
    /// A column lacks rows of pictures that have not failed.
    public static let incomplete = Code(rawValue: "incomplete")
    /// Another plan was made while a shard of this one was computed.
    public static let planChanged = Code(rawValue: "planChanged")
    /// A picture failed and the caller asked to stop at the first one.
    public static let pictureFailed = Code(rawValue: "pictureFailed")
    /// The extractor lost a whole batch or broke its contract.
    public static let extraction = Code(rawValue: "extraction")
    /// A setting is out of range.
    public static let invalidArgument = Code(rawValue: "invalidArgument")
    /// The cache uses something that this version does not know.
    public static let unsupported = Code(rawValue: "unsupported")
    /// The task was cancelled.
    public static let cancelled = Code(rawValue: "cancelled")
  }

  public var code: Code
  /// One lower-case sentence that names the culprit.
  public var message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
