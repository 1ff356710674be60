public import Tensors

/// What a run of `precompute` did.
public struct PrecomputeReport: Hashable, Sendable {
  /// Samples that have features in every column asked for.
  public var rows: Int
  /// Pictures whose features were computed and stored in this run.
  public var computed: Int
  /// Rows that needed no computing: found in the cache, or the same bytes as another sample's.
  public var reused: Int
  /// Samples without features, in order; also those that failed in an earlier run.
  public var failures: [FailedSample]
  /// Wall time.
  public var seconds: Double
  /// How much of it passed in the extractor; the rest is what keeping features costs.
  public var extractionSeconds: Double
}

/// A sample that has no features.
public struct FailedSample: Hashable, Sendable {
  public var key: String
  public var failure: PictureFailure

  /// One lower-case sentence.
  public var reason: String { failure.reason }

  public init(key: String, failure: PictureFailure) {
    self.key = key
    self.failure = failure
  }
}

/// How far a run has come.
public struct PrecomputeProgress: Hashable, Sendable {
  /// Samples dealt with, of `total`.
  public var done: Int
  public var total: Int
  /// Pictures computed so far.
  public var computed: Int
  /// Samples that failed so far.
  public var failed: Int
}

/// What a run does with a picture that has no features.
public enum FailurePolicy: Hashable, Sendable {
  /// Lists it and goes on.
  case record
  /// Stops with `.pictureFailed` at the first one.
  case stop
}

extension FeatureStore {
  /// Computes what the cache in a folder lacks: the features of the data set's pictures in the columns of the
  /// extractor. Afterwards the cache shows exactly the samples of this data set.
  ///
  /// Each file is read once and goes by the SHA-256 of its bytes: a picture whose bytes are in the cache is
  /// never computed again, whatever its name, its label or its date. What is computed is published in one
  /// step at the end; until then, and wherever the run breaks off, the cache stays what it was. A journal
  /// keeps what was computed till then, and the next run goes on from it.
  ///
  /// - Parameters:
  ///   - root: the cache's folder; made where it is missing.
  ///   - storage: how numbers are stored.
  ///   - batch: pictures handed to the extractor at once. About five times as many files are in memory.
  ///   - journal: how often what has been computed is noted down, for a run that goes on from there.
  ///   - progress: called after each batch, from the task that runs this.
  /// - Throws: `.identityMismatch` where the cache belongs to another extractor or stored type, `.io`,
  ///   `.damaged`, `.extraction`, `.pictureFailed`, `.cancelled`.
  @discardableResult
  public static func precompute(
    _ dataSet: DataSet, with extractor: some FeatureExtractor, into root: String,
    storage: StorageType = .float32, batch: Int = 32, onFailure: FailurePolicy = .record,
    journal: JournalInterval = .standard, progress: (@Sendable (PrecomputeProgress) -> Void)? = nil
  ) async throws(FeatureCacheError) -> PrecomputeReport {
    try await precompute(
      dataSet, with: extractor, into: root, storage: storage, batch: batch, onFailure: onFailure,
      journal: journal, operations: POSIXFiles(), progress: progress)
  }

  /// Computes one part of the plan in a folder, so that many workers can share it. Once all parts are there,
  /// the cache shows the samples of the plan.
  ///
  /// A part may be computed twice, at once or again, and breaks nothing: the first to end publishes it, the
  /// others find that it is there. Errors and the other parameters are those of `precompute(_:with:into:)`.
  ///
  /// - Parameters:
  ///   - shard: which part, from 0.
  ///   - count: into how many parts the plan is cut, if the caller knows; another number is an error.
  /// - Throws: also `.noCache` where there is no plan, `.invalidArgument` where it has no such part, and
  ///   `.planChanged` where another plan was made meanwhile.
  @discardableResult
  public static func precompute(
    shard: Int, of count: Int? = nil, with extractor: some FeatureExtractor, into root: String,
    storage: StorageType = .float32, batch: Int = 32, onFailure: FailurePolicy = .record,
    journal: JournalInterval = .standard, progress: (@Sendable (PrecomputeProgress) -> Void)? = nil
  ) async throws(FeatureCacheError) -> PrecomputeReport {
    try await precompute(
      shard: shard, of: count, with: extractor, into: root, storage: storage, batch: batch,
      onFailure: onFailure, journal: journal, operations: POSIXFiles(), progress: progress)
  }

  /// The same on other file operations.
  package static func precompute(
    _ dataSet: DataSet, with extractor: some FeatureExtractor, into root: String, storage: StorageType,
    batch: Int, onFailure: FailurePolicy, journal: JournalInterval = .standard,
    operations: any FileOperations, progress: (@Sendable (PrecomputeProgress) -> Void)? = nil
  ) async throws(FeatureCacheError) -> PrecomputeReport {
    try await precompute(
      PrecomputeTask(dataSet), with: extractor, into: CacheRoot(root, operations),
      PrecomputeSettings(storage: storage, batch: batch, onFailure: onFailure, journal: journal),
      progress: progress)
  }

  package static func precompute(
    shard: Int, of count: Int?, with extractor: some FeatureExtractor, into root: String,
    storage: StorageType, batch: Int, onFailure: FailurePolicy, journal: JournalInterval,
    operations: any FileOperations, progress: (@Sendable (PrecomputeProgress) -> Void)? = nil
  ) async throws(FeatureCacheError) -> PrecomputeReport {
    let root = CacheRoot(root, operations)
    return try await precompute(
      PrecomputeTask(shard: shard, of: count, in: root), with: extractor, into: root,
      PrecomputeSettings(storage: storage, batch: batch, onFailure: onFailure, journal: journal),
      progress: progress)
  }

  private static func precompute(
    _ task: PrecomputeTask, with extractor: some FeatureExtractor, into root: CacheRoot,
    _ settings: PrecomputeSettings, progress: (@Sendable (PrecomputeProgress) -> Void)?
  ) async throws(FeatureCacheError) -> PrecomputeReport {
    let clock = ContinuousClock()
    let start = clock.now
    try settings.check()
    var run = try PrecomputeRun(task, extractor, root, settings)
    var reader = PictureReader(task.samples, batch: settings.batch, files: root.files)
    do throws(FeatureCacheError) {
      while case let pictures = await reader.nextBatch(), !pictures.isEmpty {
        guard !Task.isCancelled else { throw FeatureCacheError(.cancelled, "the run was cancelled") }
        for picture in pictures { try await run.take(picture) }
        progress?(run.progress)
      }
      try await run.flush()
      try run.commit()
    } catch {
      await reader.finish()
      run.abandon()
      throw error
    }
    var report = run.report
    report.seconds = (clock.now - start) / .seconds(1)
    return report
  }
}

/// How a run goes about it.
struct PrecomputeSettings {
  let storage: StorageType
  let batch: Int
  let onFailure: FailurePolicy
  let journal: JournalInterval

  func check() throws(FeatureCacheError) {
    guard batch > 0 else { throw FeatureCacheError(.invalidArgument, "a batch of \(batch) pictures is none") }
    guard journal.bytes >= 0, journal.seconds >= 0, journal.seconds < 1e9 else {
      throw FeatureCacheError(
        .invalidArgument,
        "a journal cannot be written every \(journal.bytes) bytes or \(journal.seconds) seconds")
    }
  }
}
