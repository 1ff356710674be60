import Tensors

/// The state of one run: samples come in, in order; what the cache lacks is extracted in batches and written.
struct PrecomputeRun<Extractor: FeatureExtractor> {
  private let dataSet: DataSet
  private let extractor: Extractor
  private let root: CacheRoot
  private let batch: Int
  private let onFailure: FailurePolicy
  private let identity: CacheContents.Identity
  private let known: KnownContents
  private var writer: ShardWriter?

  /// Distinct contents so far, their numbers, and the content of each sample (-1: unreadable).
  private var digests: [Digest] = []
  private var numbers: [Digest: Int] = [:]
  private var sampleContents: [Int64] = []
  /// Why contents and unreadable samples have no features.
  private var failedContents: [Int: PictureFailure] = [:]
  private var unreadable: [Int: PictureFailure] = [:]

  /// Pictures that wait for the extractor, with the columns that lack them.
  private var pending: [(picture: EncodedPicture, content: Int, missing: [Int])] = []
  private var computed = 0

  private var columns: [String] { extractor.outputs.map(\.column) }

  init(
    _ dataSet: DataSet, _ extractor: Extractor, _ root: CacheRoot, storage: StorageType, batch: Int,
    onFailure: FailurePolicy
  ) throws(FeatureCacheError) {
    try Self.check(extractor.outputs)
    self.dataSet = dataSet
    self.extractor = extractor
    self.root = root
    self.batch = batch
    self.onFailure = onFailure
    let wanted: CacheIdentity
    do throws(ExtractionError) {
      wanted = CacheIdentity(extractor: try extractor.identity(), storage: storage)
    } catch {
      throw FeatureCacheError(.extraction, error.message)
    }
    try root.files.makeFolders(root.path)
    identity = try root.claim(for: wanted)
    let contents = try root.read()
    try contents.require(extractor.outputs)
    known = KnownContents(contents, columns: extractor.outputs.map(\.column))
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
      try stopIfAsked(dataSet.samples[sample].key, failure)
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
      pending.append((EncodedPicture(key: picture.key, bytes: picture.bytes), content, missing))
      if pending.count == batch { try await flush() }
    }
  }

  /// Extracts and writes the pictures that wait.
  mutating func flush() async throws(FeatureCacheError) {
    guard !pending.isEmpty else { return }
    let pictures = pending
    pending = []
    let results: [Result<[FeatureRow], PictureFailure>]
    do throws(ExtractionError) {
      results = try await extractor.extract(pictures.map(\.picture))
    } catch {
      throw FeatureCacheError(error.code == .cancelled ? .cancelled : .extraction, error.message)
    }
    guard results.count == pictures.count else {
      throw FeatureCacheError(
        .extraction, "the extractor gave \(results.count) results for \(pictures.count) pictures")
    }
    for (picture, result) in zip(pictures, results) {
      try store(result, of: picture.content, key: picture.picture.key, in: picture.missing)
    }
  }

  private mutating func store(
    _ result: Result<[FeatureRow], PictureFailure>, of content: Int, key: String, in missing: [Int]
  ) throws(FeatureCacheError) {
    var writer = try openWriter()
    defer { self.writer = writer }
    switch result {
    case .failure(let failure):
      writer.fail(content: content, failure)
      failedContents[content] = failure
    case .success(let rows):
      guard rows.count == columns.count, zip(rows, extractor.outputs).allSatisfy({ $0.count == $1.dimension })
      else {
        throw FeatureCacheError(.extraction, "the extractor's rows of \(key) do not fit its columns")
      }
      for column in missing {
        if let failure = try writer.append(rows[column], column: column, content: content) {
          failedContents[content] = failure
        }
      }
      if failedContents[content] == nil { computed += 1 }
    }
    if let failure = failedContents[content] { try stopIfAsked(key, failure) }
  }

  private func openWriter() throws(FeatureCacheError) -> ShardWriter {
    if let writer { return writer }
    return try ShardWriter(root: root, identity: identity, outputs: extractor.outputs)
  }

  private func stopIfAsked(_ key: String, _ failure: PictureFailure) throws(FeatureCacheError) {
    if onFailure == .stop { throw FeatureCacheError(.pictureFailed, "\(key): \(failure.reason)") }
  }

  /// Publishes what was computed, unless the cache shows all of it already.
  mutating func commit() throws(FeatureCacheError) {
    if !sampleContents.isEmpty, digests.isEmpty, let failure = unreadable[0] {
      throw FeatureCacheError(.io, "none of the \(sampleContents.count) files can be read: \(failure.reason)")
    }
    var contents = try root.read()
    guard try !isCovered(by: contents) else {
      writer?.removeFolder()
      return
    }
    var writer = try openWriter()
    for (sample, failure) in unreadable.sorted(by: { $0.key < $1.key }) {
      writer.fail(sample: sample, failure)
    }
    self.writer = writer
    let sealed = try writer.seal(sampleContents: sampleContents, digests: digests)
    while true {
      if let plan = try root.plan(for: dataSet, in: contents), try sealed.publish(in: root, by: plan) {
        break
      }
      // Another run has published meanwhile: the same thing, or something that comes before ours.
      contents = try root.read()
      if try isCovered(by: contents) { break }
    }
    writer.removeFolder()
  }

  /// Whether the cache shows these samples with these contents, and every feature that was asked for.
  private func isCovered(by contents: CacheContents) throws(FeatureCacheError) -> Bool {
    guard let current = contents.current, try root.table(current.plan).isEqual(to: dataSet) else {
      return false
    }
    var isSame = true
    current.forEachSample { sample, shard, content in
      let mine = sampleContents[sample]
      let digest = mine < 0 ? nil : digests[Int(mine)]
      isSame = isSame && content.map { shard.index.digests[$0] } == digest
    }
    guard isSame else { return false }
    let known = KnownContents(contents, columns: columns)
    return digests.allSatisfy { known.missing($0).isEmpty }
  }

  /// Removes what a run that does not end well has written.
  func abandon() { writer?.removeFolder() }

  var progress: PrecomputeProgress {
    PrecomputeProgress(
      done: sampleContents.count - pending.count, total: dataSet.samples.count, computed: computed,
      failed: failedContents.count + unreadable.count)
  }

  var report: PrecomputeReport {
    var failures: [FailedSample] = []
    for (sample, content) in sampleContents.enumerated() {
      if let failure = content < 0 ? unreadable[sample] : failedContents[Int(content)] {
        failures.append(FailedSample(key: dataSet.samples[sample].key, failure: failure))
      }
    }
    let rows = sampleContents.count - failures.count
    return PrecomputeReport(
      rows: rows, computed: computed, reused: rows - computed, failures: failures, seconds: 0)
  }
}
