/// One fitted head and how it did on the test part.
public struct HeadResult: Sendable {
  /// What kind of head, as a reader calls it: "Logistic regression", "Linear SVM".
  public var name: String
  /// The network that the layer belongs to; empty where there is only one.
  public var network = ""
  /// The cache column it was fitted on, such as `layer4:average`.
  public var layer: String
  /// Its chosen and given parameters, such as C.
  public var parameters: [Fact]
  /// Share of the test part it got right, 0 to 1.
  public var accuracy: Double
  /// Lower end of the accuracy's 95 % interval; not finite where it is unknown.
  public var accuracyLow: Double
  /// Upper end of the accuracy's 95 % interval; not finite where it is unknown.
  public var accuracyHigh: Double
  /// Test pictures it got right.
  public var correct: Int
  /// Test pictures.
  public var total: Int
  /// Mean negative log-likelihood of the true class, in nats; nil for a head without probabilities.
  public var logLoss: Double?
  /// Share of the test part whose class is among the five likeliest, 0 to 1.
  public var topFiveAccuracy: Double?
  /// Mean recall of the classes, and their mean F1, 0 to 1.
  public var balancedAccuracy: Measure?
  public var macroF1: Measure?
  /// Area under the receiver operating characteristic, mean over the classes, 0 to 1.
  public var auroc: Double?
  /// Average precision, mean over the classes, 0 to 1.
  public var averagePrecision: Double?
  /// Mean squared error of the probabilities, 0 to 2.
  public var brier: Double?
  /// Whether its confidence can be believed.
  public var reliability: Reliability?
  /// Precision of each class, 0 to 1; not a number for a class that was never predicted.
  public var precision: [Double] = []
  /// Recall of each class, 0 to 1; not a number for a class without test pictures.
  public var recall: [Double]
  /// Wall time of choosing and fitting, in seconds.
  public var fitSeconds: Double
  /// The most bytes that the arrays of one fit took up at one time, those of choosing its parameter included.
  public var peakMemory: Int?
  /// Iterations or epochs of the final fit; nil for what is computed without any.
  public var iterations: Int?
  /// Whether the solver reached its tolerance; nil where the question has no answer.
  public var converged: Bool?
  /// What the solver can prove about its answer, such as `gradient 8e-6`.
  public var certificate = ""
  /// Test pictures by true class (row) and predicted class (column).
  public var confusion: [[Int]]
  /// How its parameter was chosen.
  public var selection: SelectionCurve?
  /// How its training went, epoch by epoch.
  public var training: TrainingCurves?

  public init(
    name: String, layer: String, parameters: [Fact] = [],
    accuracy: Double, accuracyLow: Double = .nan, accuracyHigh: Double = .nan, correct: Int, total: Int,
    logLoss: Double? = nil, topFiveAccuracy: Double? = nil, recall: [Double] = [],
    fitSeconds: Double = .nan, iterations: Int? = nil, converged: Bool? = nil,
    confusion: [[Int]] = [], selection: SelectionCurve? = nil, training: TrainingCurves? = nil
  ) {
    self.name = name
    self.layer = layer
    self.parameters = parameters
    self.accuracy = accuracy
    self.accuracyLow = accuracyLow
    self.accuracyHigh = accuracyHigh
    self.correct = correct
    self.total = total
    self.logLoss = logLoss
    self.topFiveAccuracy = topFiveAccuracy
    self.recall = recall
    self.fitSeconds = fitSeconds
    self.iterations = iterations
    self.converged = converged
    self.confusion = confusion
    self.selection = selection
    self.training = training
  }

  /// Whether both ends of the interval are known.
  package var hasInterval: Bool { accuracyLow.isFinite && accuracyHigh.isFinite }
}
