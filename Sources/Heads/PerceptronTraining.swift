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
    let batches = shuffledBatches()
    var (batch, next) = (rows.emptyBatch, rows.emptyBatch)
    var loss = 0.0
    var (right, count) = (0, 0)
    var weight = 0.0
    for (index, members) in batches.enumerated() {
      try context.checkCancellation()
      if index == 0 {
        try rows.gather(members, into: &batch, context)
        state.network.start(batch, &passes, on: context.pool)
      }
      state.network.forward(
        &passes, dropout: settings.dropout, &state.generator, isTraining: true, on: context.pool)
      let batchWeights = members.map { weights[$0] }
      let outcome = state.network.loss(&passes, labels: members.map { labels[$0] }, weights: batchWeights)
      guard outcome.loss.isFinite else {
        throw HeadsError(.diverged, "the training loss is \(outcome.loss) in epoch \(epoch)")
      }
      loss += outcome.loss
      right += outcome.right
      count += members.count
      weight += batchWeights.reduce(0, +)
      state.network.backward(&passes, on: context.pool)
      let isLast = index == batches.count - 1
      if !isLast { try rows.gather(batches[index + 1], into: &next, context) }
      step(batch, next: isLast ? nil : next, rate: rate, on: context.pool)
      swap(&batch, &next)
    }
    if count == rows.count { rows.knowFinite() }
    return EpochRecord(
      epoch: epoch, learningRate: rate, trainingLoss: loss / weight,
      trainingAccuracy: Double(right) / Double(count), validationLoss: nil, validationAccuracy: nil)
  }

  /// What the state, two batches and what they leave behind take up.
  var bytes: Int {
    let evaluated = validationRows.map { min(Self.evaluatedRows, $0.count) } ?? 0
    let largest = max(min(settings.batchSize, rows.count), evaluated)
    let perRow = 2 * rows.dimension + passes.reduce(0) { $0 + $1.numbersPerRow(settings) }
    let transposed = passes.reduce(0) { $0 + $1.transposed.layout.size }
    return state.bytes + (largest * perRow + transposed) * MemoryLayout<Float>.stride
  }

  private mutating func shuffledBatches() -> [ArraySlice<Int>] {
    var order = Array(0..<rows.count)
    state.generator.shuffle(&order)
    var batches = stride(from: 0, to: order.count, by: settings.batchSize).map { start in
      order[start..<min(start + settings.batchSize, order.count)]
    }
    // One row has no variance to be normalised by.
    if settings.hasBatchNormalization && batches.last?.count == 1 { batches.removeLast() }
    return batches
  }

  /// Moves all layers, the last one first, because the first one's pass is then needed for the next batch.
  private mutating func step(_ batch: PanelMatrix, next: PanelMatrix?, rate: Double, on pool: WorkerPool) {
    for index in passes.indices.reversed() {
      let inputs = index == 0 ? batch : passes[index - 1].activation
      state.optimizers[index].step(
        &state.network.layers[index], inputs: inputs, &passes[index], next: index == 0 ? next : nil,
        rate: rate, on: pool)
      state.network.layers[index].normalization?.update(passes[index].normalization, count: batch.rows)
    }
  }

  /// Mean log-loss and accuracy of the network as it is now, without dropout.
  private mutating func evaluate(
    _ rows: TrainingRows, _ labels: [Int], _ context: FitContext
  ) throws(HeadsError) -> (loss: Double, accuracy: Double) {
    var generator = SeededGenerator(seed: 0)
    var batch = rows.emptyBatch
    let order = Array(0..<rows.count)
    var loss = 0.0
    var right = 0
    for start in stride(from: 0, to: rows.count, by: Self.evaluatedRows) {
      try context.checkCancellation()
      let range = start..<min(start + Self.evaluatedRows, rows.count)
      try rows.gather(order[range], into: &batch, context)
      state.network.start(batch, &passes, on: context.pool)
      state.network.forward(&passes, dropout: 0, &generator, isTraining: false, on: context.pool)
      let outcome = state.network.loss(
        &passes, labels: Array(labels[range]), weights: Array(repeating: 1, count: range.count))
      loss += outcome.loss
      right += outcome.right
    }
    return (loss / Double(rows.count), Double(right) / Double(rows.count))
  }

  private static let evaluatedRows = 256
}

extension PerceptronNetwork.Pass {
  fileprivate func numbersPerRow(_ settings: MultilayerPerceptron) -> Int {
    let matrices =
      2 + (settings.activation == .relu ? 0 : 1) + (settings.dropout > 0 ? 1 : 0)
      + (settings.hasBatchNormalization ? 1 : 0)
    return matrices * activation.columns
  }
}
