/// Feature rows with the class of each: what heads are fitted to and measured on.
public struct LabeledFeatures: Sendable {
  /// n x d.
  public let features: FeatureMatrix
  /// n indices into `classes`.
  public let labels: [Int]
  /// Names of the K classes.
  public let classes: [String]
  /// What each row counts; `nil` where all count one.
  public let weights: [Double]?

  public var count: Int { labels.count }

  /// - Throws: `.invalidLabels` where the number of labels or weights is not the number of rows, a label is
  ///   no index into `classes`, a weight is negative or not finite, or two classes have one name.
  public init(
    _ features: FeatureMatrix, labels: [Int], classes: [String], weights: [Double]? = nil
  ) throws(HeadsError) {
    guard labels.count == features.rowCount else {
      throw HeadsError(.invalidLabels, "\(labels.count) labels for \(features.rowCount) feature rows")
    }
    if let row = labels.firstIndex(where: { !classes.indices.contains($0) }) {
      throw HeadsError(
        .invalidLabels, "the label of row \(row) is \(labels[row]), there are \(classes.count) classes")
    }
    if let weights {
      guard weights.count == labels.count else {
        throw HeadsError(.invalidLabels, "\(weights.count) weights for \(labels.count) feature rows")
      }
      if let row = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
        throw HeadsError(.invalidLabels, "the weight of row \(row) is \(weights[row])")
      }
    }
    guard Set(classes).count == classes.count else {
      throw HeadsError(.invalidLabels, "two classes have the same name")
    }
    self.init(unchecked: features, labels: labels, classes: classes, weights: weights)
  }

  private init(unchecked features: FeatureMatrix, labels: [Int], classes: [String], weights: [Double]?) {
    self.features = features
    self.labels = labels
    self.classes = classes
    self.weights = weights
  }

  /// A view of some rows, in the order given; no feature is copied. Traps where an index is out of range.
  public func selecting(_ rows: [Int]) -> LabeledFeatures {
    LabeledFeatures(
      unchecked: features.selecting(rows), labels: rows.map { labels[$0] }, classes: classes,
      weights: weights.map { weights in rows.map { weights[$0] } })
  }

  /// These rows and then others of the same classes; no feature is copied.
  ///
  /// - Throws: `.invalidLabels` where the classes differ, `.invalidFeatures` where the features do.
  public func appending(_ other: LabeledFeatures) throws(HeadsError) -> LabeledFeatures {
    guard classes == other.classes else {
      throw HeadsError(.invalidLabels, "rows of classes \(classes) and \(other.classes) do not go together")
    }
    var joined = weights
    if weights != nil || other.weights != nil {
      joined =
        (weights ?? Array(repeating: 1, count: count))
        + (other.weights ?? Array(repeating: 1, count: other.count))
    }
    do throws(TensorsError) {
      return LabeledFeatures(
        unchecked: try features.appending(other.features), labels: labels + other.labels, classes: classes,
        weights: joined)
    } catch { throw HeadsError(error) }
  }
}
