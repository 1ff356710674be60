/// Everything measured of one case.
struct HeadOutcome {
  struct Engine {
    let name: String
    let version: String
    /// How it was fitted.
    let setup: String
    /// Of the objective over the least that was found, by one function in float64; `nil` where there is none.
    let excess: Double?
    /// On the test rows.
    let accuracy: Double?
    /// The most memory that was resident during a fit, where it was measured.
    var peakBytes: Int?
  }

  let task: HeadCase
  let threads: Int
  let ours: Engine
  let peers: [Engine]
  let rounds: [BenchRound]
  let bestFMA: Double

  private var kept: [BenchRound] { rounds.filter { $0.isKept(bestFMA: bestFMA) } }

  /// Ours first, then the peers. `nil` figures: every round was discarded.
  var lines: [HeadLine] {
    [line(ours, RoundStatistics.ours(kept), ratio: nil)]
      + peers.enumerated().map { index, peer in
        line(peer, RoundStatistics.peer(index, kept), ratio: RoundStatistics.ratio(index, kept))
      }
  }

  private func line(
    _ engine: Engine, _ times: (median: Double?, minimum: Double?), ratio: Double?
  ) -> HeadLine {
    let ceilings = rounds.flatMap { [$0.before, $0.after] }
    return HeadLine(
      case: task.title, engine: engine.name, batch: task.batch, threads: threads, medianMs: times.median,
      minMs: times.minimum, rounds: rounds.count, discarded: rounds.count - kept.count, ratio: ratio,
      objectiveExcess: engine.excess, accuracy: engine.accuracy, peakRssBytes: engine.peakBytes,
      fmaGflops: RoundStatistics.median(ceilings.map(\.fma)),
      copyGbS: RoundStatistics.median(ceilings.map(\.copy)), version: engine.version, setup: engine.setup)
  }
}

/// A measurement as a line of JSON.
struct HeadLine: Encodable {
  var bench = "heads"
  let `case`: String
  let engine: String
  /// Rows of a training step; all rows where a fit takes them together.
  let batch: Int
  let threads: Int
  /// Milliseconds of the whole case.
  let medianMs: Double?
  let minMs: Double?
  let rounds: Int
  let discarded: Int
  /// The peer's time over ours.
  let ratio: Double?
  let objectiveExcess: Double?
  let accuracy: Double?
  let peakRssBytes: Int?
  /// Medians of the probes.
  let fmaGflops: Double?
  let copyGbS: Double?
  let version: String
  let setup: String
}
