/// Tries every configuration on every set of columns and keeps the pair that is best on a validation part.
///
/// Which columns, how they are pooled and how a head is trained are often chosen together: DINOv2 (Oquab et al.,
/// "DINOv2: learning robust visual features without supervision", 2023, 7.1) tries the last 1 or 4 layers, with
/// or without the mean of the patch tokens, each with 13 learning rates, and reports the best; see `dinov2`. The
/// test part has no way in here; see `HeldOutFeatures`.
public struct HeadGrid: Sendable {
  /// Features of the same rows that are tried: one layer, or several side by side.
  public struct Columns: Sendable {
    public var name: String
    public var training: FeatureMatrix
    public var validation: FeatureMatrix

    public init(_ name: String, training: FeatureMatrix, validation: FeatureMatrix) {
      self.name = name
      self.training = training
      self.validation = validation
    }
  }

  /// One pair that was tried.
  public struct Score: Hashable, Sendable {
    public var columns: String
    /// Index into `configurations`.
    public var configuration: Int
    /// The criterion on the validation part.
    public var value: Double
  }

  public struct Selection: Sendable {
    /// Of the first of the best.
    public var best: Score
    public var result: FitResult
    /// Columns by columns, configuration by configuration.
    public var scores: [Score]
  }

  public var configurations: [any HeadConfiguration]
  public var criterion: RegularizationSearch.Criterion

  public init(
    _ configurations: [any HeadConfiguration], criterion: RegularizationSearch.Criterion = .accuracy
  ) {
    self.configurations = configurations
    self.criterion = criterion
  }

  /// DINOv2's linear heads: softmax regression by gradient steps with momentum 0.9 and no weight decay, a cosine
  /// schedule, and 13 learning rates from 1e-5 to 0.1, given for batches of 256 and in proportion to the batch.
  /// (The paper's runs have 12500 steps; a number of epochs stands for them here.)
  ///
  /// - Parameter batchSize: rows a step; positive.
  public static func dinov2(epochs: Int = 10, batchSize: Int = 128) -> HeadGrid {
    let rates = [1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1]
    return HeadGrid(
      rates.map { rate in
        MultilayerPerceptron(
          hidden: [], optimizer: .sgd(momentum: 0.9), learningRate: rate * Double(batchSize) / 256,
          schedule: .cosine, weightDecay: 0, batchSize: batchSize, epochs: epochs, earlyStopping: nil,
          scaling: .none)
      })
  }

  /// - Parameters:
  ///   - columns: all with a row for each label.
  ///   - weights: of the training rows.
  /// - Throws: `.invalidArgument` where there is nothing to try, or the criterion asks for probabilities that a
  ///   head does not have; `.invalidLabels` where labels do not fit; else as `HeadConfiguration.fit`.
  public func select(
    _ columns: [Columns], trainingLabels: [Int], validationLabels: [Int], classes: [String],
    weights: [Double]? = nil, options: FitOptions = FitOptions()
  ) async throws(HeadsError) -> Selection {
    var scores: [Score] = []
    var best: (score: Score, result: FitResult)?
    for columns in columns {
      let training = try LabeledFeatures(
        columns.training, labels: trainingLabels, classes: classes, weights: weights)
      let validation = try LabeledFeatures(columns.validation, labels: validationLabels, classes: classes)
      for (index, configuration) in configurations.enumerated() {
        let result = try await configuration.fit(training, validation: nil, options: options)
        let decision = try await LongWork.attempt { () throws(HeadsError) in
          try result.head.decision(validation.features)
        }
        let value = try criterion.value(result.head, decision: decision, labels: validation.labels)
        let score = Score(columns: columns.name, configuration: index, value: value)
        scores.append(score)
        if let found = best, !criterion.isBetter(value, found.score.value) { continue }
        best = (score, result)
      }
    }
    guard let best else {
      throw HeadsError(.invalidArgument, "there are no columns or configurations to try")
    }
    return Selection(best: best.score, result: best.result, scores: scores)
  }
}
