import Heads

/// Two heads compared on the same test rows.
struct ComparedPair {
  let a: Int
  let b: Int
  let test: McNemarTest
  /// p after Holm's correction for the number of pairs.
  let adjusted: Double
  let difference: PairedDifference
  let equivalence: EquivalenceTest
  let flips: PredictionFlips

  /// Every pair of some heads.
  ///
  /// - Parameter margin: accuracies that differ by less count as equal.
  static func all(_ outcomes: [HeadComparison.Outcome], margin: Double) -> [ComparedPair] {
    var pairs: [(a: Int, b: Int, flips: PredictionFlips, test: McNemarTest)] = []
    for a in outcomes.indices {
      for b in outcomes.indices where b > a {
        let (first, second) = (outcomes[a].evaluation, outcomes[b].evaluation)
        let flips = PredictionFlips(
          first: first.predictions, second: second.predictions, labels: first.labels)
        let test = McNemarTest(onlyFirst: flips.onlyFirst, onlySecond: flips.onlySecond)
        pairs.append((a, b, flips, test))
      }
    }
    let adjusted = MultipleTesting.holm(pairs.map(\.test.p))
    return zip(pairs, adjusted).map { pair, adjusted in
      let difference = PairedDifference(
        onlyFirst: pair.flips.onlyFirst, onlySecond: pair.flips.onlySecond, count: pair.flips.count)
      return ComparedPair(
        a: pair.a, b: pair.b, test: pair.test, adjusted: adjusted, difference: difference,
        equivalence: difference.equivalence(margin: margin), flips: pair.flips)
    }
  }
}
