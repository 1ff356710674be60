/// Anything fitted that tells classes by feature rows: a `Head`, or a `NeighborClassifier`, which has no weights
/// that a head could hold. What is compared is compared as classifiers.
public protocol Classifier: Sendable {
  /// Names of the K classes.
  var classes: [String] { get }
  /// Numbers in a feature row, d.
  var dimension: Int { get }

  /// The class of each row, an index into `classes`.
  func predict(_ features: FeatureMatrix) async throws(HeadsError) -> [Int]

  /// The probability of each class, n x K; `nil` without probabilities.
  func probabilities(_ features: FeatureMatrix) async throws(HeadsError) -> Tensor?

  /// Predicts labelled rows and counts. Row weights play no part.
  func evaluate(_ data: LabeledFeatures) async throws(HeadsError) -> Evaluation
}

extension Head: Classifier {}
