/// One head of a regularisation path.
public struct PathFit: Sendable {
  public var c: Double
  public var result: FitResult
  /// The head's logits or margins on the held-out rows, in their order: m x K, or m x 1.
  public var heldOut: Tensor

  public init(c: Double, result: FitResult, heldOut: Tensor) {
    self.c = c
    self.result = result
    self.heldOut = heldOut
  }
}

/// Rows to fit to and rows to try on: indices into one matrix.
public struct TrialRows: Hashable, Sendable {
  public var training: [Int]
  public var heldOut: [Int]

  public init(training: [Int], heldOut: [Int]) {
    self.training = training
    self.heldOut = heldOut
  }

  /// All rows below `count` but some, which are held out.
  public init(leavingOut heldOut: [Int], of count: Int) {
    let out = Set(heldOut)
    self.init(training: (0..<count).filter { !out.contains($0) }, heldOut: heldOut)
  }
}

extension RegularizedConfiguration {
  /// Fits each trial by itself, one value of C after the other.
  public func path(
    _ data: LabeledFeatures, _ trials: [TrialRows], values: [Double], options: FitOptions
  ) async throws(HeadsError) -> [[PathFit]] {
    var paths: [[PathFit]] = []
    for trial in trials {
      let training = data.selecting(trial.training)
      let held = data.features.selecting(trial.heldOut)
      var (configuration, options) = (self, options)
      var path: [PathFit] = []
      for c in values {
        configuration.regularization = .c(c)
        let result = try await configuration.fit(training, validation: nil, options: options)
        if startsWarm { options.initialHead = result.head }
        let decision = try await LongWork.attempt { () throws(HeadsError) in try result.head.decision(held) }
        path.append(PathFit(c: c, result: result, heldOut: decision))
      }
      paths.append(path)
    }
    return paths
  }
}

extension RidgeClassifier {
  /// Fits all values of C to each trial from one pass over its rows.
  public func path(
    _ data: LabeledFeatures, _ trials: [TrialRows], values: [Double], options: FitOptions
  ) async throws(HeadsError) -> [[PathFit]] {
    var paths: [[PathFit]] = []
    for trial in trials {
      let held = data.features.selecting(trial.heldOut)
      let results = try await path(values.map { .c($0) }, data.selecting(trial.training), options: options)
      var path: [PathFit] = []
      for (c, result) in zip(values, results) {
        let decision = try await LongWork.attempt { () throws(HeadsError) in try result.head.decision(held) }
        path.append(PathFit(c: c, result: result, heldOut: decision))
      }
      paths.append(path)
    }
    return paths
  }
}

extension LogisticRegression {
  /// Fits all trials together, each pass over the rows evaluating all of them. See `LogisticPath`.
  public func path(
    _ data: LabeledFeatures, _ trials: [TrialRows], values: [Double], options: FitOptions
  ) async throws(HeadsError) -> [[PathFit]] {
    try await LogisticPath(self, values: values).fit(
      data, trials.map { LogisticPath.Task($0) }, options: options)
  }
}
