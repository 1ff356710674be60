#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A 64-bit hash of numbers by their bits (FNV-1a over words; Fowler, Noll and Vo): enough to notice that data are
/// others, no protection against somebody who wants it not to be noticed.
struct Fingerprint {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ word: UInt64) { value = (value ^ word) &* 0x0000_0100_0000_01b3 }

  mutating func add(_ values: [Float]) {
    add(UInt64(values.count))
    for value in values { add(UInt64(value.bitPattern)) }
  }

  /// All rows as the fit sees them.
  mutating func add(_ rows: TrainingRows, _ context: FitContext) throws(HeadsError) {
    var scratch: [Float] = []
    var own = self
    for start in stride(from: 0, to: rows.count, by: rows.tileRows) {
      try context.checkCancellation()
      let range = start..<min(start + rows.tileRows, rows.count)
      try rows.withRows(range, scratch: &scratch) { values in
        for index in values.indices { own.add(UInt64(values[index].bitPattern)) }
      }
    }
    self = own
  }

  var text: String { String(value, radix: 16) }
}

extension MultilayerPerceptron {
  /// Everything that decides which bits a fit ends with, by name.
  func description(
    _ training: LabeledFeatures, _ weights: [Double], _ rows: TrainingRows, _ validation: LabeledFeatures?,
    _ validationRows: TrainingRows?, _ context: FitContext
  ) throws(HeadsError) -> [(name: String, value: String)] {
    var features = Fingerprint()
    try features.add(rows, context)
    var held = Fingerprint()
    if let validation, let validationRows {
      try held.add(validationRows, context)
      for label in validation.labels { held.add(UInt64(label)) }
    }
    var labels = Fingerprint()
    for label in training.labels { labels.add(UInt64(label)) }
    var counts = Fingerprint()
    for weight in weights { counts.add(weight.bitPattern) }
    var start = Fingerprint()
    let given =
      pretrained.sorted { $0.key < $1.key }.map(\.value) + (context.options.initialHead?.layers ?? [])
    for layer in given {
      start.add(layer.weight)
      start.add(layer.bias)
    }
    return [
      ("hidden", "\(hidden)"), ("activation", activation.rawValue),
      ("hasBatchNormalization", "\(hasBatchNormalization)"), ("dropout", "\(dropout)"),
      ("optimizer", "\(optimizer)"), ("learningRate", "\(learningRate)"), ("layerRates", "\(layerRates)"),
      ("schedule", "\(schedule)"), ("weightDecay", "\(weightDecay)"), ("batchSize", "\(batchSize)"),
      ("epochs", "\(epochs)"), ("earlyStopping", earlyStopping.map { "\($0)" } ?? "none"),
      ("classWeights", "\(classWeights)"), ("scaling", scaling.rawValue),
      ("pretrained", "\(pretrained.keys.sorted()) \(start.text)"), ("classes", "\(training.classes)"),
      ("rows", "\(rows.count) x \(rows.dimension)"), ("labels", labels.text), ("weights", counts.text),
      ("features", features.text), ("validation", "\(validation?.count ?? 0) rows \(held.text)"),
    ]
  }
}

/// Whether there is something at `path`.
func fileExists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }
