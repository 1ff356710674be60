/// Everything about a training run that one epoch hands to the next.
struct PerceptronState {
  var network: PerceptronNetwork
  var optimizers: [OptimizerState]
  var rates: RateSequence
  /// Shuffles the rows and draws dropout's masks.
  var generator: SeededGenerator
  var history: [EpochRecord] = []
  /// The weights to keep, and the training loss of their epoch.
  var best: PerceptronNetwork
  var bestTrainingLoss = Double.infinity
  /// The lowest validation loss and its epoch, counted from 1.
  var lowest = Double.infinity
  var lowestEpoch = 0
  /// How training ended, if it has.
  var status: FitCertificate.Status?

  init(_ settings: MultilayerPerceptron, network: PerceptronNetwork, seed: UInt64) {
    self.network = network
    best = network
    optimizers = network.layers.indices.map { index in
      OptimizerState(
        settings.optimizer, network.layers[index],
        rateFactor: settings.layerRates.isEmpty ? 1 : settings.layerRates[index],
        weightDecay: settings.weightDecay)
    }
    rates = RateSequence(settings.schedule, peak: settings.learningRate, epochs: settings.epochs)
    generator = SeededGenerator(seed: seed, stream: 1)
  }

  /// What weights, their moments and the best weights take up.
  var bytes: Int {
    network.layers.indices.reduce(0) { sum, index in
      let copies = optimizers[index].weightMoments.second == nil ? 3 : 4
      return sum + copies * network.layers[index].weight.layout.size * MemoryLayout<Float>.stride
    }
  }

  /// Takes an epoch's record, keeps its weights where they are the best so far, and decides whether it was the
  /// last one.
  mutating func finish(_ record: EpochRecord, _ settings: MultilayerPerceptron) {
    history.append(record)
    rates.finish(epoch: record.epoch - 1, loss: record.validationLoss ?? record.trainingLoss)
    if record.epoch >= settings.epochs { status = .scheduleCompleted }
    guard let stopping = settings.earlyStopping, let loss = record.validationLoss else {
      // Kept when all is over: a copy each epoch would cost time and memory.
      if status != nil { (best, bestTrainingLoss) = (network, record.trainingLoss) }
      return
    }
    if loss < lowest - stopping.minimumImprovement || history.count == 1 {
      (lowest, lowestEpoch) = (loss, record.epoch)
      (best, bestTrainingLoss) = (network, record.trainingLoss)
    } else if record.epoch - lowestEpoch >= stopping.patience {
      status = .stoppedEarly
    }
  }
}
