import ArgumentParser
import FeatureCache

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check every checksum of a cache now; problems on standard output, exit 1 if there are any.",
    usage: "permafrost verify --cache DIR")

  @Option(help: "The cache's folder.")
  var cache: String

  @Flag(help: "Nothing on standard output where all is well.")
  var quiet = false

  func run() throws {
    let problems = try FeatureStore.verify(cache)
    for problem in problems { print(problem) }
    if !problems.isEmpty {
      throw CommandError.failed("\(cache) has \(problems.count) problem\(problems.count == 1 ? "" : "s")")
    }
    if !quiet { print("\(cache): every checksum is right") }
  }
}

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a column for other programs: features.npy, labels.npy, keys, splits, classes, failures.",
    discussion: """
      Example:
        permafrost export --cache photos.cache --layer features:average --to photos.npy
      """)

  @Option(help: "The cache's folder.")
  var cache: String

  @Option(help: "The column, as L or L:POOL.")
  var layer: String

  @Option(help: "The folder to write to; made where it is missing.")
  var to: String

  @Flag(help: "No progress.")
  var quiet = false

  func run() throws {
    let progress = ProgressLine("rows", quiet: quiet)
    try FeatureStore(cache).export(layer, to: to, progress: { progress.update($0, of: $1) })
  }
}

struct CacheCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache", abstract: "Look into a cache.",
    subcommands: [CacheShow.self, CacheList.self, CacheCollect.self, CacheCompact.self])
}

struct CacheShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "What a cache belongs to, its columns, samples and failures.")

  @Option(help: "The cache's folder.")
  var cache: String

  func run() throws {
    let store = try FeatureStore(cache)
    let extractor = store.identity.extractor
    print("id             \(store.id)")
    print("network        \(extractor.network)")
    print("weights        \(extractor.weights)")
    for hook in extractor.hooks { print("hook           \(hook)") }
    for (name, value) in extractor.preprocessing.sorted(by: { $0.key < $1.key }) {
      print("preprocessing  \(name) = \(value)")
    }
    print("stored as      \(store.identity.storage.rawValue)")
    for column in store.columns { print("column         \(column.column) (\(column.dimension))") }
    print("samples        \(store.sampleCount), \(try store.samples.classes.count) classes")
    for failure in try store.failures { print("failed         \(failure.key): \(failure.reason)") }
  }
}

struct CacheList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "The samples of a cache: key, label, split, tab-separated.")

  @Option(help: "The cache's folder.")
  var cache: String

  func run() throws {
    let samples = try FeatureStore(cache).samples
    for sample in samples {
      let label = sample.label.map { samples.classes[$0] } ?? ""
      print("\(sample.key)\t\(label)\t\(sample.split?.rawValue ?? "")")
    }
  }
}

struct CacheCollect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc",
    abstract: "Remove what broken runs left behind, and what compacting has made superfluous.",
    discussion: """
      What was changed within the last day stays: a run on another machine may be at work at it. --force takes
      everything that no process of this machine works at.

      Example:
        permafrost cache gc --cache photos.cache --dry-run
      """)

  @Option(help: "The cache's folder.")
  var cache: String

  @Flag(help: "Do not wait for things to be a day old.")
  var force = false

  @Flag(help: "Only say what would be removed.")
  var dryRun = false

  func run() throws {
    let report = try FeatureStore.collect(
      cache, idle: force ? .seconds(-60) : .seconds(24 * 3600), isTrial: dryRun)
    for file in report.files { print(file) }
    print("\(report.files.count) files, \(report.bytes) bytes \(dryRun ? "would go" : "removed")")
  }
}

struct CacheCompact: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compact",
    abstract: "Write all rows that the cache shows into one file a column, in the order of the samples.",
    discussion: """
      Rows of pictures that are no longer among the samples are left out. What was there before goes with the
      next `permafrost cache gc`.

      Example:
        permafrost cache compact --cache photos.cache
      """)

  @Option(help: "The cache's folder.")
  var cache: String

  func run() throws {
    let report = try FeatureStore.compact(cache)
    print("\(report.rows) rows kept, \(report.droppedRows) dropped")
  }
}
