import ArgumentParser
import FeatureCache

struct PlanShards: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Fix the order of the pictures and the number of shards, for many workers.",
    discussion: """
      Afterwards `extract` needs no --images, and workers can each take a part with --shard i/n.

      Example:
        permafrost plan --images photos --cache photos.cache --shards 8
      """)

  @OptionGroup var images: ImageOptions

  @Option(help: "The cache's folder.")
  var cache: String

  @Option(help: "How many parts.")
  var shards = 1

  @Flag(help: "No summary.")
  var quiet = false

  func run() throws {
    guard shards >= 1 else { throw CommandError.arguments("--shards \(shards) is not at least 1") }
    let dataSet = try images.load()
    try FeatureStore.plan(dataSet, in: cache, shards: shards)
    if !quiet {
      print(
        "\(dataSet.samples.count) pictures in \(shards) shard\(shards == 1 ? "" : "s") planned in \(cache)")
    }
  }
}
