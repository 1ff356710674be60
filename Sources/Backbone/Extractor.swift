import Dispatch
import Synchronization
public import Tensors

/// A network as a feature extractor: encoded pictures in, one feature row a picture and tap out.
///
/// Pictures are decoded and computed by threads of the extractor's own. Batches that arrive at once take turns.
/// Features have the same bits whatever the batch size, a picture's place in it, the thread count, and whatever
/// other layers are tapped.
public final class Extractor: FeatureExtractor {
  public let network: Network
  public let plan: Plan
  private let hooks: HookSet
  private let preparer: PicturePreparer
  /// Pictures computed together: as asked, but no more than fit 2 GiB of activations.
  public let batchSize: Int
  private let engine: Mutex<Engine>
  /// Floats of all activations of a batch.
  private static let activationLimit = 1 << 29
  /// A thread that may block, which those of the caller's tasks may not.
  private let queue = DispatchQueue(label: "Permafrost.Extractor")

  /// - Parameters:
  ///   - network: the frozen network
  ///   - taps: the layers that are wanted; each becomes a column
  ///   - hooks: closures to run on the way; a replacing one needs a version for the features to be cached
  ///   - batchSize: pictures computed together, at most
  ///   - threads: threads that decode and compute
  /// - Throws: `.unknownLayer`, `.hook`, `.missingWeights`, `.invalidArgument`, `.resources`
  public init(
    _ network: Network, taps: [Tap], hooks: HookSet = HookSet(), batchSize: Int = 16, threads: Int
  ) throws(BackboneError) {
    guard (1...4096).contains(batchSize) else {
      throw BackboneError(.invalidArgument, "a batch size of \(batchSize) is not in 1...4096")
    }
    guard (1...1024).contains(threads) else {
      throw BackboneError(.invalidArgument, "a thread count of \(threads) is not in 1...1024")
    }
    guard let preparer = PicturePreparer(network.preprocessing) else {
      throw BackboneError(.invalidArgument, "the preprocessing does not give all pictures one size")
    }
    self.network = network
    self.preparer = preparer
    self.hooks = hooks
    plan = try network.plan(tapping: taps, hooks: hooks)
    self.batchSize = min(batchSize, max(1, Self.activationLimit / max(1, plan.program.memory.size)))
    engine = Mutex(try Engine(plan, threads: threads))
  }

  public var outputs: [OutputDescription] { plan.outputs }

  public func identity() throws(ExtractionError) -> ExtractorIdentity {
    var versions: [String] = []
    for hook in hooks.hooks {
      guard let replacement = hook.replacement else { continue }
      guard let version = replacement else {
        throw ExtractionError(
          .unversionedHook,
          "the hook at layer \(hook.layer) replaces tensors but has no version string, so its features "
            + "cannot be told apart from others")
      }
      versions.append("\(hook.firesBefore ? "before" : "after") \(hook.layer): \(version)")
    }
    let digest: String
    do { digest = try network.weightsDigest() } catch {
      throw ExtractionError(.resources, error.message)
    }
    return ExtractorIdentity(
      network: network.architecture.name, weights: digest,
      preprocessing: network.preprocessing.fields, hooks: versions,
      semanticsVersion: Architecture.semanticsVersion)
  }

  public func extract(
    _ pictures: [EncodedPicture]
  ) async throws(ExtractionError) -> [Result<[FeatureRow], PictureFailure>] {
    let cancelled = Cancellation()
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        queue.async { continuation.resume(returning: self.extractBlocking(pictures, cancelled)) }
      }
    } onCancel: {
      cancelled.flag.store(true, ordering: .relaxed)
    }
    return try outcome.get()
  }

  private final class Cancellation: Sendable {
    let flag = Atomic(false)
  }

  private func extractBlocking(
    _ pictures: [EncodedPicture], _ cancelled: Cancellation
  ) -> Result<[Result<[FeatureRow], PictureFailure>], ExtractionError> {
    engine.withLock { engine in
      var results: [Result<[FeatureRow], PictureFailure>] = []
      results.reserveCapacity(pictures.count)
      var start = 0
      while start < pictures.count {
        let batch = pictures[start..<min(start + batchSize, pictures.count)]
        do throws(BackboneError) {
          results += try run(Array(batch), engine) { cancelled.flag.load(ordering: .relaxed) }
        } catch {
          let code: ExtractionError.Code =
            switch error.code {
            case .cancelled: .cancelled
            case .hook: .hook
            default: .resources
            }
          return .failure(ExtractionError(code, error.message))
        }
        start += batchSize
      }
      return .success(results)
    }
  }

  /// Decodes a batch, then computes those that could be decoded.
  private func run(
    _ pictures: [EncodedPicture], _ engine: Engine, isCancelled: () -> Bool
  ) throws(BackboneError) -> [Result<[FeatureRow], PictureFailure>] {
    let prepared = PreparedBatch(
      pictures, preparer, on: engine.threads, isCancelled: isCancelled)
    let rows: [[Float]] =
      prepared.decoded.isEmpty
      ? []
      : try unsafe engine.run(batch: prepared.decoded.count, isCancelled: isCancelled) { input in
        unsafe prepared.copy(into: input)
      }
    var results: [Result<[FeatureRow], PictureFailure>] = prepared.failures.map {
      .failure($0 ?? PictureFailure(.damaged, "not decoded"))
    }
    for (position, picture) in prepared.decoded.enumerated() {
      let features = zip(rows, plan.outputs).map { values, output in
        Array(values[position * output.dimension..<(position + 1) * output.dimension])
      }
      results[picture] = .success(features)
    }
    return results
  }
}
