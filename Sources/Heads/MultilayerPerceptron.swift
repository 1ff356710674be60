/// A multilayer perceptron: dense layers with batch normalisation if wanted, an activation and dropout between
/// them, softmax on top, trained on the mean log-loss of mini-batches. Without hidden layers it is softmax
/// regression trained by gradient steps.
///
/// A batch's loss is sum_i s_i loss_i / sum_i s_i over its rows, s_i the row's weight times its class's. Weights
/// and biases start uniform in +-1/sqrt(inputs) (PyTorch's `Linear`), and weight decay acts on both, and on batch
/// normalisation's scale and shift. The last batch of an epoch may be smaller; with batch normalisation one of a
/// single row is left out. `FitCertificate.objective` is the training loss of the epoch whose weights are kept.
///
/// The same seed and data give the same bits, whatever the thread count. The fitted head has no batch
/// normalisation: its running averages are folded into the dense layers. With `FitOptions.checkpoints` an
/// interrupted run goes on where it was, to the same bits.
///
/// Bad input: fewer than two classes and a class without training rows throw `.missingClass`; NaN and infinite
/// features `.invalidFeatures`; settings out of range `.invalidArgument`; a loss that overflows `.diverged`.
/// Constant columns are harmless.
public struct MultilayerPerceptron: HeadConfiguration, Hashable {
  /// Widths of the hidden layers, from the features upwards; may be empty.
  public var hidden: [Int]
  public var activation: Activation
  /// Whether hidden units are normalised before the activation, as by PyTorch's `BatchNorm1d`: momentum 0.1,
  /// epsilon 1e-5. Row weights do not enter the averages.
  public var hasBatchNormalization: Bool
  /// Probability that a hidden unit is left out of a training step; what remains is scaled up.
  public var dropout: Double
  public var optimizer: Optimizer
  public var learningRate: Double
  /// What the learning rate of each layer is multiplied with, first layer first; 0 freezes it. Empty: all 1.
  public var layerRates: [Double]
  public var schedule: LearningRateSchedule
  public var weightDecay: Double
  public var batchSize: Int
  public var epochs: Int
  /// Applies where a validation part is given; without one all epochs are run.
  public var earlyStopping: EarlyStopping?
  public var classWeights: ClassWeights
  public var scaling: FeatureScaling
  /// Layers that start from given weights, by index. The first layer's act on features as they are stored.
  public var pretrained: [Int: DenseLayer]

  public var name: String { "mlp" }

  public init(
    hidden: [Int], dropout: Double = 0, optimizer: Optimizer = .adamW(), learningRate: Double = 1e-3,
    layerRates: [Double] = [], schedule: LearningRateSchedule = .constant, weightDecay: Double = 1e-2,
    batchSize: Int = 64, epochs: Int = 50, earlyStopping: EarlyStopping? = EarlyStopping(),
    classWeights: ClassWeights = .uniform, scaling: FeatureScaling = .standardize,
    pretrained: [Int: DenseLayer] = [:], activation: Activation = .relu, hasBatchNormalization: Bool = false
  ) {
    self.hidden = hidden
    self.activation = activation
    self.hasBatchNormalization = hasBatchNormalization
    self.dropout = dropout
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.layerRates = layerRates
    self.schedule = schedule
    self.weightDecay = weightDecay
    self.batchSize = batchSize
    self.epochs = epochs
    self.earlyStopping = earlyStopping
    self.classWeights = classWeights
    self.scaling = scaling
    self.pretrained = pretrained
  }

  public func fit(
    _ training: LabeledFeatures, validation: LabeledFeatures?, options: FitOptions
  ) async throws(HeadsError) -> FitResult {
    try await FitContext.run(options) { context throws(HeadsError) in
      try train(training, validation, context)
    }
  }

  private func train(
    _ training: LabeledFeatures, _ validation: LabeledFeatures?, _ context: FitContext
  ) throws(HeadsError) -> FitResult {
    try checkSettings()
    let weights = try training.effectiveWeights(classWeights)
    if let validation {
      guard validation.classes == training.classes,
        validation.features.dimension == training.features.dimension, validation.count > 0
      else {
        throw HeadsError(
          .invalidArgument, "the validation part is empty or has other classes or features than training")
      }
    }
    let scaling = try FittedScaling(scaling, training.features, context)
    let rows = try TrainingRows(training.features, scaling: scaling, context)
    let widths = [rows.dimension] + hidden + [training.classes.count]
    var network = PerceptronNetwork(
      widths: widths, seed: context.options.seed, activation: activation,
      hasBatchNormalization: hasBatchNormalization)
    try start(&network, training.classes, scaling, context.options.initialHead)
    var state = PerceptronState(self, network: network, seed: context.options.seed)
    let validationRows = try validation.map { part throws(HeadsError) in
      try TrainingRows(part.features, scaling: scaling, context)
    }
    let checkpoints = try PerceptronCheckpoints(context) { () throws(HeadsError) in
      try description(training, weights, rows, validation, validationRows, context)
    }
    try checkpoints?.resume(&state)
    var run = PerceptronTraining(
      settings: self, rows: rows, labels: training.labels, weights: weights, validationRows: validationRows,
      validationLabels: validation?.labels ?? [], state: state)
    context.memory.reserve(run.bytes)
    let status = try run.run(checkpoints, context)
    let head = try Head(
      layers: try run.state.best.denseLayers(scaling.columns), output: .softmax, classes: training.classes,
      normalizesRows: self.scaling == .l2Normalize, activation: activation)
    return FitResult(
      head: head,
      certificate: FitCertificate(
        objective: run.state.bestTrainingLoss, optimality: .unknown, iterations: run.state.history.count,
        seconds: context.seconds, status: status, peakBytes: context.memory.peak),
      history: run.state.history)
  }

  private func checkSettings() throws(HeadsError) {
    let isSound =
      hidden.allSatisfy { (1...1_000_000).contains($0) } && (0..<1).contains(dropout) && optimizer.isSound
      && learningRate > 0 && learningRate.isFinite && schedule.isSound && weightDecay >= 0
      && weightDecay.isFinite && batchSize > (hasBatchNormalization ? 1 : 0) && epochs > 0
      && layerRates.allSatisfy { $0 >= 0 && $0.isFinite }
      && (earlyStopping.map { $0.patience > 0 && $0.minimumImprovement >= 0 } ?? true)
    guard isSound, layerRates.isEmpty || layerRates.count == hidden.count + 1 else {
      throw HeadsError(.invalidArgument, "a setting of the multilayer perceptron is out of range: \(self)")
    }
  }

  private func start(
    _ network: inout PerceptronNetwork, _ classes: [String], _ scaling: FittedScaling, _ head: Head?
  ) throws(HeadsError) {
    var given = pretrained
    if let head {
      try head.checkStart(
        layers: network.layers.map { ($0.inputs, $0.outputs) }, classes: classes, self.scaling,
        activation: activation)
      for (index, layer) in head.layers.enumerated() { given[index] = layer }
    }
    for (index, layer) in given {
      guard network.layers.indices.contains(index), network.layers[index].inputs == layer.inputs,
        network.layers[index].outputs == layer.outputs
      else {
        throw HeadsError(
          .invalidArgument,
          "pretrained layer \(index) from \(layer.inputs) to \(layer.outputs) does not fit the network")
      }
      let (weight, bias) = layer.unfolded(index == 0 ? scaling.columns : nil)
      network.layers[index].start(weight: weight, bias: bias)
    }
  }
}
