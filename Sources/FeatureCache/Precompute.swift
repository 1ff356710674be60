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
  /// step at the end; until then, and wherever the run breaks off, the cache stays what it was.
  ///
  /// - Parameters:
  ///   - root: the cache's folder; made where it is missing.
  ///   - storage: how numbers are stored.
  ///   - batch: pictures handed to the extractor at once. About five times as many files are in memory.
  ///   - progress: called after each batch, from the task that runs this.
  /// - Throws: `.identityMismatch` where the cache belongs to another extractor or stored type, `.io`,
  ///   `.damaged`, `.extraction`, `.pictureFailed`, `.cancelled`.
  @discardableResult
  public static func precompute(
    _ dataSet: DataSet, with extractor: some FeatureExtractor, into root: String,
    storage: StorageType = .float32, batch: Int = 32, onFailure: FailurePolicy = .record,
    progress: (@Sendable (PrecomputeProgress) -> Void)? = nil
  ) async throws(FeatureCacheError) -> PrecomputeReport {
    try await precompute(
      dataSet, with: extractor, into: root, storage: storage, batch: batch, onFailure: onFailure,
      operations: POSIXFiles(), progress: progress)
  }

  /// The same on other file operations.
  package static func precompute(
    _ dataSet: DataSet, with extractor: some FeatureExtractor, into root: String, storage: StorageType,
    batch: Int, onFailure: FailurePolicy, operations: any FileOperations,
    progress: (@Sendable (PrecomputeProgress) -> Void)? = nil
  ) async throws(FeatureCacheError) -> PrecomputeReport {
    let clock = ContinuousClock()
    let start = clock.now
    guard batch > 0 else { throw FeatureCacheError(.invalidArgument, "a batch of \(batch) pictures is none") }
    var run = try PrecomputeRun(
      dataSet, extractor, CacheRoot(root, operations), storage: storage, batch: batch, onFailure: onFailure)
    var reader = PictureReader(dataSet.samples, batch: batch, files: Files(operations: operations))
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
