/// What went wrong in `Report`: a picture whose bytes do not fit its size, a sheet too large to make.
public struct ReportError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of failure. A struct, not an enum, so that new kinds break no `switch`.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A size or setting is out of range.
    public static let invalidArgument = Code(rawValue: "invalidArgument")
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
