/// What went wrong in `Heads`: data that no head can be fitted to, a setting that makes no sense, a file that
/// is no head.
public struct HeadsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of failure. A struct, not an enum, so that new kinds break no `switch`.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A setting is out of range.
    public static let invalidArgument = Code(rawValue: "invalidArgument")
    /// Features are not finite, or have another dimension than the head.
    public static let invalidFeatures = Code(rawValue: "invalidFeatures")
    /// Labels or weights are out of range, or their number is not the number of rows.
    public static let invalidLabels = Code(rawValue: "invalidLabels")
    /// A class has no training rows, or there is only one class.
    public static let missingClass = Code(rawValue: "missingClass")
    /// A fit left the range of numbers.
    public static let diverged = Code(rawValue: "diverged")
    /// Features or a file could not be read or written.
    public static let io = Code(rawValue: "io")
    /// A file breaks the rules of its format, or is no head.
    public static let malformed = Code(rawValue: "malformed")
    /// A checkpoint is of another fit.
    public static let differentFit = Code(rawValue: "differentFit")
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

extension HeadsError {
  /// An error from below, in this module's terms.
  init(_ error: TensorsError) {
    let code: Code =
      switch error.code {
      case .malformed: .malformed
      case .resources: .resources
      case .shape, .value: .invalidFeatures
      default: .io
      }
    self.init(code, error.message)
  }
}
