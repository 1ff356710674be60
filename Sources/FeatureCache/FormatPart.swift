import Tensors

/// The parts of the format that are parsed, one by one, for tests that hand them hostile bytes.
package enum FormatPart: String, CaseIterable, Sendable {
  case config, manifest, plan, shard, index, table, journal

  /// Reads all that a reader of the cache would.
  ///
  /// - Parameter record: for an index, the record of its shard.
  package func read(_ bytes: [UInt8], record shard: [UInt8] = []) throws(FeatureCacheError) {
    let path = rawValue
    switch self {
    case .config: _ = try CacheIdentity(Record(bytes, path: path), path: path)
    case .manifest: _ = try Manifest(Record(bytes, path: path), path: path, number: 1)
    case .plan: _ = try PlanRecord(Record(bytes, path: path), path: path, generation: 1)
    case .shard:
      let record = try Self.shardRecord(bytes, path)
      for file in record.columns.map(\.file) + [record.index] {
        for block in 0..<min(file.data.count, 1000) { _ = file.data[block] }
      }
    case .index:
      let index = try ShardIndex(Self.tables(bytes, path), Self.shardRecord(shard, path))
      for content in index.sampleContents.elements where content >= 0 { _ = index.digests[Int(content)].text }
    case .table:
      for sample in try SampleTable(Self.tables(bytes, path)) { _ = sample.path.utf8.count }
    case .journal:
      let lines = JournalLine.whole(in: bytes)
      guard let header = lines.first.flatMap({ Journal.Header($0) }) else { return }
      for line in lines.dropFirst() {
        _ = JournalEntry(line, columnCount: header.columns.count, storage: .float32)
      }
    }
  }

  private static func shardRecord(_ bytes: [UInt8], _ path: String) throws(FeatureCacheError) -> ShardRecord {
    try ShardRecord(
      Record(bytes, path: path), path: path, name: ShardName(generation: 1, shard: 0, shards: 1))
  }

  private static func tables(_ bytes: [UInt8], _ path: String) throws(FeatureCacheError) -> SafetensorsFile {
    do throws(TensorsError) {
      return try SafetensorsFile(FileBytes(copying: bytes, name: path))
    } catch {
      throw FeatureCacheError(.damaged, error.message)
    }
  }

  /// The SHA-256 of some bytes, in hexadecimal, for tests that forge records.
  package static func digest(of bytes: [UInt8]) -> String { Digest(of: bytes).text }

  /// The CRC-32C of some bytes, in hexadecimal, for tests that forge journals.
  package static func checksum(of bytes: [UInt8]) -> String { Checksum.text(Checksum.crc32c(bytes)) }
}
