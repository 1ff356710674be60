import ArgumentParser
import Backbone
import Foundation

/// Our engine by itself in a fresh process, whose memory and load time are then its own. `bench network` starts
/// it; people need not know of it.
struct BenchEngine: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "engine", abstract: "What a fresh process needs to load and run a network.",
    shouldDisplay: false)

  @OptionGroup var network: NetworkOptions
  @OptionGroup var compute: ComputeOptions

  func run() throws {
    let start = ContinuousClock.now
    let network = try network.load()
    let runner = try PlanRunner(network.plan(tapping: [network.lastLayer]), threads: compute.threads)
    let seconds = (ContinuousClock.now - start) / .seconds(1)

    let pictures = try NetworkBenchmark.pictures(compute.batch, runner.plan)
    _ = try runner.run(pictures)
    let loaded = PeakMemory.now
    PeakMemory.restart()
    for _ in 0..<2 { _ = try runner.run(pictures) }
    let running = PeakMemory.now
    let memory = PeakMemory(whole: max(loaded, running), running: running)

    let touch = ContinuousClock.now
    touchFreshMemory(bytes: network.packedBytes)
    let touchSeconds = (ContinuousClock.now - touch) / .seconds(1)
    print(
      try encodedLine(
        EngineFacts(
          memory: memory, loadSeconds: seconds, packedBytes: network.packedBytes, touchSeconds: touchSeconds))
    )
  }

  private func touchFreshMemory(bytes: Int) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 64)
    for page in stride(from: 0, to: bytes, by: 4096) { unsafe memory[page] = 1 }
    unsafe memory.deallocate()
  }
}

/// What `bench engine` prints.
struct EngineFacts: Codable {
  let memory: PeakMemory
  /// From nothing to a plan with its weights packed.
  let loadSeconds: Double
  let packedBytes: Int
  /// For the first touch of as much fresh memory.
  let touchSeconds: Double
}

extension Network {
  /// The tap that computes everything.
  var lastLayer: Tap { Tap(graph.nodes[graph.nodes.count - 1].name) }
}
