public import Tensors

/// The rows of one column.
public struct ColumnRows: Sendable {
  /// One row a sample that has features, in sample order.
  public let matrix: FeatureMatrix
  /// The sample of each row: an index into the store's samples. Ascending.
  public let samples: [Int]

  /// The rows of those samples for which `isWanted` holds: of one split or class, say. Nothing is copied.
  ///
  ///     try rows.selecting { table.split($0) == .train }
  public func selecting(_ isWanted: (_ sample: Int) throws -> Bool) rethrows -> ColumnRows {
    let rows = try samples.indices.filter { try isWanted(samples[$0]) }
    return ColumnRows(matrix: matrix.selecting(rows), samples: rows.map { samples[$0] })
  }
}

extension FeatureStore {
  /// The features of one column over mapped files, in sample order; samples that failed have no row.
  ///
  /// - Throws: as `rows(of:)`.
  public func matrix(_ column: String) throws(FeatureCacheError) -> FeatureMatrix {
    try stored(column).matrix
  }

  /// The same, with the sample of each row.
  ///
  /// - Throws: `.unknownColumn`, `.incomplete` where pictures that have not failed lack features because the
  ///   column was last computed before they were added, `.damaged`, `.io`.
  public func rows(of column: String) throws(FeatureCacheError) -> ColumnRows {
    let (matrix, samples) = try stored(column)
    return ColumnRows(matrix: matrix, samples: samples ?? Array(0..<sampleCount))
  }

  /// No samples: one row each, in their order.
  private func stored(
    _ column: String
  ) throws(FeatureCacheError) -> (matrix: FeatureMatrix, samples: [Int]?) {
    guard let description = columns.first(where: { $0.column == column }) else {
      let names = columns.map(\.column).joined(separator: ", ")
      throw FeatureCacheError(.unknownColumn, "\(root) has no column \(column), only \(names)")
    }
    let layout = try ColumnLayout(column, contents, current)
    let blocks = try layout.blocks.map { place throws(FeatureCacheError) -> any RowStorage in
      try storage(place)
    }
    let all: FeatureMatrix
    do throws(TensorsError) {
      all = try FeatureMatrix(
        blocks: blocks, dimension: description.dimension, elementType: identity.storage.elementType)
    } catch {
      throw FeatureCacheError(.damaged, error.message)
    }
    guard let rowOfSample = layout.rowOfSample else { return (all, nil) }
    let failed = try failedSamples()
    var samples: [Int] = []
    var stored: [Int] = []
    var lacking: [Int] = []
    for (sample, row) in rowOfSample.enumerated() {
      if let row {
        samples.append(sample)
        stored.append(row)
      } else if failed[sample]?.contains(where: { $0.column == nil || $0.column == column }) != true {
        lacking.append(sample)
      }
    }
    if let first = lacking.first {
      throw FeatureCacheError(
        .incomplete,
        "column \(column) lacks \(lacking.count) of \(sampleCount) pictures, "
          + "\(try self.samples.key(first)) first: extract it again")
    }
    let isInOrder = stored.count == all.rowCount && stored.elementsEqual(0..<all.rowCount)
    return (isInOrder ? all : all.selecting(stored), samples)
  }

  private func storage(_ place: ColumnLayout.Place) throws(FeatureCacheError) -> any RowStorage {
    let record = place.shard.record
    let scales = record.storage == .int8 ? try place.shard.index.scales[place.column] : nil
    let column = record.columns[place.column]
    return switch place.shard.columns[place.column] {
    case .mapped(let bytes): try MappedRows(column, bytes, record.storage, scales: scales, checking)
    case .direct(let file): try DirectRows(column, file, record.storage, scales: scales, checking)
    }
  }

  /// The samples without features in some column, in order, and why.
  ///
  /// - Throws: `.damaged`, `.io`.
  public var failures: [FailedSample] {
    get throws(FeatureCacheError) {
      let failed = try failedSamples().sorted { $0.key < $1.key }
      let samples = try samples
      return failed.compactMap { sample, failures in
        failures.first.map { FailedSample(key: samples.key(sample), failure: $0.failure) }
      }
    }
  }

  /// By sample: in which column (`nil`: in all) it failed, and why.
  func failedSamples() throws(FeatureCacheError) -> [Int: [(column: String?, failure: PictureFailure)]] {
    var ofContent: [Digest: [(column: String?, failure: PictureFailure)]] = [:]
    for shard in contents.shards {
      let index = try shard.index
      for failure in index.failures {
        guard case .content(let content, let column) = failure.subject else { continue }
        let name = column.map { shard.record.columns[$0].name }
        ofContent[index.digests[content], default: []].append((name, failure.failure))
      }
    }
    var unreadable: [Int: PictureFailure] = [:]
    var first = 0
    for shard in current.shards {
      for failure in try shard.index.failures {
        if case .sample(let sample) = failure.subject { unreadable[first + sample] = failure.failure }
      }
      first += shard.record.sampleCount
    }
    var failed: [Int: [(column: String?, failure: PictureFailure)]] = [:]
    for (sample, failure) in unreadable { failed[sample] = [(nil, failure)] }
    guard !ofContent.isEmpty else { return failed }
    try current.forEachSample { sample, index, content in
      if let content, let failures = ofContent[index.digests[content]] { failed[sample] = failures }
    }
    return failed
  }
}
