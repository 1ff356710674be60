import Tensors

/// The state of one run: samples come in, in order; what the cache lacks is extracted in batches and written.
struct PrecomputeRun<Extractor: FeatureExtractor> {
  let task: PrecomputeTask
  private let extractor: Extractor
  let root: CacheRoot
  private let settings: PrecomputeSettings
  private let identity: CacheContents.Identity
  private let known: KnownContents
  private var journalled: JournalledRows
  var writer: ShardWriter?

  /// Distinct contents so far, their numbers, and the content of each sample (-1: unreadable).
  private(set) var digests: [Digest] = []
  private var numbers: [Digest: Int] = [:]
  private(set) var sampleContents: [Int64] = []
  /// Why contents and unreadable samples have no features.
  private var failedContents: [Int: PictureFailure] = [:]
  private(set) var unreadable: [Int: PictureFailure] = [:]

  /// A picture whose rows will be written next: rows stand in the order of contents.
  private struct Pending {
    var key: String
    var content: Int
    /// The columns that lack it.
    var missing: [Int]
    /// What waits for the extractor; `nil` where another attempt has the rows.
    var picture: EncodedPicture?
    var stored: [Result<StoredRow, PictureFailure>] = []
  }

  private var pending: [Pending] = []
  private var waiting = 0
  private var computed = 0
  private var extractionTime = Duration.zero

  var columns: [String] { extractor.outputs.map(\.column) }

  init(
    _ task: PrecomputeTask, _ extractor: Extractor, _ root: CacheRoot, _ settings: PrecomputeSettings
  ) throws(FeatureCacheError) {
    try Self.check(extractor.outputs)
    self.task = task
    self.extractor = extractor
    self.root = root
    self.settings = settings
    let wanted: CacheIdentity
    do throws(ExtractionError) {
      wanted = CacheIdentity(extractor: try extractor.identity(), storage: settings.storage)
    } catch {
      throw FeatureCacheError(.extraction, error.message)
    }
    try root.files.makeDurableFolders(root.path)
    identity = try root.claim(for: wanted)
    let contents = try root.read()
    try contents.require(extractor.outputs)
    known = try KnownContents(contents, columns: extractor.outputs.map(\.column))
    journalled = JournalledRows(in: root, identity, work: task.work, columns: extractor.outputs)
  }

  private static func check(_ outputs: [OutputDescription]) throws(FeatureCacheError) {
    guard !outputs.isEmpty, Set(outputs.map(\.column)).count == outputs.count else {
      throw FeatureCacheError(.invalidArgument, "an extractor needs at least one column, each named once")
    }
    for output in outputs
    where output.dimension < 1 || output.column.isEmpty || output.column.utf8.count > 160 {
      throw FeatureCacheError(
        .invalidArgument, "column \"\(output.column)\" of dimension \(output.dimension) cannot be stored")
    }
  }

  /// Takes the next sample's file.
  mutating func take(_ outcome: Result<PictureReader.Picture, PictureFailure>) async throws(FeatureCacheError)
  {
    let sample = sampleContents.count
    switch outcome {
    case .failure(let failure):
      sampleContents.append(-1)
      unreadable[sample] = failure
      try stopIfAsked(task.samples[sample].key, failure)
    case .success(let picture):
      if let content = numbers[picture.digest] {
        sampleContents.append(Int64(content))
        return
      }
      let content = digests.count
      digests.append(picture.digest)
      numbers[picture.digest] = content
      sampleContents.append(Int64(content))
      if let failure = known.failure(picture.digest) {
        failedContents[content] = failure
        try stopIfAsked(picture.key, failure)
      }
      let missing = known.missing(picture.digest)
      guard !missing.isEmpty else { return }
      try enqueue(picture, content, missing)
      if waiting == settings.batch || pending.count >= 4 * settings.batch { try await flush() }
    }
  }

  private mutating func enqueue(
    _ picture: PictureReader.Picture, _ content: Int, _ missing: [Int]
  ) throws(FeatureCacheError) {
    var next = Pending(key: picture.key, content: content, missing: missing)
    if let failure = journalled.failure(picture.digest) {
      next.stored = [.failure(failure)]
    } else if let stored = try journalled.results(picture.digest, in: missing) {
      next.stored = stored
    } else {
      next.picture = EncodedPicture(key: picture.key, bytes: picture.bytes)
      waiting += 1
    }
    pending.append(next)
  }

  /// Extracts and writes the pictures that wait.
  mutating func flush() async throws(FeatureCacheError) {
    guard !pending.isEmpty else { return }
    let taken = pending
    (pending, waiting) = ([], 0)
    var results = try await extract(taken.compactMap(\.picture))[...]
    for picture in taken {
      if picture.picture == nil {
        try keep(picture)
      } else if let result = results.popFirst() {
        try store(result, of: picture)
      }
    }
    try writer?.checkpointIfDue(digests)
  }

  private mutating func extract(
    _ pictures: [EncodedPicture]
  ) async throws(FeatureCacheError) -> [Result<[FeatureRow], PictureFailure>] {
    guard !pictures.isEmpty else { return [] }
    let start = ContinuousClock.now
    defer { extractionTime += .now - start }
    let results: [Result<[FeatureRow], PictureFailure>]
    do throws(ExtractionError) {
      results = try await extractor.extract(pictures)
    } catch {
      throw FeatureCacheError(error.code == .cancelled ? .cancelled : .extraction, error.message)
    }
    guard results.count == pictures.count else {
      throw FeatureCacheError(
        .extraction, "the extractor gave \(results.count) results for \(pictures.count) pictures")
    }
    return results
  }

  private mutating func store(
    _ result: Result<[FeatureRow], PictureFailure>, of picture: Pending
  ) throws(FeatureCacheError) {
    try openWriter()
    let content = picture.content
    switch result {
    case .failure(let failure):
      writer?.fail(content: content, failure)
      failedContents[content] = failure
    case .success(let rows):
      guard rows.count == columns.count, zip(rows, extractor.outputs).allSatisfy({ $0.count == $1.dimension })
      else {
        throw FeatureCacheError(.extraction, "the extractor's rows of \(picture.key) do not fit its columns")
      }
      for column in picture.missing {
        if let failure = try writer?.append(rows[column], column: column, content: content) {
          failedContents[content] = failure
        }
      }
      if failedContents[content] == nil { computed += 1 }
    }
    if let failure = failedContents[content] { try stopIfAsked(picture.key, failure) }
  }

  /// Takes over what another attempt had of a picture.
  private mutating func keep(_ picture: Pending) throws(FeatureCacheError) {
    try openWriter()
    for (column, result) in zip(picture.missing, picture.stored) {
      switch result {
      case .success(let row): try writer?.append(stored: row, column: column, content: picture.content)
      case .failure(let failure):
        failedContents[picture.content] = failure
        // A failure in every column comes alone.
        if journalled.failure(digests[picture.content]) != nil {
          writer?.fail(content: picture.content, failure)
        } else {
          writer?.fail(content: picture.content, column: column, failure)
        }
      }
    }
    if let failure = failedContents[picture.content] { try stopIfAsked(picture.key, failure) }
  }

  mutating func openWriter() throws(FeatureCacheError) {
    guard writer == nil else { return }
    writer = try ShardWriter(
      root: root, identity: identity, work: task.work, outputs: extractor.outputs, journal: settings.journal)
  }

  private func stopIfAsked(_ key: String, _ failure: PictureFailure) throws(FeatureCacheError) {
    if settings.onFailure == .stop { throw FeatureCacheError(.pictureFailed, "\(key): \(failure.reason)") }
  }

  /// Ends a run that does not end well: what it has computed waits in its journal for another.
  mutating func abandon() {
    try? writer?.checkpoint(digests)
    if writer?.isWorthKeeping == false { writer?.removeFolder() }
    writer = nil
  }

  /// Removes what nobody needs any more, once all of it is published.
  mutating func cleanUp() {
    writer?.removeFolder()
    writer = nil
    journalled.removeDead(root.files)
  }

  var progress: PrecomputeProgress {
    PrecomputeProgress(
      done: sampleContents.count - pending.count, total: task.samples.count, computed: computed,
      failed: failedContents.count + unreadable.count)
  }

  var report: PrecomputeReport {
    var failures: [FailedSample] = []
    for (sample, content) in sampleContents.enumerated() {
      if let failure = content < 0 ? unreadable[sample] : failedContents[Int(content)] {
        failures.append(FailedSample(key: task.samples[sample].key, failure: failure))
      }
    }
    let rows = sampleContents.count - failures.count
    return PrecomputeReport(
      rows: rows, computed: computed, reused: rows - computed, failures: failures, seconds: 0,
      extractionSeconds: extractionTime / .seconds(1))
  }
}
