import Tensors

/// The record of a generation's plan: its samples in order, and into how many shards they are cut.
struct PlanRecord: Sendable {
  var generation: Int
  var shards: Int
  /// The file with the sample table; several generations may share one.
  var table: DataFile
  /// The record's own digest, by which commit records refer to it.
  var digest: String

  /// More than any engine hands out; keeps sums of products of counts far from overflow.
  static let largestShardCount = 1_000_000

  static func name(_ generation: Int) -> String { "plan-\(generation).json" }

  /// The generation whose plan record has this name.
  static func generation(ofName name: String) -> Int? {
    guard name.hasPrefix("plan-"), name.hasSuffix(".json"),
      let generation = Int(name.dropFirst(5).dropLast(5)), generation > 0, self.name(generation) == name
    else { return nil }
    return generation
  }

  static func members(generation: Int, shards: Int, table: DataFile) -> [JSONMember] {
    [
      JSONMember("format", .integer(CacheFormat.version)),
      JSONMember("generation", .integer(generation)), JSONMember("shards", .integer(shards)),
      JSONMember("table", .object(table.members)),
      JSONMember("block_bytes", .integer(CacheFormat.blockBytes)),
    ]
  }

  init(_ record: Record, path: String, generation: Int) throws(FeatureCacheError) {
    guard record.value["generation"]?.integer == generation, let shards = record.value["shards"]?.integer,
      shards > 0, shards <= Self.largestShardCount, let table = record.value["table"],
      record.value["block_bytes"]?.integer == CacheFormat.blockBytes
    else { throw FeatureCacheError(.damaged, "\(path) lacks a member of a plan record") }
    self.generation = generation
    self.shards = shards
    self.table = try DataFile(table, in: path)
    digest = record.digest
  }
}
