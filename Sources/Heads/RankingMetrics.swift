/// How well scores order rows, whatever the threshold. A figure that is not defined, for want of rows of one
/// kind or because a score is NaN, is NaN.
extension Metrics {
  /// Area under the receiver operating characteristic: the probability that a positive row scores higher than
  /// a negative one, a tie counting one half (Hanley and McNeil, "The meaning and use of the area under a
  /// receiver operating characteristic curve", 1982).
  public static func auroc(scores: [Double], positives: [Bool]) -> Double {
    let steps = descendingSteps(scores, positives)
    let positiveCount = steps.reduce(0) { $0 + $1.positives }
    let negativeCount = steps.reduce(0) { $0 + $1.negatives }
    var above = 0.0  // positives that score higher
    var wins = 0.0
    for step in steps {
      wins += Double(step.negatives) * (above + Double(step.positives) / 2)
      above += Double(step.positives)
    }
    return wins / (Double(positiveCount) * Double(negativeCount))
  }

  /// Average precision: the sum over the distinct scores, highest first, of the precision at that threshold
  /// times the recall it adds, as scikit-learn's `average_precision_score`. Tied rows enter together.
  public static func averagePrecision(scores: [Double], positives: [Bool]) -> Double {
    let steps = descendingSteps(scores, positives)
    let positiveCount = steps.reduce(0) { $0 + $1.positives }
    var found = 0
    var taken = 0
    var sum = 0.0
    for step in steps {
      found += step.positives
      taken += step.positives + step.negatives
      sum += Double(step.positives) * Double(found) / Double(taken)
    }
    return sum / Double(positiveCount)
  }

  /// AUROC of two classes; of more, the mean over the classes of each against the rest, leaving out classes
  /// without rows and a class that has all of them.
  ///
  /// - Parameter scores: n x K, as `Head.decision` or `Head.probabilities` give them. A single column is the
  ///   score of class 1 of two; two columns are compared by their difference.
  public static func auroc(scores: Tensor, _ labels: [Int]) -> Double {
    macro(scores, labels) { auroc(scores: $0, positives: $1) }
  }

  /// Average precision of class 1 of two; of more classes the mean over the classes, each against the rest
  /// ("mAP"), leaving out classes without rows.
  ///
  /// - Parameter scores: as for `auroc`.
  public static func averagePrecision(scores: Tensor, _ labels: [Int]) -> Double {
    macro(scores, labels) { averagePrecision(scores: $0, positives: $1) }
  }

  private static func macro(
    _ scores: Tensor, _ labels: [Int], _ value: ([Double], [Bool]) -> Double
  ) -> Double {
    let columns = columnCount(scores, labels)
    guard columns > 2 else {
      let margins = labels.indices.map { row in
        columns == 1 ? Double(scores[row, 0]) : Double(scores[row, 1]) - Double(scores[row, 0])
      }
      return value(margins, labels.map { $0 == 1 })
    }
    guard !scores.values.contains(where: \.isNaN) else { return .nan }
    let values = (0..<columns).map { column in
      value(
        labels.indices.map { Double(scores[$0, column]) }, labels.map { $0 == column })
    }
    let defined = values.filter { !$0.isNaN }
    return defined.reduce(0, +) / Double(defined.count)
  }

  /// Counts at each distinct score, highest first; none where a score is NaN. Traps unless there is one
  /// verdict a score.
  private static func descendingSteps(
    _ scores: [Double], _ positives: [Bool]
  ) -> [(positives: Int, negatives: Int)] {
    precondition(scores.count == positives.count, "one verdict a score")
    guard !scores.contains(where: \.isNaN) else { return [] }
    var steps: [(positives: Int, negatives: Int)] = []
    var last: Double?
    for index in scores.indices.sorted(by: { scores[$0] > scores[$1] }) {
      if scores[index] != last { steps.append((0, 0)) }
      last = scores[index]
      if positives[index] {
        steps[steps.count - 1].positives += 1
      } else {
        steps[steps.count - 1].negatives += 1
      }
    }
    return steps
  }
}
