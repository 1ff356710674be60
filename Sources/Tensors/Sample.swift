/// The part of a data set a sample belongs to.
public enum Split: String, Hashable, Sendable, CaseIterable {
  case train, validation, test
}

/// One picture of a data set before anything is computed: its name, its label and where its bytes are.
public struct Sample: Hashable, Sendable {
  /// The name by which the sample is known everywhere; unique within a data set.
  public var key: String
  /// Index into the data set's class names; `nil` where it has no label.
  public var label: Int?
  /// The part it belongs to, where the data set says so.
  public var split: Split?
  /// Path of the file with the encoded picture.
  public var path: String

  public init(key: String, label: Int? = nil, split: Split? = nil, path: String) {
    self.key = key
    self.label = label
    self.split = split
    self.path = path
  }
}
