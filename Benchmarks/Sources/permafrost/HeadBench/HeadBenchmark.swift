import Foundation
import Heads

/// Measures one case after another, on all engines.
final class HeadBenchmark {
  struct Settings {
    let threads: Int
    /// Rounds to keep.
    let rounds: Int
    /// Rounds after which there will be no more, however few were kept.
    let mostRounds: Int
    let quiet: Bool
  }

  private let settings: Settings
  private let peers: HeadPeers?
  private let probe: MachineProbe
  /// The best multiply-add probe so far, which later ones are held against.
  private var bestFMA = 0.0
  /// Of the case before, which often has the same rows.
  private var last: (shape: HeadShape, source: HeadSource, folder: TemporaryFolder)?

  init(settings: Settings, peers: HeadPeers?, probe: MachineProbe) {
    self.settings = settings
    self.peers = peers
    self.probe = probe
    signal(SIGPIPE, SIG_IGN)  // a peer that dies is an error to report, not an end
  }

  /// - Parameter parent: where a folder for all files is made; it is removed again.
  func run(_ task: HeadCase, in parent: String?) async throws -> HeadOutcome {
    guard task.task != .stream else { return try await stream(task, in: parent) }
    let (source, folder) = try rows(task, in: parent)
    let own = OwnHeads(task, source, threads: settings.threads)
    let servers = try peers?.start(task, threads: settings.threads, folder: folder) ?? []

    var excess: Double?
    if task.task != .mlp {
      say("\(task.name): looking for tolerances")
      let references = try await own.references()
      let fits = try await own.calibrate(references)
      if let judge = servers.first {
        let least = try values(of: references, judge, folder)
        let found = try values(of: fits, judge, folder)
        excess = zip(found, least).map { $0 / $1 - 1 }.max()
        for server in servers { try server.calibrate(least.map { $0 * (1 + OwnHeads.excess) }) }
      }
    } else {
      for server in servers { try server.calibrate([]) }
    }

    var (accuracy, accuracies) = (0.0, servers.map { _ in 0.0 })
    let rounds = try await measure(task) {
      var turns: [Turn] = []
      for index in 0..<max(1, servers.count) {
        let ours = try await own.run()
        accuracy = try own.accuracy(ours.head)
        guard servers.indices.contains(index) else { return [Turn(ours: [ours.milliseconds])] }
        let theirs = try servers[index].measure("run")
        accuracies[index] = theirs.sum
        turns.append(Turn(ours: [ours.milliseconds], peer: [theirs.milliseconds]))
      }
      return turns
    }
    return HeadOutcome(
      task: task, threads: settings.threads,
      ours: .init(
        name: "permafrost", version: "", setup: task.task == .mlp ? "" : setup(own.tolerance),
        excess: excess, accuracy: accuracy),
      peers: zip(servers, accuracies).map { server, accuracy in
        .init(
          name: server.engine, version: server.version, setup: server.setup,
          excess: server.excess.map { (1 + $0) * (1 + OwnHeads.excess) - 1 }, accuracy: accuracy)
      },
      rounds: rounds, bestFMA: bestFMA)
  }

  /// The same fit with all rows in memory and with rows that are read again on every pass.
  private func stream(_ task: HeadCase, in parent: String?) async throws -> HeadOutcome {
    last = nil
    let folder = try TemporaryFolder(in: parent)
    say("\(task.name): making rows")
    let source = try HeadSource(mapping: task.shape, into: folder.path + "/cache")
    let own = OwnHeads(task, source, threads: settings.threads)
    var (accuracies, peaks) = ([0.0, 0.0], [0, 0])
    let rounds = try await measure(task) {
      var times: [Double] = []
      for (index, budget) in [task.shape.streamingBudget, 1 << 30].enumerated() {
        own.budget = budget
        PeakMemory.restart()
        let outcome = try await own.run()
        peaks[index] = PeakMemory.now
        accuracies[index] = try own.accuracy(outcome.head)
        times.append(outcome.milliseconds)
      }
      return [Turn(ours: [times[1]], peer: [times[0]])]
    }
    func engine(_ name: String, _ index: Int, _ budget: Int) -> HeadOutcome.Engine {
      .init(
        name: name, version: "", setup: setup(own.tolerance) + ", \(budget >> 20) MiB for rows", excess: nil,
        accuracy: accuracies[index], peakBytes: peaks[index])
    }
    return HeadOutcome(
      task: task, threads: settings.threads, ours: engine("permafrost", 1, 1 << 30),
      peers: [engine("streaming", 0, task.shape.streamingBudget)], rounds: rounds, bestFMA: bestFMA)
  }

  /// Rounds until enough of them can be kept, which is decided on the probes alone.
  private func measure(_ task: HeadCase, _ turns: () async throws -> [Turn]) async throws -> [BenchRound] {
    let progress = ProgressLine("\(task.name): rounds", quiet: settings.quiet)
    var rounds: [BenchRound] = []
    var before = probe.ceilings()
    bestFMA = max(bestFMA, before.fma)
    var kept = 0
    while kept < settings.rounds && rounds.count < settings.mostRounds {
      let turns = try await turns()
      let after = probe.ceilings()
      rounds.append(BenchRound(before: before, after: after, turns: turns))
      before = after
      bestFMA = max(bestFMA, after.fma)
      kept = rounds.count { $0.isKept(bestFMA: bestFMA) }
      progress.update(kept, of: settings.rounds)
    }
    return rounds
  }

  private func rows(_ task: HeadCase, in parent: String?) throws -> (HeadSource, folder: String) {
    if let last, last.shape == task.shape { return (last.source, last.folder.path) }
    last = nil
    say("\(task.name): making rows")
    let folder = try TemporaryFolder(in: parent)
    let source = try HeadSource(task.shape)
    if peers != nil { try source.write(to: folder.path) }
    last = (task.shape, source, folder)
    return (source, folder.path)
  }

  /// The objective of each fit, by the one function that judges all engines.
  private func values(of fits: [FitResult], _ judge: PeerServer, _ folder: String) throws -> [Double] {
    try fits.enumerated().map { index, fit in
      let path = folder + "/coefficients.f64"
      try OwnHeads.write(fit.head, to: path)
      return try judge.value("objective \(index) \(path)")
    }
  }

  private func setup(_ tolerance: Double) -> String { String(format: "tolerance=%.2g", tolerance) }

  private func say(_ text: String) {
    if !settings.quiet { writeError(text) }
  }
}
