internal import Dispatch
import Tensors

/// Reads and hashes the files of samples ahead of the consumer, in order, on threads of their own: reading
/// blocks, and must not hold up the threads on which tasks run.
struct PictureReader {
  /// The bytes of a sample's file and their digest.
  struct Picture: Sendable {
    var key: String
    var bytes: [UInt8]
    var digest: Digest
  }

  /// Batches in memory besides the one in the consumer's hands.
  private static let depth = 3
  /// A file with more bytes is a failure, so that memory stays bounded.
  static let largestFile = 1 << 28

  private let samples: [Sample]
  private let batch: Int
  private let files: Files
  private let queue = DispatchQueue(label: "FeatureCache.PictureReader", attributes: .concurrent)
  private var next = 0
  /// Batches under way, the oldest first.
  private var window: [Task<[Result<Picture, PictureFailure>], Never>] = []

  init(_ samples: [Sample], batch: Int, files: Files) {
    self.samples = samples
    self.batch = batch
    self.files = files
  }

  /// The next batch of samples; empty after the last.
  mutating func nextBatch() async -> [Result<Picture, PictureFailure>] {
    while window.count < Self.depth, next < samples.count {
      let part = samples[next..<min(next + batch, samples.count)]
      next = part.endIndex
      window.append(
        Task { [files, queue] in
          await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: part.map { Self.read($0, files) }) }
          }
        })
    }
    guard !window.isEmpty else { return [] }
    return await window.removeFirst().value
  }

  /// Waits for what is under way; nothing of this reader runs afterwards.
  mutating func finish() async {
    for task in window { _ = await task.value }
    window = []
  }

  private static func read(_ sample: Sample, _ files: Files) -> Result<Picture, PictureFailure> {
    do throws(FeatureCacheError) {
      let bytes = try files.read(sample.path, limit: largestFile, followingLinks: true)
      return .success(Picture(key: sample.key, bytes: bytes, digest: Digest(of: bytes)))
    } catch {
      return .failure(PictureFailure(.unreadable, error.message))
    }
  }
}
