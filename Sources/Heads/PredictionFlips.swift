/// What changes, row by row, when one head's predictions are replaced by another's: heads of equal accuracy can
/// disagree about many rows.
public struct PredictionFlips: Hashable, Sendable {
  /// Rows that both get right.
  public let bothRight: Int
  /// Rows that only the first gets right; the second breaks them.
  public let onlyFirst: Int
  /// Rows that only the second gets right; it repairs them.
  public let onlySecond: Int
  /// Rows that both get wrong with the same answer.
  public let sameMistake: Int
  /// Rows that both get wrong with different answers.
  public let otherMistake: Int

  public var count: Int { bothRight + onlyFirst + onlySecond + sameMistake + otherMistake }
  /// Rows on which the two answers differ.
  public var flips: Int { onlyFirst + onlySecond + otherMistake }

  /// Traps unless there are as many predictions of each as labels.
  public init(first: [Int], second: [Int], labels: [Int]) {
    precondition(first.count == labels.count && second.count == labels.count, "one prediction a label")
    var counts = (bothRight: 0, onlyFirst: 0, onlySecond: 0, same: 0, other: 0)
    for (row, label) in labels.enumerated() {
      switch (first[row] == label, second[row] == label) {
      case (true, true): counts.bothRight += 1
      case (true, false): counts.onlyFirst += 1
      case (false, true): counts.onlySecond += 1
      case (false, false): if first[row] == second[row] { counts.same += 1 } else { counts.other += 1 }
      }
    }
    (bothRight, onlyFirst, onlySecond) = (counts.bothRight, counts.onlyFirst, counts.onlySecond)
    (sameMistake, otherMistake) = (counts.same, counts.other)
  }
}
