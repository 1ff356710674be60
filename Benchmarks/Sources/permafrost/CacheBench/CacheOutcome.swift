import FeatureCache

/// Everything measured of one case.
struct CacheOutcome {
  struct Task {
    let task: CacheTask
    let peers: [(name: String, version: String)]
    let rounds: [BenchRound]
    let bestFMA: Double

    var kept: [BenchRound] { rounds.filter { $0.isKept(bestFMA: bestFMA) } }
  }

  let shape: CacheCase
  let tasks: [Task]

  var lines: [CacheLine] { tasks.flatMap(lines) }

  /// Ours first, then the peers. `nil` figures: every round was discarded.
  private func lines(_ task: Task) -> [CacheLine] {
    let kept = task.kept
    var ours = line(task, "permafrost", RoundStatistics.ours(kept))
    ours.percentOfCopy = percentOfCopy(task)
    ours.shuffledOverEpoch = task.task == .shuffled ? shuffledOverEpoch { RoundStatistics.ours($0) } : nil
    return [ours]
      + task.peers.enumerated().map { index, peer in
        var line = line(task, peer.name, RoundStatistics.peer(index, kept))
        line.ratio = RoundStatistics.ratio(index, kept)
        line.version = peer.version
        if task.task == .shuffled {
          line.shuffledOverEpoch = shuffledOverEpoch { RoundStatistics.peer(index, $0) }
        }
        return line
      }
  }

  private func line(
    _ task: Task, _ engine: String, _ times: (median: Double?, minimum: Double?)
  ) -> CacheLine {
    CacheLine(
      case: "\(shape.name) \(task.task.rawValue)", engine: engine, batch: shape.batch, threads: 1,
      medianMs: times.median, minMs: times.minimum, rounds: task.rounds.count,
      discarded: task.rounds.count - task.kept.count,
      copyGbS: RoundStatistics.median(task.rounds.flatMap { [$0.before.copy, $0.after.copy] }))
  }

  /// Bytes read from the file and bytes written as float32 a second, over those of the machine's own copy
  /// before and after; the median over the rounds.
  private func percentOfCopy(_ task: Task) -> Double? {
    guard task.task == .scan || task.task == .firstScan else { return nil }
    let bytes = Double(shape.storedBytes + shape.rows * shape.dimension * 4)
    return RoundStatistics.median(
      task.kept.compactMap { round in
        RoundStatistics.ours([round]).median.map { milliseconds in
          100 * bytes / milliseconds / 1e6 / ((round.before.copy + round.after.copy) / 2)
        }
      })
  }

  /// The median, over rounds in which both are kept, of the time of an epoch in random order over that of the
  /// epoch in order shortly before it.
  private func shuffledOverEpoch(
    _ times: ([BenchRound]) -> (median: Double?, minimum: Double?)
  ) -> Double? {
    guard let shuffled = tasks.first(where: { $0.task == .shuffled }),
      let epoch = tasks.first(where: { $0.task == .epoch })
    else { return nil }
    return RoundStatistics.median(
      zip(shuffled.rounds, epoch.rounds).compactMap { shuffledRound, epochRound in
        guard shuffledRound.isKept(bestFMA: shuffled.bestFMA), epochRound.isKept(bestFMA: epoch.bestFMA),
          let random = times([shuffledRound]).median, let inOrder = times([epochRound]).median, inOrder > 0
        else { return nil }
        return random / inOrder
      })
  }
}

/// A measurement as a line of JSON.
struct CacheLine: Encodable {
  var bench = "cache"
  let `case`: String
  let engine: String
  /// Rows that a consumer takes at once.
  let batch: Int
  let threads: Int
  /// Milliseconds of the whole case.
  let medianMs: Double?
  let minMs: Double?
  let rounds: Int
  let discarded: Int
  /// The peer's time over ours.
  var ratio: Double?
  /// Median of the probes.
  let copyGbS: Double?
  var percentOfCopy: Double?
  var shuffledOverEpoch: Double?
  var version: String?
}
