/// What a parameter was chosen by, along its values.
public struct SelectionCurve: Sendable {
  /// One tried value.
  public struct Point: Sendable {
    /// The parameter's value, above zero.
    public var value: Double
    /// Its figure on the validation part, or the mean over folds: an accuracy from 0 to 1, or a log loss.
    public var accuracy: Double

    public init(value: Double, accuracy: Double) {
      self.value = value
      self.accuracy = accuracy
    }
  }

  /// The parameter's name, such as C.
  public var parameter: String
  public var points: [Point]
  /// The value that was taken.
  public var chosen: Double?
  /// What was to be as good as possible, such as "accuracy" or "log loss".
  public var criterion = "accuracy"
  /// Whether the figures are shares, shown as percentages.
  public var isShare = true

  public init(parameter: String = "C", points: [Point], chosen: Double? = nil) {
    self.parameter = parameter
    self.points = points
    self.chosen = chosen
  }
}

/// Loss and accuracy after each epoch of a head that is trained in epochs. A series may be empty.
public struct TrainingCurves: Sendable {
  public var trainLoss: [Double]
  public var validationLoss: [Double]
  /// Accuracies, 0 to 1.
  public var trainAccuracy: [Double]
  public var validationAccuracy: [Double]
  /// The epoch, counted from one, whose weights were kept.
  public var keptEpoch: Int?

  public init(
    trainLoss: [Double] = [], validationLoss: [Double] = [],
    trainAccuracy: [Double] = [], validationAccuracy: [Double] = [], keptEpoch: Int? = nil
  ) {
    self.trainLoss = trainLoss
    self.validationLoss = validationLoss
    self.trainAccuracy = trainAccuracy
    self.validationAccuracy = validationAccuracy
    self.keptEpoch = keptEpoch
  }
}
