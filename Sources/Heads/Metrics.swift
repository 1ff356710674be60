#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Figures of merit of predictions. All take as many predictions as labels and trap otherwise; without any
/// they are NaN, and a score that is NaN makes them NaN unless they say otherwise.
public enum Metrics {
  /// Share of predictions that are right.
  public static func accuracy(_ predictions: [Int], _ labels: [Int]) -> Double {
    precondition(predictions.count == labels.count, "one prediction a label")
    return Double(zip(predictions, labels).count { $0 == $1 }) / Double(labels.count)
  }

  /// Share of rows whose label is among the `k` classes of highest score; a class with an equal score and a
  /// lower index stands before it, and a row with a NaN is a miss.
  ///
  /// - Parameter scores: n x K, as `Head.decision` or `Head.probabilities` give them. A single column is read
  ///   as the score of class 1 of two.
  public static func topAccuracy(_ k: Int, scores: Tensor, _ labels: [Int]) -> Double {
    let columns = columnCount(scores, labels)
    precondition(k > 0, "k must be positive")
    let hits = labels.indices.count { row in
      guard !(0..<columns).contains(where: { scores[row, $0].isNaN }) else { return false }
      if columns == 1 { return k > 1 || (scores[row, 0] > 0) == (labels[row] == 1) }
      let own = scores[row, labels[row]]
      let better = (0..<columns).count { column in
        scores[row, column] > own || (scores[row, column] == own && column < labels[row])
      }
      return better < k
    }
    return Double(hits) / Double(labels.count)
  }

  /// Mean of -log p(label). As scikit-learn's `log_loss` on float32, probabilities are clipped to
  /// [2^-23, 1 - 2^-23], so that one certain mistake does not make it infinite.
  ///
  /// - Parameter probabilities: n x K.
  public static func logLoss(_ probabilities: Tensor, _ labels: [Int]) -> Double {
    _ = columnCount(probabilities, labels)
    let sum = labels.indices.reduce(0.0) { sum, row in
      let probability = min(max(probabilities[row, labels[row]], .ulpOfOne), 1 - .ulpOfOne)
      return sum - log(Double(probability))
    }
    return sum / Double(labels.count)
  }

  /// Mean over the rows of sum_k (p_k - [k is the label])^2, from 0 to 2 (Brier, "Verification of forecasts
  /// expressed in terms of probability", 1950). For two classes it is twice what scikit-learn's
  /// `brier_score_loss` gives by default.
  ///
  /// - Parameter probabilities: n x K.
  public static func brier(_ probabilities: Tensor, _ labels: [Int]) -> Double {
    let columns = columnCount(probabilities, labels)
    let sum = labels.indices.reduce(0.0) { sum, row in
      (0..<columns).reduce(sum) { sum, column in
        let error = Double(probabilities[row, column]) - (column == labels[row] ? 1 : 0)
        return sum + error * error
      }
    }
    return sum / Double(labels.count)
  }

  static func columnCount(_ scores: Tensor, _ labels: [Int]) -> Int {
    precondition(scores.shape.count == 2 && scores.shape[0] == labels.count, "one row of scores a label")
    return scores.shape[1]
  }
}
