/// A name and a value to show beside it.
public struct Fact: Sendable, Hashable {
  public var name: String
  public var value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// A number, shown with at most four significant digits.
  public init(_ name: String, number: Double) {
    self.init(name, NumberFormat.plain(number))
  }
}
