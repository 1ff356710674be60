/// One tested pair in words, the better head first.
struct PairLine {
  let better: String
  let worse: String
  /// How much better, in points of accuracy.
  let difference: String
  /// The same with its interval, `+1.4 (−0.2 to +3.0)`.
  let interval: String
  /// Whether the whole interval lies within the report's margin.
  let isEqual: Bool
  let onlyBetter: Int
  let onlyWorse: Int
  let p: Double
  let isSignificant: Bool

  /// Every pair of the report whose heads exist, ordered as the ranking orders its heads.
  static func all(_ ranking: Ranking) -> [PairLine] {
    var lines: [PairLine] = []
    for (position, first) in ranking.order.enumerated() {
      for second in ranking.order[(position + 1)...] {
        guard let pair = ranking.pair(first, second) else { continue }
        let heads = (ranking.report.heads[first], ranking.report.heads[second])
        lines.append(
          PairLine(
            better: ranking.label(heads.0), worse: ranking.label(heads.1),
            difference: NumberFormat.points(heads.0.accuracy - heads.1.accuracy),
            interval: Self.interval(pair, heads.0.accuracy - heads.1.accuracy),
            isEqual: pair.isWithin(ranking.report.equivalenceMargin), onlyBetter: pair.onlyA,
            onlyWorse: pair.onlyB,
            p: pair.decisiveP, isSignificant: pair.isSignificant))
      }
    }
    return lines
  }

  /// A difference in points with the interval of the pair, as far as known.
  static func interval(_ pair: HeadPair, _ difference: Double) -> String {
    guard pair.hasInterval else { return NumberFormat.points(difference) }
    let ends = [pair.differenceLow, pair.differenceHigh].map { NumberFormat.points($0) }
    return "\(NumberFormat.points(difference)) (\(ends[0]) to \(ends[1]))"
  }
}
