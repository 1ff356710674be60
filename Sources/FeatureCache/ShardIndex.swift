import Tensors

/// What one shard knows of its samples: which content each has, which contents it computed, which failed.
struct ShardIndex: Sendable {
  /// For each sample of the shard, in plan order, the content of its file; -1 where it could not be read.
  let sampleContents: StoredArray<Int64>
  /// The distinct contents of these samples.
  let digests: StoredDigests
  /// For each column, in the record's order: the content of each feature row, ascending.
  let rowContents: [StoredArray<UInt64>]
  /// For each column, the scale of each row, where rows are int8.
  let scales: [[Float]?]
  let failures: [Failure]

  /// A failure that this shard's run found.
  struct Failure: Sendable {
    /// What failed: a content, for every column or for one; or a sample whose file could not be read.
    enum Subject: Hashable, Sendable {
      case content(Int, column: Int?)
      case sample(Int)
    }
    var subject: Subject
    var failure: PictureFailure
  }

  init(_ file: SafetensorsFile, _ record: ShardRecord) throws(FeatureCacheError) {
    func fail(_ what: String) -> FeatureCacheError {
      FeatureCacheError(.damaged, "\(file.bytes.name): \(what)")
    }
    let contents = record.contentCount
    sampleContents = try StoredArray(file, "sample_content", .int64)
    digests = try StoredDigests(file, "content_sha256")
    guard sampleContents.count == record.sampleCount, digests.count == contents,
      sampleContents.elements.allSatisfy({ $0 >= -1 && $0 < Int64(contents) })
    else { throw fail("samples and contents do not fit the record") }
    var rowContents: [StoredArray<UInt64>] = []
    var scales: [[Float]?] = []
    for column in record.columns {
      let rows: StoredArray<UInt64> = try StoredArray(file, "rows.\(column.name)", .uint64)
      var previous = -1
      var ascending = rows.count == column.rowCount
      for content in rows.elements {
        ascending = ascending && content < UInt64(contents) && Int(content) > previous
        previous = ascending ? Int(content) : contents
      }
      guard ascending else { throw fail("rows.\(column.name) does not fit the record") }
      rowContents.append(rows)
      scales.append(try Self.scales(file, column, record.storage))
    }
    self.rowContents = rowContents
    self.scales = scales
    failures = try Self.failures(file, record)
  }

  private static func scales(
    _ file: SafetensorsFile, _ column: ShardRecord.Column, _ storage: ElementType
  ) throws(FeatureCacheError) -> [Float]? {
    guard storage == .int8 else { return nil }
    guard let entry = file["scale.\(column.name)"], entry.type == .float32, entry.shape == [column.rowCount],
      let scales = try? file.floats(entry)
    else { throw FeatureCacheError(.damaged, "\(file.bytes.name) has no scales for \(column.name)") }
    return scales
  }

  private static func failures(
    _ file: SafetensorsFile, _ record: ShardRecord
  ) throws(FeatureCacheError) -> [Failure] {
    let subjects: StoredArray<UInt64> = try StoredArray(file, "fail_subject", .uint64)
    let columns: StoredArray<Int32> = try StoredArray(file, "fail_column", .int32)
    let codes: StoredArray<UInt16> = try StoredArray(file, "fail_code", .uint16)
    let reasons = try StoredTexts(file, "fail_reason")
    guard columns.count == subjects.count, codes.count == subjects.count, reasons.count == subjects.count
    else {
      throw FeatureCacheError(.damaged, "\(file.bytes.name): the failure arrays have different lengths")
    }
    var failures: [Failure] = []
    for index in subjects.indices {
      let column = Int(columns[index])
      let limit = column == Self.unreadableSample ? record.sampleCount : record.contentCount
      guard subjects[index] < UInt64(limit), column >= Self.unreadableSample, column < record.columns.count
      else {
        throw FeatureCacheError(.damaged, "\(file.bytes.name): failure \(index) is of nothing in the shard")
      }
      let subject = Int(subjects[index])
      failures.append(
        Failure(
          subject: column == Self.unreadableSample
            ? .sample(subject) : .content(subject, column: column == Self.everyColumn ? nil : column),
          failure: PictureFailure(PictureFailure.Code(rawValue: codes[index]), reasons[index])))
    }
    return failures
  }

  /// Values of `fail_column` that are no column of the record.
  static let everyColumn = -1
  static let unreadableSample = -2
}
