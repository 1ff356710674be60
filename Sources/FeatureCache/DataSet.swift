public import Tensors

/// Samples with their keys, labels, splits and files, in order, and the names of their classes.
public struct DataSet: Hashable, Sendable {
  public let samples: [Sample]
  /// A sample's label is an index into these.
  public let classes: [String]
  /// The folder that keys are relative to, where they are.
  public let folder: String

  /// - Throws: `.invalidDataSet` where a key occurs twice, is empty or has a line break or NUL in it, or a
  ///   label is no index into `classes`.
  public init(samples: [Sample], classes: [String] = [], folder: String = "") throws(FeatureCacheError) {
    var keys: Set<Key> = []
    for sample in samples {
      guard keys.insert(Key(text: sample.key)).inserted else {
        throw FeatureCacheError(.invalidDataSet, "key \(sample.key) occurs twice")
      }
      guard !sample.key.isEmpty, !sample.key.utf8.contains(where: { $0 == 0 || $0 == 10 || $0 == 13 }) else {
        throw FeatureCacheError(
          .invalidDataSet, "key \"\(sample.key)\" is empty or has a line break or NUL in it")
      }
      guard sample.label.map(classes.indices.contains) ?? true else {
        throw FeatureCacheError(
          .invalidDataSet, "\(sample.key) has label \(sample.label ?? 0) of \(classes.count) classes")
      }
    }
    self.samples = samples
    self.classes = classes
    self.folder = folder
  }
}

/// A text that equals another where their bytes do, as names in a file system do: Swift's own equality goes by
/// canonical equivalence.
private struct Key: Hashable {
  let text: String

  static func == (a: Key, b: Key) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

  func hash(into hasher: inout Hasher) {
    unsafe text.utf8Span.span.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
  }
}
