/// Which head is wanted: an objective with its settings, and the solver for it. A value; `fit` changes nothing.
public protocol HeadConfiguration: Sendable {
  /// Short name of the kind of head, such as `logistic`.
  var name: String { get }

  /// Fits a head.
  ///
  /// - Parameter validation: rows that decide when training ends; solvers with a certificate do not look at
  ///   them.
  /// - Throws: `.invalidArgument`, `.invalidLabels`, `.missingClass`, `.invalidFeatures`, `.diverged`, `.io`,
  ///   `.resources`, and `.cancelled` soon after the task was.
  func fit(
    _ training: LabeledFeatures, validation: LabeledFeatures?, options: FitOptions
  ) async throws(HeadsError) -> FitResult
}

extension HeadConfiguration {
  /// Fits a head without a validation part.
  public func fit(
    _ training: LabeledFeatures, options: FitOptions = FitOptions()
  ) async throws(HeadsError) -> FitResult {
    try await fit(training, validation: nil, options: options)
  }

  /// Fits a head to rows and labels, which are indices into `classes`.
  public func fit(
    _ features: FeatureMatrix, labels: [Int], classes: [String], options: FitOptions = FitOptions()
  ) async throws(HeadsError) -> FitResult {
    try await fit(
      LabeledFeatures(features, labels: labels, classes: classes), validation: nil, options: options)
  }
}

/// A head whose one important setting is the strength of its penalty.
public protocol RegularizedConfiguration: HeadConfiguration {
  var regularization: Regularization { get set }
  /// Whether a fit can start at `FitOptions.initialHead`.
  var startsWarm: Bool { get }

  /// Fits heads to the training rows of each trial, one a value of C, and tries them on its held-out rows. The
  /// heads serve to choose C: a kind of head may end their fits earlier than its own tolerance asks.
  ///
  /// - Parameter values: ascending.
  /// - Throws: as `fit`.
  func path(
    _ data: LabeledFeatures, _ trials: [TrialRows], values: [Double], options: FitOptions
  ) async throws(HeadsError) -> [[PathFit]]
}
