/// The test part. It shows nothing and can be used once: evaluating consumes it, and all heads that are to be
/// compared are evaluated together. So nothing can be selected on it by accident.
///
///     let test = HeldOutFeatures(data.selecting(split.test))
///     let results = try test.evaluate([logistic.head, svm.head])   // `test` is gone
public struct HeldOutFeatures: ~Copyable, Sendable {
  private let data: LabeledFeatures

  public init(_ data: LabeledFeatures) { self.data = data }

  public var count: Int { data.count }

  /// One evaluation a head, in order.
  ///
  /// - Throws: as `Head.evaluate(_:)`.
  public consuming func evaluate(_ heads: [Head]) throws(HeadsError) -> [Evaluation] {
    try heads.map { head throws(HeadsError) in try head.evaluate(data) }
  }

  /// The same for classifiers of every kind.
  ///
  /// - Throws: as `Classifier.evaluate(_:)`.
  public consuming func evaluate(
    classifiers: [any Classifier]
  ) async throws(HeadsError) -> [Evaluation] {
    var evaluations: [Evaluation] = []
    for classifier in classifiers {
      if let head = classifier as? Head {
        let data = data
        evaluations.append(try await LongWork.attempt { () throws(HeadsError) in try head.evaluate(data) })
      } else {
        evaluations.append(try await classifier.evaluate(data))
      }
    }
    return evaluations
  }
}
