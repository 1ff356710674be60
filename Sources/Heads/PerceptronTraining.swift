/// One training run of a multilayer perceptron.
struct PerceptronTraining {
  let settings: MultilayerPerceptron
  let rows: TrainingRows
  let labels: [Int]
  /// s_i
  let weights: [Double]
  let validationRows: TrainingRows?
  let validationLabels: [Int]
  /// What changes from epoch to epoch.
  private(set) var state: PerceptronState

  private var passes: [PerceptronNetwork.Pass]
  private var batch: [Float] = []
  private var scratch: [Float] = []

  init(
    settings: MultilayerPerceptron, rows: TrainingRows, labels: [Int], weights: [Double],
    validationRows: TrainingRows?, validationLabels: [Int], state: PerceptronState
  ) {
    self.settings = settings
    self.rows = rows
    self.labels = labels
    self.weights = weights
    self.validationRows = validationRows
    self.validationLabels = validationLabels
    self.state = state
    passes = state.network.makePasses()
  }

  /// All epochs that are left, or fewer where the validation part stops improving.
  mutating func run(
    _ checkpoints: PerceptronCheckpoints?, _ context: FitContext
  ) throws(HeadsError) -> FitCertificate.Status {
    while state.status == nil {
      let epoch = state.history.count + 1
      var record = try trainEpoch(epoch, state.rates.rate(epoch: epoch - 1), context)
      if let validationRows {
        let (loss, accuracy) = try evaluate(validationRows, validationLabels, context)
        record.validationLoss = loss
        record.validationAccuracy = accuracy
      }
      state.finish(record, settings)
      try checkpoints?.write(state, context)
      context.report(epoch, of: settings.epochs, record.trainingLoss)
    }
    return state.status ?? .scheduleCompleted
  }

  private mutating func trainEpoch(
    _ epoch: Int, _ rate: Double, _ context: FitContext
  ) throws(HeadsError) -> EpochRecord {
    var order = Array(0..<rows.count)
    state.generator.shuffle(&order)
    var loss = 0.0
    var right = 0
    var weight = 0.0
    for start in stride(from: 0, to: order.count, by: settings.batchSize) {
      try context.checkCancellation()
      let members = Array(order[start..<min(start + settings.batchSize, order.count)])
      // One row has no variance to be normalised by.
      if settings.hasBatchNormalization && members.count == 1 {
        order.removeLast()
        break
      }
      try gather(members)
      state.network.forward(
        batch, count: members.count, &passes, dropout: settings.dropout, &state.generator, isTraining: true)
      let batchWeights = members.map { weights[$0] }
      let outcome = state.network.loss(&passes, labels: members.map { labels[$0] }, weights: batchWeights)
      guard outcome.loss.isFinite else {
        throw HeadsError(.diverged, "the training loss is \(outcome.loss) in epoch \(epoch)")
      }
      loss += outcome.loss
      right += outcome.right
      weight += batchWeights.reduce(0, +)
      state.network.backward(batch, count: members.count, &passes)
      for index in passes.indices {
        state.optimizers[index].step(
          &state.network.layers[index], passes[index], rate: rate, on: context.pool)
        state.network.layers[index].normalization?.update(passes[index].normalization, count: members.count)
      }
    }
    return EpochRecord(
      epoch: epoch, learningRate: rate, trainingLoss: loss / weight,
      trainingAccuracy: Double(right) / Double(order.count), validationLoss: nil, validationAccuracy: nil)
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
      state.network.forward(
        values, count: range.count, &passes, dropout: 0, &generator, isTraining: false)
      let outcome = state.network.loss(
        &passes, labels: Array(labels[range]), weights: Array(repeating: 1, count: range.count))
      loss += outcome.loss
      right += outcome.right
    }
    return (loss / Double(rows.count), Double(right) / Double(rows.count))
  }
}
