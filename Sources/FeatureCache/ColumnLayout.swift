import Tensors

/// Where the rows of one column are: the shards that hold them, back to back, and the row of each sample.
struct ColumnLayout {
  /// A shard that holds the column, and the column's place in its record.
  struct Place {
    var shard: Shard
    var column: Int
  }

  private(set) var blocks: [Place] = []
  /// For each sample of the current run its row, counted over all blocks; `nil` where it has none. No array:
  /// the rows are those of the samples, one each.
  private(set) var rowOfSample: [Int?]?

  init(_ column: String, _ contents: CacheContents, _ current: Generation) throws(FeatureCacheError) {
    var firstRows: [ShardName: Int] = [:]
    var rowCount = 0
    for shard in contents.shards {
      guard let place = shard.record.columns.firstIndex(where: { $0.name == column }) else { continue }
      blocks.append(Place(shard: shard, column: place))
      firstRows[shard.record.name] = rowCount
      rowCount += shard.record.columns[place].rowCount
    }
    let isPlain = current.shards.allSatisfy { shard in
      firstRows[shard.record.name] != nil
        && shard.record.columns.firstIndex { $0.name == column }.map(shard.isPlain) ?? false
    }
    if isPlain && rowCount == current.sampleCount { return }
    var rowOfSample: [Int?] = []
    defer { self.rowOfSample = rowOfSample }
    // Most samples have their row in their own shard, where no digest need be looked up.
    var elsewhere: [(sample: Int, digest: Digest)] = []
    var sample = 0
    for shard in current.shards {
      let index = try shard.index
      var rowOfContent = [Int?](repeating: nil, count: shard.record.contentCount)
      if let first = firstRows[shard.record.name],
        let place = shard.record.columns.firstIndex(where: { $0.name == column })
      {
        for (row, content) in index.rowContents[place].elements.enumerated() {
          rowOfContent[Int(content)] = first + row
        }
      }
      for content in index.sampleContents.elements {
        let row = content < 0 ? nil : rowOfContent[Int(content)]
        rowOfSample.append(row)
        if row == nil, content >= 0 { elsewhere.append((sample, index.digests[Int(content)])) }
        sample += 1
      }
    }
    guard !elsewhere.isEmpty else { return }
    let rows = try rowOfDigest(Set(elsewhere.map(\.digest)), firstRows)
    for (sample, digest) in elsewhere { rowOfSample[sample] = rows[digest] }
  }

  /// The row of each of these contents; the oldest where there are several, which have the same bits.
  private func rowOfDigest(
    _ wanted: Set<Digest>, _ firstRows: [ShardName: Int]
  ) throws(FeatureCacheError) -> [Digest: Int] {
    var rows: [Digest: Int] = [:]
    for block in blocks {
      guard let first = firstRows[block.shard.record.name] else { continue }
      let index = try block.shard.index
      for (row, content) in index.rowContents[block.column].elements.enumerated() {
        let digest = index.digests[Int(content)]
        if wanted.contains(digest), rows[digest] == nil { rows[digest] = first + row }
      }
    }
    return rows
  }
}
