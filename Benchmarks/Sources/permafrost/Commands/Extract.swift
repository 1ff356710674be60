import ArgumentParser
import Backbone
import FeatureCache
import Foundation

struct Extract: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a frozen network over pictures and keep the activations of its layers in a cache.",
    discussion: """
      What is in the cache already is not computed again: pictures are known by their bytes. Another --layer
      adds a column, more pictures add rows. L:POOL pools a layer over height and width (none, average, max);
      --layer input is the preprocessed picture itself.

      Examples:
        permafrost extract --network mobilenet_v2 --weights mobilenet_v2.safetensors \\
          --images photos --layer features:average --cache photos.cache
        permafrost extract --network resnet18 --weights seed:0 --images list.csv \\
          --layer layer3:average --layer avgpool --cache cache --store f16 --json -
        permafrost extract --network vgg16 --weights vgg16.pth --layer classifier.4 --cache cache --shard 3/8

      With --shard i/n a worker computes one part of a plan (`permafrost plan`); --shard auto takes i from the
      variables of a Slurm array, a Kubernetes indexed job, MPI or srun. A worker that breaks off loses at most
      what --journal allows: whoever computes the shard next goes on from there.
      """)

  @OptionGroup var network: NetworkOptions
  @OptionGroup var images: ImageOptions
  @OptionGroup var compute: ComputeOptions

  @Option(name: .customLong("layer"), help: "A layer to keep, as L or L:POOL; may be given again.")
  var layers: [String]

  @Option(help: "The cache's folder.")
  var cache: String

  @Option(help: "How numbers are stored: f32, f16, bf16 or int8.")
  var store = "f32"

  @Option(help: "This worker's part of a plan: i/n or auto.")
  var shard: String?

  @Option(help: "Note down what has been computed after so many seconds; 0: after every batch.")
  var journal = JournalInterval.standard.seconds

  @Option(help: "What to do with a picture that cannot be decoded: record or stop.")
  var onFailure = "record"

  @Option(help: "Reserved.")
  var views: Int?

  @Option(help: "Write what was done as JSON to this file; - is standard output.")
  var json: String?

  @Flag(help: "No progress, no summary.")
  var quiet = false

  private struct Summary: Encodable {
    struct Failure: Encodable {
      let key: String
      let reason: String
    }

    let rows: Int
    let computed: Int
    let reused: Int
    let failures: [Failure]
    let seconds: Double
    let extractionSeconds: Double
    let imagesPerSecond: Double
    let peakRssBytes: Int
  }

  func run() async throws {
    if views != nil { throw CommandError.reserved("--views") }
    guard let storage = StorageType(rawValue: store) else {
      throw CommandError.arguments("--store \(store) is none of f32, f16, bf16, int8")
    }
    guard let policy: FailurePolicy = ["record": .record, "stop": .stop][onFailure] else {
      throw CommandError.arguments("--on-failure \(onFailure) is none of record, stop")
    }
    guard journal >= 0, journal < 1e9 else {
      throw CommandError.arguments("--journal \(journal) is no number of seconds")
    }
    let shard = try shard.map { try ShardChoice($0, environment: ProcessInfo.processInfo.environment) }
    if shard != nil, images.images != nil {
      throw CommandError.arguments("--shard takes its pictures from the plan: make one with permafrost plan")
    }
    let taps = try layers.map { try Tap(parsing: $0) }
    let extractor = try Extractor(
      network.load(), taps: taps, batchSize: compute.batch, threads: compute.threads)
    let line = ProgressLine("pictures", quiet: quiet)
    let progress = { @Sendable (progress: PrecomputeProgress) in
      line.update(progress.done, of: progress.total)
    }
    let interval = JournalInterval(bytes: journal == 0 ? 0 : JournalInterval.standard.bytes, seconds: journal)
    let report: PrecomputeReport
    if case .part(let index, let count)? = shard {
      report = try await FeatureStore.precompute(
        shard: index, of: count, with: extractor, into: cache, storage: storage, batch: compute.batch,
        onFailure: policy, journal: interval, progress: progress)
    } else {
      let dataSet = try images.images == nil ? FeatureStore.plannedDataSet(in: cache) : images.load()
      report = try await FeatureStore.precompute(
        dataSet, with: extractor, into: cache, storage: storage, batch: compute.batch, onFailure: policy,
        journal: interval, progress: progress)
    }
    let summary = Summary(
      rows: report.rows, computed: report.computed, reused: report.reused,
      failures: report.failures.map { .init(key: $0.key, reason: $0.reason) }, seconds: report.seconds,
      extractionSeconds: report.extractionSeconds,
      imagesPerSecond: Double(report.computed) / max(report.seconds, 1e-9),
      peakRssBytes: peakResidentBytes())
    if let json { try writeJSON(summary, to: json) }
    guard !quiet, json != "-" else { return }
    print("preprocessing: \(extractor.network.preprocessing.summary)")
    print(
      "\(report.rows) rows: \(report.computed) computed, \(report.reused) reused, "
        + "\(report.failures.count) failed, in \(formatted(report.seconds, decimals: 1)) s, "
        + "\(formatted(report.extractionSeconds, decimals: 1)) s of it in the network")
    for failure in report.failures { print("failed: \(failure.key): \(failure.reason)") }
  }
}
