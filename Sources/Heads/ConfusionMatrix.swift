/// How often rows of each class were taken for each class.
public struct ConfusionMatrix: Hashable, Sendable {
  /// counts[true class][predicted class]
  public private(set) var counts: [[Int]]

  /// Traps where there is not one prediction a label, or one of either is no class.
  public init(predictions: [Int], labels: [Int], classCount: Int) {
    precondition(predictions.count == labels.count, "one prediction a label")
    counts = Array(repeating: Array(repeating: 0, count: classCount), count: classCount)
    for (prediction, label) in zip(predictions, labels) { counts[label][prediction] += 1 }
  }

  public var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }
  public var correct: Int { counts.indices.reduce(0) { $0 + counts[$1][$1] } }
  /// Share of predictions that are right; NaN without any.
  public var accuracy: Double { Double(correct) / Double(total) }

  /// Share of each class's rows that were recognised; `nil` for a class without rows.
  public var recalls: [Double?] {
    counts.indices.map { label in
      let rows = counts[label].reduce(0, +)
      return rows == 0 ? nil : Double(counts[label][label]) / Double(rows)
    }
  }

  /// Share of each class's predictions that are right; `nil` for a class that was never predicted.
  public var precisions: [Double?] {
    counts.indices.map { label in
      let rows = counts.reduce(0) { $0 + $1[label] }
      return rows == 0 ? nil : Double(counts[label][label]) / Double(rows)
    }
  }

  /// Mean recall over the classes that have rows.
  public var balancedAccuracy: Double {
    let known = recalls.compactMap { $0 }
    return known.reduce(0, +) / Double(known.count)
  }
  /// Harmonic mean of precision and recall, 2 right / (rows + predictions) of each class; `nil` for a class
  /// that has neither rows nor predictions (van Rijsbergen, "Information retrieval", 1979).
  public var f1Scores: [Double?] {
    counts.indices.map { label in
      let rows = counts[label].reduce(0, +) + counts.reduce(0) { $0 + $1[label] }
      return rows == 0 ? nil : 2 * Double(counts[label][label]) / Double(rows)
    }
  }

  /// Mean F1 over the classes that have rows or predictions, as scikit-learn's `f1_score` with
  /// `average="macro"`; NaN without any.
  public var macroF1: Double {
    let known = f1Scores.compactMap { $0 }
    return known.reduce(0, +) / Double(known.count)
  }

  /// A class that was taken for another one.
  public struct Confusion: Hashable, Sendable {
    public let trueClass: Int
    public let predictedClass: Int
    public let count: Int
    /// Share of the true class's rows.
    public let share: Double
  }

  /// The pairs of classes that are confused most often, most frequent first, each direction by itself.
  public func mostConfused(_ limit: Int = 10) -> [Confusion] {
    var found: [Confusion] = []
    for (label, row) in counts.enumerated() {
      let rows = row.reduce(0, +)
      for (prediction, count) in row.enumerated() where count > 0 && prediction != label {
        found.append(
          Confusion(
            trueClass: label, predictedClass: prediction, count: count,
            share: Double(count) / Double(rows)))
      }
    }
    found.sort {
      ($1.count, $0.trueClass, $0.predictedClass) < ($0.count, $1.trueClass, $1.predictedClass)
    }
    return Array(found.prefix(max(limit, 0)))
  }
}
