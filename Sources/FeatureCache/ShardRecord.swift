import Tensors

/// The commit record of a shard: what was computed for one contiguous part of a generation's samples, and the
/// files that hold it. A shard exists once its record does.
struct ShardRecord: Sendable {
  /// One column of a shard: a safetensors file with the tensor `features`.
  struct Column: Hashable, Sendable {
    var name: String
    var dimension: Int
    var rowCount: Int
    var file: DataFile
  }

  var generation: Int
  var shard: Int
  var shards: Int
  var attempt: String
  /// Digest of `config.json`.
  var cache: String
  /// Digest of the generation's plan record.
  var plan: String
  var sampleCount: Int
  var contentCount: Int
  var storage: ElementType
  var columns: [Column]
  var index: DataFile

  var name: ShardName { ShardName(generation: generation, shard: shard, shards: shards) }

  var members: [JSONMember] {
    let columns = columns.map { column in
      JSONValue.object(
        column.file.members + [
          JSONMember("name", .string(column.name)), JSONMember("dimension", .integer(column.dimension)),
          JSONMember("rows", .integer(column.rowCount)),
        ])
    }
    return [
      JSONMember("format", .integer(CacheFormat.version)),
      JSONMember("generation", .integer(generation)),
      JSONMember("shard", .integer(shard)), JSONMember("shards", .integer(shards)),
      JSONMember("attempt", .string(attempt)),
      JSONMember("cache", .string(cache)), JSONMember("plan", .string(plan)),
      JSONMember("samples", .integer(sampleCount)), JSONMember("contents", .integer(contentCount)),
      JSONMember("dtype", .string(storage.rawValue)),
      JSONMember("columns", .array(columns)),
      JSONMember("index", .object(index.members)),
      JSONMember("block_bytes", .integer(CacheFormat.blockBytes)),
    ]
  }

  /// - Throws: `.damaged` where a member is missing or contradicts another.
  init(_ record: Record, path: String, name: ShardName) throws(FeatureCacheError) {
    func fail(_ what: String) -> FeatureCacheError { FeatureCacheError(.damaged, "\(path) \(what)") }
    let value = record.value
    guard let generation = value["generation"]?.integer, let shard = value["shard"]?.integer,
      let shards = value["shards"]?.integer, let attempt = value["attempt"]?.string,
      let cache = value["cache"]?.string, let plan = value["plan"]?.string,
      let sampleCount = value["samples"]?.integer, let contentCount = value["contents"]?.integer,
      let storage = value["dtype"]?.string.flatMap(ElementType.init(rawValue:)),
      let columns = value["columns"]?.array, let index = value["index"],
      sampleCount >= 0, contentCount >= 0, contentCount <= sampleCount,
      value["block_bytes"]?.integer == CacheFormat.blockBytes
    else { throw fail("lacks a member of a commit record") }
    guard ShardName(generation: generation, shard: shard, shards: shards) == name else {
      throw fail("is the record of another shard")
    }
    self.generation = generation
    self.shard = shard
    self.shards = shards
    self.attempt = attempt
    self.cache = cache
    self.plan = plan
    self.sampleCount = sampleCount
    self.contentCount = contentCount
    self.storage = storage
    self.index = try DataFile(index, in: path)
    self.columns = []
    for column in columns {
      let file = try DataFile(column, in: path)
      guard let name = column["name"]?.string, let dimension = column["dimension"]?.integer,
        let rowCount = column["rows"]?.integer, dimension > 0, rowCount >= 0, rowCount <= contentCount,
        let size = elementCount(of: [rowCount, dimension, storage.byteCount]),
        file.data.range.count == size, file.data.range.lowerBound == CacheFormat.rowsOffset
      else { throw fail("describes column file \(file.name) by sizes that contradict each other") }
      self.columns.append(Column(name: name, dimension: dimension, rowCount: rowCount, file: file))
    }
  }

  init(
    name: ShardName, attempt: String, cache: String, plan: String, sampleCount: Int, contentCount: Int,
    storage: ElementType, columns: [Column], index: DataFile
  ) {
    generation = name.generation
    shard = name.shard
    shards = name.shards
    self.attempt = attempt
    self.cache = cache
    self.plan = plan
    self.sampleCount = sampleCount
    self.contentCount = contentCount
    self.storage = storage
    self.columns = columns
    self.index = index
  }
}

/// `s<generation>-<shard>-of-<shards>`: the start of the names of a shard's files.
struct ShardName: Hashable, Sendable, CustomStringConvertible {
  var generation: Int
  var shard: Int
  var shards: Int

  var description: String { "s\(generation)-\(shard)-of-\(shards)" }
  var recordName: String { "\(self).json" }

  init(generation: Int, shard: Int, shards: Int) {
    self.generation = generation
    self.shard = shard
    self.shards = shards
  }

  /// The shard whose record has this name; `nil` where it is no such name, exactly as this type writes it.
  init?(recordName name: String) {
    guard name.utf8.first == UInt8(ascii: "s") else { return nil }
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[2] == "of", parts[3].hasSuffix(".json"),
      let generation = Int(parts[0].dropFirst()), let shard = Int(parts[1]),
      let shards = Int(parts[3].dropLast(5)), generation > 0, shard >= 0, shard < shards,
      shards <= PlanRecord.largestShardCount
    else { return nil }
    self.init(generation: generation, shard: shard, shards: shards)
    guard recordName == name else { return nil }
  }

  /// The samples of a plan of `count` samples that belong to this shard.
  func samples(of count: Int) -> Range<Int> {
    // shard * count could overflow; the quotient and remainder cannot.
    func start(_ shard: Int) -> Int {
      let (quotient, remainder) = count.quotientAndRemainder(dividingBy: shards)
      return quotient * shard + remainder * shard / shards
    }
    return start(shard)..<start(shard + 1)
  }
}
