/// What went wrong below the three public parts: a file that is not what it claims to be, a shape that does
/// not fit, an operating-system call that failed.
public struct TensorsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of failure. A struct, not an enum, so that new kinds break no `switch`.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A file could not be opened, read, written or mapped.
    public static let io = Code(rawValue: "io")
    /// A file's bytes break the rules of its format.
    public static let malformed = Code(rawValue: "malformed")
    /// A shape, count or index does not fit the data.
    public static let shape = Code(rawValue: "shape")
    /// Values that the operation cannot take, such as NaN in features.
    public static let value = Code(rawValue: "value")
    /// Memory or threads could not be had.
    public static let resources = Code(rawValue: "resources")
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
