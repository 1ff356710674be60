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
}
