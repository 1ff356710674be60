/// Everything measured of one network.
struct NetworkOutcome {
  struct Peer {
    let engine: String
    let version: String
    let setup: String
    let memory: PeakMemory
    /// The largest difference between its outputs and ours over its largest.
    let difference: Double
  }

  let network: String
  let settings: NetworkBenchmark.Settings
  let rounds: [BenchRound]
  let kept: [BenchRound]
  let load: LoadOutcome
  let peers: [Peer]

  /// Ours first, then the peers. `nil` figures: every round was discarded.
  var lines: [BenchLine] {
    let ours = RoundStatistics.ours(kept)
    return [
      line("permafrost", ours, load.facts.memory) {
        $0.loadSeconds = load.facts.loadSeconds
        $0.packedBytes = load.facts.packedBytes
        $0.touchSeconds = load.facts.touchSeconds
        $0.sha256Seconds = load.hashSeconds
      }
    ]
      + peers.enumerated().map { index, peer in
        line(peer.engine, RoundStatistics.peer(index, kept), peer.memory) {
          $0.ratio = RoundStatistics.ratio(index, kept)
          $0.maxDifference = peer.difference
          $0.version = peer.version
          $0.setup = peer.setup
        }
      }
  }

  private func line(
    _ engine: String, _ times: (median: Double?, minimum: Double?), _ memory: PeakMemory,
    _ fill: (inout BenchLine) -> Void
  ) -> BenchLine {
    let batch = Double(settings.batch)
    var line = BenchLine(
      case: network, engine: engine, batch: settings.batch, threads: settings.threads,
      medianMs: times.median.map { $0 / batch }, minMs: times.minimum.map { $0 / batch },
      rounds: rounds.count, discarded: rounds.count - kept.count, busy: settings.busy,
      peakRssBytes: memory.whole, runningRssBytes: memory.running,
      fmaGflops: RoundStatistics.median(rounds.flatMap { [$0.before.fma, $0.after.fma] }),
      copyGbS: RoundStatistics.median(rounds.flatMap { [$0.before.copy, $0.after.copy] }))
    fill(&line)
    return line
  }
}

/// A measurement as a line of JSON.
struct BenchLine: Encodable {
  var bench = "network"
  let `case`: String
  let engine: String
  let batch: Int
  let threads: Int
  /// Milliseconds a picture.
  let medianMs: Double?
  let minMs: Double?
  let rounds: Int
  let discarded: Int
  /// The peer's time over ours.
  var ratio: Double?
  let busy: Bool
  let peakRssBytes: Int
  let runningRssBytes: Int
  /// Medians of the probes.
  let fmaGflops: Double?
  let copyGbS: Double?
  var maxDifference: Double?
  var version: String?
  var setup: String?
  var loadSeconds: Double?
  var packedBytes: Int?
  var touchSeconds: Double?
  var sha256Seconds: Double?
}

/// A layer of ours.
struct LayerProfile {
  let layer: String
  /// For one picture.
  let multiplyAdds: Int
  /// Milliseconds a picture.
  let median: Double
  /// The shortest, which other work on the machine disturbs least.
  let minimum: Double
}
