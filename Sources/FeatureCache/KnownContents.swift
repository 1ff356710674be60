import Tensors

/// Which contents have features in which columns already, and which have failed: what a run need not compute.
struct KnownContents: Sendable {
  private var numbers: [Digest: Int] = [:]
  /// For each wanted column, the numbers of the contents that have a row in it.
  private var present: [Set<Int>]
  /// Failures in one wanted column, and failures in all.
  private var failures: [Subject: PictureFailure] = [:]
  private let columns: [String]

  private struct Subject: Hashable {
    var digest: Digest
    /// A wanted column; `nil`: all.
    var column: Int?
  }

  init(_ contents: CacheContents, columns: [String]) throws(FeatureCacheError) {
    self.columns = columns
    present = Array(repeating: [], count: columns.count)
    for shard in contents.shards { try add(shard) }
  }

  private mutating func add(_ shard: Shard) throws(FeatureCacheError) {
    let index = try shard.index
    let digests = index.digests
    for (column, rows) in zip(shard.record.columns, index.rowContents) {
      guard let wanted = columns.firstIndex(of: column.name) else { continue }
      for content in rows.elements {
        let digest = digests[Int(content)]
        let number = numbers[digest] ?? numbers.count
        numbers[digest] = number
        present[wanted].insert(number)
      }
    }
    for failure in index.failures {
      guard case .content(let content, let column) = failure.subject else { continue }
      guard let column else {
        failures[Subject(digest: digests[content], column: nil)] = failure.failure
        continue
      }
      guard let wanted = columns.firstIndex(of: shard.record.columns[column].name) else { continue }
      failures[Subject(digest: digests[content], column: wanted)] = failure.failure
    }
  }

  /// The wanted columns that still lack a content, by their places.
  func missing(_ digest: Digest) -> [Int] {
    if failures[Subject(digest: digest, column: nil)] != nil { return [] }
    let number = numbers[digest]
    return columns.indices.filter { column in
      (number.map { !present[column].contains($0) } ?? true)
        && failures[Subject(digest: digest, column: column)] == nil
    }
  }

  /// Why a content has no features in some wanted column.
  func failure(_ digest: Digest) -> PictureFailure? {
    guard !failures.isEmpty else { return nil }
    if let failure = failures[Subject(digest: digest, column: nil)] { return failure }
    for column in columns.indices {
      if let failure = failures[Subject(digest: digest, column: column)] { return failure }
    }
    return nil
  }
}
