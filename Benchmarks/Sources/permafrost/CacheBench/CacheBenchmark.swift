import FeatureCache
import Foundation

/// Measures one case after another, on all engines.
final class CacheBenchmark {
  struct Settings {
    let tasks: [CacheTask]
    /// Rounds to keep.
    let rounds: Int
    /// Rounds after which there will be no more, however few were kept.
    let mostRounds: Int
    let quiet: Bool
  }

  /// An engine's way to do a task.
  private struct Peer {
    let server: PeerServer
    /// How lines name it.
    let name: String
    /// How its process names the task.
    let command: String
  }

  private let settings: Settings
  private let peers: CachePeers?
  private let probe: MachineProbe
  /// The best multiply-add probe so far, which later ones are held against.
  private var bestFMA = 0.0

  init(settings: Settings, peers: CachePeers?, probe: MachineProbe) {
    self.settings = settings
    self.peers = peers
    self.probe = probe
    signal(SIGPIPE, SIG_IGN)  // a peer that dies is an error to report, not an end
  }

  /// - Parameter parent: where a folder for all files is made; it is removed again.
  func run(_ shape: CacheCase, in parent: String?) throws -> CacheOutcome {
    let folder = try TemporaryFolder(in: parent)
    say("\(shape.name): making rows")
    let source = try CacheSource(shape)
    let own = OwnCache(shape, source, folder: folder.path)
    var servers: [PeerServer] = []
    if let peers {
      let (rows, indices) = (folder.path + "/rows.f32", folder.path + "/indices.i64")
      try source.write(rowsTo: rows, indicesTo: indices)
      for engine in peers.available {
        servers.append(
          try peers.start(engine, shape, folder: folder.path, rows: rows, indices: indices))
      }
    }
    if settings.tasks.first != .write { try prepare(shape, own, servers) }
    let rounds = try measure(shape, own, servers)
    return CacheOutcome(
      shape: shape,
      tasks: settings.tasks.map { task in
        CacheOutcome.Task(
          task: task, peers: competitors(task, servers).map { ($0.name, $0.server.version) },
          rounds: rounds[task] ?? [], bestFMA: bestFMA)
      })
  }

  /// Files to read, where none are measured.
  private func prepare(_ shape: CacheCase, _ own: OwnCache, _ servers: [PeerServer]) throws {
    say("\(shape.name): writing")
    _ = try own.run(.write)
    for server in servers { _ = try server.measure(CacheTask.write.rawValue) }
  }

  /// Who takes part in a task.
  private func competitors(_ task: CacheTask, _ servers: [PeerServer]) -> [Peer] {
    servers.flatMap { server in
      switch task {
      case .write:
        [
          Peer(server: server, name: server.engine, command: task.rawValue),
          Peer(server: server, name: "\(server.engine)+fsync", command: "\(task.rawValue)-sync"),
        ]
      case .open where server.engine == "numpy": [Peer]()  // it checks nothing
      default: [Peer(server: server, name: server.engine, command: task.rawValue)]
      }
    }
  }

  /// Rounds of all tasks until enough of each can be kept, which is decided on the probes alone.
  private func measure(
    _ shape: CacheCase, _ own: OwnCache, _ servers: [PeerServer]
  ) throws -> [CacheTask: [BenchRound]] {
    let progress = ProgressLine("\(shape.name): rounds", quiet: settings.quiet)
    var rounds: [CacheTask: [BenchRound]] = [:]
    var before = probe.ceilings()
    bestFMA = max(bestFMA, before.fma)
    for round in 0..<settings.mostRounds {
      for task in settings.tasks {
        let turns = try turns(task, own, servers)
        let after = probe.ceilings()
        rounds[task, default: []].append(BenchRound(before: before, after: after, turns: turns))
        before = after
        bestFMA = max(bestFMA, after.fma)
      }
      progress.update(min(round + 1, settings.rounds), of: settings.rounds)
      let fewest = rounds.values.map { $0.count { $0.isKept(bestFMA: bestFMA) } }.min() ?? 0
      if fewest >= settings.rounds { break }
    }
    return rounds
  }

  /// Ours right before each peer; but once for all where files are written, which takes long.
  private func turns(_ task: CacheTask, _ own: OwnCache, _ servers: [PeerServer]) throws -> [Turn] {
    var ours = try own.run(task)
    var turns: [Turn] = []
    for (index, peer) in competitors(task, servers).enumerated() {
      if index > 0, task != .write { ours = try own.run(task) }
      let theirs = try peer.server.measure(peer.command)
      // Everyone's numbers are those of the stored type, and only the order of adding them differs.
      guard abs(theirs.sum - ours.sum) <= 1e-4 * abs(ours.sum) else {
        throw CommandError.failed("\(task.rawValue): \(peer.name) sums to \(theirs.sum), ours is \(ours.sum)")
      }
      turns.append(Turn(ours: [ours.milliseconds], peer: [theirs.milliseconds]))
    }
    return turns.isEmpty ? [Turn(ours: [ours.milliseconds])] : turns
  }

  private func say(_ text: String) {
    if !settings.quiet { writeError(text) }
  }
}
