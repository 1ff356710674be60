/// What the machine could do at a moment.
package struct Ceilings: Hashable {
  /// Fused multiply-adds on registers, float32 operations a second in 1e9.
  package var fma: Double
  /// Bytes read and written a second, in 1e9.
  package var copy: Double

  package init(fma: Double, copy: Double) {
    self.fma = fma
    self.copy = copy
  }
}

/// A turn of ours and the peer's turn right after it, in milliseconds a batch.
package struct Turn {
  package var ours: [Double]
  /// Empty without peers.
  package var peer: [Double]

  package init(ours: [Double], peer: [Double] = []) {
    self.ours = ours
    self.peer = peer
  }
}

/// All engines' turns between two probes.
package struct BenchRound {
  package var before: Ceilings
  package var after: Ceilings
  /// One turn a peer, always in the same order; one of ours alone without peers.
  package var turns: [Turn]

  package init(before: Ceilings, after: Ceilings, turns: [Turn]) {
    self.before = before
    self.after = after
    self.turns = turns
  }

  /// Whether the machine was itself before and after.
  package func isKept(bestFMA: Double) -> Bool { min(before.fma, after.fma) >= 0.8 * bestFMA }
}

/// The arithmetic of a benchmark, on kept rounds.
package enum RoundStatistics {
  /// The middle of the values in order, or the mean of the two in the middle.
  package static func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// Ours: the median over the rounds of the median of all runs in the round, and the shortest run.
  package static func ours(_ rounds: [BenchRound]) -> (median: Double?, minimum: Double?) {
    summary(rounds.map { $0.turns.flatMap(\.ours) })
  }

  /// The same of a peer.
  package static func peer(_ index: Int, _ rounds: [BenchRound]) -> (median: Double?, minimum: Double?) {
    summary(rounds.map { $0.turns[index].peer })
  }

  /// A peer's median time over that of our turn right before, median over the rounds.
  package static func ratio(_ index: Int, _ rounds: [BenchRound]) -> Double? {
    median(
      rounds.compactMap { round in
        guard let ours = median(round.turns[index].ours), let peer = median(round.turns[index].peer),
          ours > 0
        else { return nil }
        return peer / ours
      })
  }

  private static func summary(_ runs: [[Double]]) -> (median: Double?, minimum: Double?) {
    (median(runs.compactMap(median)), runs.joined().min())
  }
}
