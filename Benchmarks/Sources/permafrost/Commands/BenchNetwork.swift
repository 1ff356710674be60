import ArgumentParser
import Backbone
import Foundation

struct BenchNetwork: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "network",
    abstract: "Milliseconds a picture of whole networks, beside ONNX Runtime, OpenVINO and PyTorch.",
    discussion: """
      Every engine gets the same network with the same random weights, the same pictures and as many threads.
      Within a round each peer runs right after a run of ours, and its ratio is its median time over the median
      of that run. Before and after each round the machine itself is probed: fused multiply-adds on registers
      and copies of memory, on all threads. A round with a multiply-add probe below 80 % of the best so far is
      discarded by that rule alone, before anything else of it is looked at, and another takes its place.

      Printed are the median over the kept rounds of their medians, the shortest run of the kept rounds, the
      ratio (median over the kept rounds), the largest difference between a peer's outputs and ours over the
      largest output, and the peak memory of each engine in a process of its own: since its start, and since it
      was loaded. Peers need --peers: a Python that has torch, torchvision, onnx, onnxruntime and openvino.

      Examples:
        permafrost bench network --network resnet18 --profile
        permafrost bench network --peers ~/peers/bin/python
        permafrost bench network --network resnet18 vgg16 --batch 1 --threads 2 --rounds 9 \\
          --peers python3 --json bench.jsonl
        permafrost bench network --network mobilenet_v2 --busy --peers python3
      """)

  @Option(
    parsing: .upToNextOption,
    help: "The networks' names; by default those of the table in Docs/Performance.md.")
  var network: [String] = []

  @OptionGroup var compute: ComputeOptions

  @Option(help: "How often all engines take their turn, discarded rounds not counted.")
  var rounds = 7

  @Option(help: "How many rounds there may be in all; three times as many by default.")
  var mostRounds: Int?

  @Option(help: "How long an engine's turn is; at least one batch.")
  var seconds = 1.0

  @Option(help: "How long each engine runs before the first round, in seconds.")
  var warmUp = 1.5

  @Option(help: "A Python with the peers' packages.")
  var peers: String?

  @Flag(help: "Keep one core busy with something else meanwhile.")
  var busy = false

  @Flag(help: "Print the milliseconds of each layer of ours.")
  var profile = false

  @Option(help: "A file for the measurements, one JSON object a line; - for standard output.")
  var json: String?

  @Flag(help: "No progress.")
  var quiet = false

  private static let published = [
    "vgg16", "vgg11", "resnet18", "alexnet", "resnet50", "efficientnet_b0", "mobilenet_v2", "regnet_y_16gf",
    "vit_b_16",
  ]

  func validate() throws {
    guard compute.batch > 0, compute.threads > 0, rounds > 0, rounds < 100_000 else {
      throw ValidationError("--batch, --threads and --rounds must be at least 1")
    }
    guard mostRounds.map({ $0 >= rounds }) ?? true else {
      throw ValidationError("--most-rounds must not be less than --rounds")
    }
    guard seconds >= 0, seconds < 3600, warmUp >= 0, warmUp < 3600 else {
      throw ValidationError("--seconds and --warm-up must be from 0 to 3600")
    }
  }

  func run() throws {
    let architectures =
      try network.isEmpty
      ? Architecture.all.filter { Self.published.contains($0.name) }
      : network.map { try Architecture.named($0) }
    let folder = try TemporaryFolder()
    let peers = try self.peers.map { try PeerPrograms(python: $0, folder: folder.path) }
    let benchmark = NetworkBenchmark(
      settings: .init(
        batch: compute.batch, threads: compute.threads, rounds: rounds, mostRounds: mostRounds ?? 3 * rounds,
        seconds: seconds, warmUp: warmUp, busy: busy, quiet: quiet),
      peers: peers, probe: try MachineProbe(threads: compute.threads))

    let output = BenchOutput(json: json)
    for architecture in architectures {
      let outcome = try benchmark.run(architecture)
      try output.add(outcome)
      if profile { output.show(try benchmark.profile(architecture), of: architecture.name) }
    }
  }
}
