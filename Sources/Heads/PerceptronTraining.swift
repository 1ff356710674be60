/// One training run of a multilayer perceptron.
struct PerceptronTraining {
  let settings: MultilayerPerceptron
  let rows: TrainingRows
  let labels: [Int]
  /// s_i
  let weights: [Double]
  let validationRows: TrainingRows?
  let validationLabels: [Int]
  private(set) var history: [EpochRecord] = []
  /// The weights to keep, and the training loss of their epoch.
  private(set) var best: PerceptronNetwork
  private(set) var bestTrainingLoss = Double.infinity

  private var network: PerceptronNetwork
  private var passes: [PerceptronNetwork.Pass]
  private var states: [OptimizerState]
  private var batch: [Float] = []
  private var scratch: [Float] = []

  init(
    settings: MultilayerPerceptron, rows: TrainingRows, labels: [Int], weights: [Double],
    validationRows: TrainingRows?, validationLabels: [Int], network: PerceptronNetwork
  ) {
    self.settings = settings
    self.rows = rows
    self.labels = labels
    self.weights = weights
    self.validationRows = validationRows
    self.validationLabels = validationLabels
    self.network = network
    best = network
    passes = network.makePasses()
    states = network.layers.indices.map { index in
      OptimizerState(
        settings.optimizer, network.layers[index],
        rateFactor: settings.layerRates.isEmpty ? 1 : settings.layerRates[index],
        weightDecay: settings.weightDecay)
    }
  }

  /// All epochs, or fewer where the validation part stops improving.
  mutating func run(_ context: FitContext) throws(HeadsError) -> FitCertificate.Status {
    var generator = SeededGenerator(seed: context.options.seed, stream: 1)
    var lowest = Double.infinity
    var lowestEpoch = 0
    for epoch in 1...settings.epochs {
      let rate =
        settings.learningRate * settings.schedule.factor(epoch: epoch - 1, of: settings.epochs)
      var record = try trainEpoch(epoch, rate, &generator, context)
      if let validationRows {
        let (loss, accuracy) = try evaluate(validationRows, validationLabels, context)
        record.validationLoss = loss
        record.validationAccuracy = accuracy
      }
      history.append(record)
      context.report(epoch, of: settings.epochs, record.trainingLoss)
      guard let stopping = settings.earlyStopping, let loss = record.validationLoss else {
        (best, bestTrainingLoss) = (network, record.trainingLoss)
        continue
      }
      if loss < lowest - stopping.minimumImprovement || history.count == 1 {
        (lowest, lowestEpoch) = (loss, epoch)
        (best, bestTrainingLoss) = (network, record.trainingLoss)
      } else if epoch - lowestEpoch >= stopping.patience {
        return .stoppedEarly
      }
    }
    return .scheduleCompleted
  }

  private mutating func trainEpoch(
    _ epoch: Int, _ rate: Double, _ generator: inout SeededGenerator, _ context: FitContext
  ) throws(HeadsError) -> EpochRecord {
    var order = Array(0..<rows.count)
    generator.shuffle(&order)
    var loss = 0.0
    var right = 0
    for start in stride(from: 0, to: order.count, by: settings.batchSize) {
      try context.checkCancellation()
      let members = Array(order[start..<min(start + settings.batchSize, order.count)])
      try gather(members)
      network.forward(batch, count: members.count, &passes, dropout: settings.dropout, &generator)
      let batchWeights = members.map { weights[$0] }
      let outcome = network.loss(&passes, labels: members.map { labels[$0] }, weights: batchWeights)
      guard outcome.loss.isFinite else {
        throw HeadsError(.diverged, "the training loss is \(outcome.loss) in epoch \(epoch)")
      }
      loss += outcome.loss
      right += outcome.right
      network.backward(batch, count: members.count, &passes)
      for index in states.indices {
        states[index].step(&network.layers[index], passes[index], rate: rate, on: context.pool)
      }
    }
    return EpochRecord(
      epoch: epoch, learningRate: rate, trainingLoss: loss / weights.reduce(0, +),
      trainingAccuracy: Double(right) / Double(rows.count), validationLoss: nil, validationAccuracy: nil)
  }

  /// Copies rows into `batch`.
  private mutating func gather(_ members: [Int]) throws(HeadsError) {
    let size = members.count * rows.dimension
    if batch.count != size { batch = [Float](repeating: 0, count: size) }
    var batch = self.batch
    self.batch = []  // one owner, so that writing does not copy
    for (position, row) in members.enumerated() {
      try rows.withRows(row..<row + 1, scratch: &scratch) { values in
        let start = position * rows.dimension
        for column in values.indices { batch[start + column] = values[column] }
      }
    }
    self.batch = batch
  }

  /// Mean log-loss and accuracy of the network as it is now, without dropout.
  private mutating func evaluate(
    _ rows: TrainingRows, _ labels: [Int], _ context: FitContext
  ) throws(HeadsError) -> (loss: Double, accuracy: Double) {
    var generator = SeededGenerator(seed: 0)
    var loss = 0.0
    var right = 0
    for start in stride(from: 0, to: rows.count, by: 256) {
      try context.checkCancellation()
      let range = start..<min(start + 256, rows.count)
      var values: [Float] = []
      try rows.withRows(range, scratch: &scratch) { tile in
        values.reserveCapacity(tile.count)
        for index in tile.indices { values.append(tile[index]) }
      }
      network.forward(values, count: range.count, &passes, dropout: 0, &generator)
      let outcome = network.loss(
        &passes, labels: Array(labels[range]), weights: Array(repeating: 1, count: range.count))
      loss += outcome.loss
      right += outcome.right
    }
    return (loss / Double(rows.count), Double(right) / Double(rows.count))
  }
}
