import ArgumentParser
import FeatureCache

struct PlanShards: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Fix the order of the pictures and the number of shards, for many workers.",
    discussion: """
      Afterwards `extract` needs no --images.

      Example:
        permafrost plan --images photos --cache photos.cache --shards 1
      """)

  @OptionGroup var images: ImageOptions

  @Option(help: "The cache's folder.")
  var cache: String

  @Option(help: "How many parts; more than one is reserved.")
  var shards = 1

  @Flag(help: "No summary.")
  var quiet = false

  func run() throws {
    guard shards >= 1 else { throw CommandError.arguments("--shards \(shards) is not at least 1") }
    if shards > 1 { throw CommandError.reserved("--shards with more than one shard") }
    let dataSet = try images.load()
    try FeatureStore.plan(dataSet, in: cache, shards: shards)
    if !quiet { print("\(dataSet.samples.count) pictures in \(shards) shard planned in \(cache)") }
  }
}
