import Tensors

/// The finished files of an attempt, which wait in `wip/<attempt>/` for a commit record that names them.
struct SealedShard {
  var attempt: String
  /// Where the files are.
  var folder: String
  /// Digest of `config.json`.
  var cache: String
  var storage: ElementType
  var sampleCount: Int
  var contentCount: Int
  /// The columns, each with the name of its file in `folder`.
  var columns: [(source: String, column: ShardRecord.Column)]
  var index: DataFile

  static let indexName = "index"

  /// Gives the files their names in the root, then publishes the record that names them.
  ///
  /// - Returns: `false` where another attempt has published this shard; the root is then as before.
  func publish(as shard: ShardName, of plan: PlanRecord, in root: CacheRoot) throws(FeatureCacheError) -> Bool
  {
    let files = root.files
    var record = ShardRecord(
      name: shard, attempt: attempt, cache: cache, plan: plan.digest, sampleCount: sampleCount,
      contentCount: contentCount, storage: storage, columns: columns.map(\.column), index: index)
    record.index.name = "\(shard)-\(attempt).safetensors"
    var names = [(Self.indexName, record.index.name)]
    for (place, entry) in columns.enumerated() {
      let name = "\(shard)-\(attempt).\(Path.encoded(entry.column.name)).safetensors"
      record.columns[place].file.name = name
      names.append((entry.source, name))
    }
    let recordPath = Path.join(folder, shard.recordName)
    try files.write(Record.bytes(record.members), to: recordPath)
    for (source, name) in names {
      guard try files.publish(Path.join(folder, source), as: root.file(name)) else {
        throw FeatureCacheError(.io, "\(root.file(name)) exists although its name is unique")
      }
    }
    try files.syncFolder(root.path)
    guard try files.publish(recordPath, as: root.file(shard.recordName)) else {
      for (_, name) in names { try? files.operations.remove(root.file(name)) }
      return false
    }
    try files.syncFolder(root.path)
    return true
  }
}
