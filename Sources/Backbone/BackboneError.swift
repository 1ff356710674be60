/// What went wrong in `Backbone`: a name that no layer has, weights that do not fit, a picture setting that
/// makes no sense.
public struct BackboneError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of failure. A struct, not an enum, so that new kinds break no `switch`.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// No network has this name.
    public static let unknownNetwork = Code(rawValue: "unknownNetwork")
    /// No layer has this name.
    public static let unknownLayer = Code(rawValue: "unknownLayer")
    /// A graph that cannot be built: shapes that do not fit, a name used twice.
    public static let invalidGraph = Code(rawValue: "invalidGraph")
    /// A file could not be read.
    public static let io = Code(rawValue: "io")
    /// A weights file breaks the rules of its format, or holds what is not allowed in one.
    public static let malformedWeights = Code(rawValue: "malformedWeights")
    /// Weights are missing, unexpected or misshapen for the network.
    public static let weightsMismatch = Code(rawValue: "weightsMismatch")
    /// A layer whose weights a partial load left out was asked for.
    public static let missingWeights = Code(rawValue: "missingWeights")
    /// A hook that could never fire, threw, or returned a tensor of another shape.
    public static let hook = Code(rawValue: "hook")
    /// A setting is out of range.
    public static let invalidArgument = Code(rawValue: "invalidArgument")
    /// Memory or threads could not be had.
    public static let resources = Code(rawValue: "resources")
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
