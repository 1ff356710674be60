import Backbone
import Foundation

/// Measures one network after another, on all engines.
final class NetworkBenchmark {
  struct Settings {
    let batch: Int
    let threads: Int
    /// Rounds to keep.
    let rounds: Int
    /// Rounds after which there will be no more, however few were kept.
    let mostRounds: Int
    let seconds: Double
    let warmUp: Double
    let busy: Bool
    let quiet: Bool
  }

  private let settings: Settings
  private let peers: PeerPrograms?
  private let probe: MachineProbe
  private let load: BusyCore?
  /// The best multiply-add probe so far, which later ones are held against.
  private var bestFMA = 0.0

  init(settings: Settings, peers: PeerPrograms?, probe: MachineProbe) {
    self.settings = settings
    self.peers = peers
    self.probe = probe
    load = settings.busy ? BusyCore() : nil
    signal(SIGPIPE, SIG_IGN)  // a peer that dies is an error to report, not an end
  }

  deinit { load?.stop() }

  /// The machine's own, whatever is running beside the engines.
  private func ceilings() -> Ceilings { load?.pausing { probe.ceilings() } ?? probe.ceilings() }

  /// Random pictures from -2 to 2, as a plan wants them.
  static func pictures(_ batch: Int, _ plan: Plan) throws -> Tensor {
    let shape = [batch] + plan.inputShape
    let small = try SeededWeights(seed: 1).floats("pictures", shape: shape)  // from -0.02 to 0.02
    return try Tensor(shape: shape, values: small.map { $0 * 100 })
  }

  func run(_ architecture: Architecture) throws -> NetworkOutcome {
    let network = try Network(architecture, weights: .seed(0))
    let runner = try PlanRunner(network.plan(tapping: [network.lastLayer]), threads: settings.threads)
    let pictures = try Self.pictures(settings.batch, runner.plan)

    var servers: [PeerServer] = []
    var weights = "seed:0"
    if let peers {
      let input = "\(peers.folder)/pictures.f32"
      try writeFile(Data(floats: pictures.values), to: input)
      let options = [
        "--network", architecture.name, "--batch", "\(settings.batch)", "--threads", "\(settings.threads)",
        "--seed", "0", "--side", "\(runner.plan.inputShape[1])", "--input", input,
      ]
      say("\(architecture.name): exporting")
      weights = try peers.export(options, network: architecture.name)
      for engine in PeerPrograms.engines {
        say("\(architecture.name): starting \(engine)")
        servers.append(try peers.start(engine, options))
      }
    }
    defer { removeFiles(of: architecture.name) }
    say("\(architecture.name): loading ours in a process of its own")
    let load = try LoadOutcome(architecture, weights: weights, settings)

    let rounds = try measure(runner, pictures, servers, architecture.name)
    let kept = rounds.filter { $0.isKept(bestFMA: bestFMA) }
    let ours = try runner.run(pictures)[0].values
    return NetworkOutcome(
      network: architecture.name, settings: settings, rounds: rounds, kept: kept, load: load,
      peers: try servers.map { server in
        NetworkOutcome.Peer(
          engine: server.engine, version: server.version, setup: server.setup, memory: try server.memory(),
          difference: try difference(
            of: ours, from: server.outputs(folder: peers?.folder ?? ""), server.engine))
      })
  }

  /// Milliseconds a picture of each layer, over runs for as long as a turn; at least one.
  func profile(_ architecture: Architecture) throws -> [LayerProfile] {
    let network = try Network(architecture, weights: .seed(0))
    let runner = try PlanRunner(network.plan(tapping: [network.lastLayer]), threads: settings.threads)
    let pictures = try Self.pictures(settings.batch, runner.plan)
    _ = try runs(of: { _ = try runner.run(pictures) }, seconds: settings.warmUp)
    var profiles: [[PlanRunner.LayerTime]] = []
    _ = try runs(of: { profiles.append(try runner.profile(pictures)) }, seconds: settings.seconds)
    return profiles[0].enumerated().map { index, layer in
      let times = profiles.map { Double($0[index].nanoseconds) * 1e-6 / Double(settings.batch) }
      return LayerProfile(
        layer: layer.layer, multiplyAdds: layer.multiplyAdds,
        median: RoundStatistics.median(times) ?? 0, minimum: times.min() ?? 0)
    }
  }

  /// Rounds until enough of them can be kept, which is decided on the probes alone.
  private func measure(
    _ runner: PlanRunner, _ pictures: Tensor, _ servers: [PeerServer], _ name: String
  ) throws -> [BenchRound] {
    func ours(_ seconds: Double) throws -> [Double] {
      try runs(of: { _ = try runner.run(pictures) }, seconds: seconds)
    }
    _ = try ours(settings.warmUp)
    for server in servers { _ = try server.run(seconds: settings.warmUp) }
    let progress = ProgressLine("\(name): rounds", quiet: settings.quiet)
    var rounds: [BenchRound] = []
    var before = ceilings()
    bestFMA = max(bestFMA, before.fma)
    var kept = 0
    while kept < settings.rounds && rounds.count < settings.mostRounds {
      var turns: [Turn] = []
      for server in servers {
        pause()
        let own = try ours(settings.seconds)
        pause()
        turns.append(Turn(ours: own, peer: try server.run(seconds: settings.seconds)))
      }
      if servers.isEmpty { turns.append(Turn(ours: try ours(settings.seconds))) }
      pause()
      let after = ceilings()
      rounds.append(BenchRound(before: before, after: after, turns: turns))
      before = after
      bestFMA = max(bestFMA, after.fma)
      kept = rounds.count { $0.isKept(bestFMA: bestFMA) }
      progress.update(kept, of: settings.rounds)
    }
    return rounds
  }

  /// Long enough for the last engine's threads to stop waiting for more.
  private func pause() { Thread.sleep(forTimeInterval: 0.05) }

  private func runs(of body: () throws -> Void, seconds: Double) throws -> [Double] {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    var times: [Double] = []
    repeat {
      times.append(try clock.measure(body) / .milliseconds(1))
    } while clock.now < end
    return times
  }

  /// The largest difference over the largest of the peer's outputs.
  private func difference(of ours: [Float], from peer: [Float], _ engine: String) throws -> Double {
    guard ours.count == peer.count else {
      throw CommandError.failed("\(engine) gave \(peer.count) outputs, ours are \(ours.count)")
    }
    let largest = peer.reduce(0) { max($0, abs($1)) }
    return Double(zip(ours, peer).reduce(0) { max($0, abs($1.0 - $1.1)) } / largest)
  }

  private func removeFiles(of network: String) {
    guard let folder = peers?.folder else { return }
    for file in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      try? FileManager.default.removeItem(atPath: folder + "/" + file)
    }
  }

  private func say(_ text: String) {
    if !settings.quiet { writeError(text) }
  }
}
