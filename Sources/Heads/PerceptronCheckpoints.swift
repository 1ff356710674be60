/// Writes and reads the state of a training run: one safetensors file with the arrays, and in its metadata the
/// rest, numbers by their bits.
struct PerceptronCheckpoints {
  static let fileName = "perceptron.checkpoint"
  private static let format = "permafrost-perceptron-checkpoint"

  private let path: String
  private let interval: Int
  /// What the run is, by name; a file of another run is refused.
  private let fit: [(name: String, value: String)]

  /// `nil` where no checkpoints are wanted.
  ///
  /// - Parameter describe: the settings and data of the fit, which are only computed where they are needed.
  init?(
    _ context: FitContext, describe: () throws(HeadsError) -> [(name: String, value: String)]
  ) throws(HeadsError) {
    guard let wanted = context.options.checkpoints else { return nil }
    guard wanted.everyEpochs > 0, !wanted.folder.isEmpty else {
      throw HeadsError(
        .invalidArgument,
        "checkpoints need a folder and epochs between them, they have \"\(wanted.folder)\" and "
          + "\(wanted.everyEpochs)")
    }
    path = wanted.folder + "/" + Self.fileName
    interval = wanted.everyEpochs
    fit = try describe() + [("seed", String(context.options.seed))]
  }

  // MARK: Writing

  /// Writes where it is time to.
  func write(_ state: PerceptronState, _ context: FitContext) throws(HeadsError) {
    guard state.status != nil || state.history.count % interval == 0 else { return }
    var metadata = [
      "format": Self.format, "version": "2", "generator": String(state.generator.state),
      "steps": state.optimizers.map { String($0.steps) }.joined(separator: " "),
      "numbers": Self.text([
        state.bestTrainingLoss, state.lowest, Double(state.lowestEpoch), state.rates.plateau.factor,
        state.rates.plateau.lowest, Double(state.rates.plateau.badEpochs),
      ]),
      "history": state.history.map { Self.text($0) }.joined(separator: ";"),
    ]
    if let status = state.status { metadata["status"] = status.rawValue }
    for (name, value) in fit { metadata["fit." + name] = value }
    var items: [SafetensorsWriter.Item] = []
    var state = state
    state.forEachArray { name, values in items.append(.init(name, shape: [values.count], values)) }
    do throws(TensorsError) {
      try AtomicFile.write(try SafetensorsWriter.file(items, metadata: metadata), to: path)
    } catch { throw HeadsError(error) }
  }

  // MARK: Reading

  /// Puts the state of the file, if there is one, in place of a fresh one.
  ///
  /// - Throws: `.differentFit` naming the first setting that differs, `.malformed`, `.io`
  func resume(_ state: inout PerceptronState) throws(HeadsError) {
    guard fileExists(path) else { return }
    func fail(_ what: String) -> HeadsError { HeadsError(.malformed, "\(path): \(what)") }
    let file: SafetensorsFile
    do throws(TensorsError) { file = try SafetensorsFile(path: path) } catch { throw HeadsError(error) }
    guard file.metadata["format"] == Self.format, file.metadata["version"] == "2" else {
      throw fail("is no checkpoint of a multilayer perceptron")
    }
    for (name, value) in fit {
      let found = file.metadata["fit." + name] ?? "nothing"
      guard found == value else {
        throw HeadsError(.differentFit, "\(path): \(name) was \(found) and is \(value)")
      }
    }
    var failure: HeadsError?
    var restored = state
    restored.forEachArray { name, values in
      guard let entry = file[name], entry.type == .float32, entry.shape == [values.count],
        let floats = try? file.floats(entry)
      else {
        failure = failure ?? fail("has no array \(name) of \(values.count) numbers")
        return
      }
      values = floats
    }
    if let failure { throw failure }
    let steps = (file.metadata["steps"] ?? "").split(separator: " ").compactMap { Int($0) }
    let numbers = Self.numbers(file.metadata["numbers"] ?? "")
    let history = (file.metadata["history"] ?? "").split(separator: ";").compactMap { Self.record($0) }
    guard let generator = file.metadata["generator"].flatMap({ UInt64($0) }),
      steps.count == restored.optimizers.count, numbers.count == 6,
      let lowestEpoch = Int(exactly: numbers[2]), let badEpochs = Int(exactly: numbers[5]),
      !history.isEmpty, history.map(\.epoch) == Array(1...history.count)
    else { throw fail("has a state that makes no sense") }
    for index in steps.indices { restored.optimizers[index].steps = steps[index] }
    restored.generator = SeededGenerator(resuming: generator)
    restored.history = history
    (restored.bestTrainingLoss, restored.lowest, restored.lowestEpoch) = (numbers[0], numbers[1], lowestEpoch)
    restored.rates.plateau = .init(factor: numbers[3], lowest: numbers[4], badEpochs: badEpochs)
    restored.status = file.metadata["status"].flatMap(FitCertificate.Status.init(rawValue:))
    state = restored
  }

  // MARK: Numbers as text

  private static func text(_ numbers: [Double?]) -> String {
    numbers.map { $0.map { String($0.bitPattern, radix: 16) } ?? "-" }.joined(separator: " ")
  }

  private static func text(_ record: EpochRecord) -> String {
    "\(record.epoch) "
      + text([
        record.learningRate, record.trainingLoss, record.trainingAccuracy, record.validationLoss,
        record.validationAccuracy,
      ])
  }

  private static func numbers(_ text: some StringProtocol) -> [Double] {
    text.split(separator: " ").compactMap { UInt64($0, radix: 16).map { Double(bitPattern: $0) } }
  }

  private static func record(_ text: Substring) -> EpochRecord? {
    let fields = text.split(separator: " ")
    guard fields.count == 6, let epoch = Int(fields[0]) else { return nil }
    let values = fields.dropFirst().map { UInt64($0, radix: 16).map { Double(bitPattern: $0) } }
    guard let rate = values[0], let loss = values[1], let accuracy = values[2] else { return nil }
    return EpochRecord(
      epoch: epoch, learningRate: rate, trainingLoss: loss, trainingAccuracy: accuracy,
      validationLoss: values[3], validationAccuracy: values[4])
  }
}

extension PerceptronState {
  /// Every array of the state under its name; what the body makes of an array is kept.
  mutating func forEachArray(_ body: (String, inout [Float]) -> Void) {
    network.forEachArray { name, values in body("network." + name, &values) }
    best.forEachArray { name, values in body("best." + name, &values) }
    for layer in optimizers.indices {
      body("moments.\(layer).weight.first", &optimizers[layer].weightMoments.first.values)
      if var second = optimizers[layer].weightMoments.second {
        body("moments.\(layer).weight.second", &second.values)
        optimizers[layer].weightMoments.second = second
      }
      for index in optimizers[layer].moments.indices {
        body("moments.\(layer).\(index).first", &optimizers[layer].moments[index].first)
        body("moments.\(layer).\(index).second", &optimizers[layer].moments[index].second)
      }
    }
  }
}

extension PerceptronNetwork {
  fileprivate mutating func forEachArray(_ body: (String, inout [Float]) -> Void) {
    for index in layers.indices {
      body("\(index).weight", &layers[index].weight.values)
      body("\(index).bias", &layers[index].bias)
      guard var normalization = layers[index].normalization else { continue }
      body("\(index).scale", &normalization.scale)
      body("\(index).shift", &normalization.shift)
      body("\(index).mean", &normalization.runningMean)
      body("\(index).variance", &normalization.runningVariance)
      layers[index].normalization = normalization
    }
  }
}
