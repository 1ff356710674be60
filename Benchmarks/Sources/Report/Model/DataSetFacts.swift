/// The pictures behind a comparison.
public struct DataSetFacts: Sendable {
  /// One part of the pictures: train, validation or test.
  public struct Split: Sendable {
    public var name: String
    /// Number of rows (pictures with a label).
    public var rows: Int
    /// Rows of each class, in the order of `DataSetFacts.classes`; empty where nobody counted.
    public var classCounts: [Int]

    public init(name: String, rows: Int, classCounts: [Int] = []) {
      self.name = name
      self.rows = rows
      self.classCounts = classCounts
    }
  }

  /// The data set's name.
  public var name: String
  /// Class names; a label is an index into them.
  public var classes: [String]
  /// The parts, in the order to show them in.
  public var splits: [Split]

  public init(name: String = "", classes: [String] = [], splits: [Split] = []) {
    self.name = name
    self.classes = classes
    self.splits = splits
  }

  /// The name of a class, or a stand-in for an index that has none.
  package func className(_ index: Int) -> String {
    classes.indices.contains(index) ? classes[index] : "class \(index)"
  }

  /// The accuracy of always answering the largest class of the test part; nil where no counts are known.
  package var largestClassShare: Double? {
    guard let test = splits.last(where: { $0.name == "test" }) ?? splits.last else { return nil }
    let counts = test.classCounts.map { Double(max($0, 0)) }
    let total = counts.reduce(0, +)
    guard total > 0, let largest = counts.max() else { return nil }
    return largest / total
  }
}
