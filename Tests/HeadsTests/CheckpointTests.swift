import Heads
import Synchronization
import Tensors
import TestSupport
import Testing

@Suite struct CheckpointTests {
  private let configuration = MultilayerPerceptron(
    hidden: [9, 5], dropout: 0.2,
    schedule: .warmUp(epochs: 2, fromFraction: 0.1, then: .plateau(patience: 1)),
    batchSize: 16, epochs: 10, activation: .gelu, hasBatchNormalization: true)

  private func parts() throws -> (LabeledFeatures, LabeledFeatures) {
    let data = try GoldenCase.named("imbalanced").data
    return (data.selecting(Array(0..<180)), data.selecting(Array(180..<240)))
  }

  private func options(_ folder: String?, every: Int = 1) -> FitOptions {
    var options = FitOptions(threads: 1, seed: 3)
    options.checkpoints = folder.map { TrainingCheckpoints(folder: $0, everyEpochs: every) }
    return options
  }

  /// Runs until so many epochs are done and then cancels, as a kill would.
  private func interrupted(
    _ configuration: MultilayerPerceptron, after epochs: Int, _ options: FitOptions
  ) async throws -> HeadsError.Code? {
    let (training, validation) = try parts()
    let box = Mutex<Task<HeadsError.Code?, Never>?>(nil)
    return await withCheckedContinuation { continuation in
      var options = options
      options.progress = { progress in
        // The task is in its box before the first epoch ends, or this epoch waits for it.
        while progress.iteration == epochs {
          if let task = box.withLock({ $0 }) {
            task.cancel()
            break
          }
        }
      }
      let task = Task { [options] () -> HeadsError.Code? in
        do throws(HeadsError) {
          _ = try await configuration.fit(training, validation: validation, options: options)
          return nil
        } catch { return error.code }
      }
      box.withLock { $0 = task }
      Task { continuation.resume(returning: await task.value) }
    }
  }

  @Test(arguments: [Optimizer.adamW(), .sgd(isNesterov: true)])
  func anInterruptedFitEndsWithTheSameBits(_ optimizer: Optimizer) async throws {
    var configuration = configuration
    configuration.optimizer = optimizer
    let (training, validation) = try parts()
    let whole = try await configuration.fit(training, validation: validation, options: options(nil))
    #expect(whole.history.count == 10)
    for every in [1, 3] {
      try await awaitingTemporaryFolder { folder in
        let code = try await interrupted(configuration, after: 4, options(folder, every: every))
        #expect(code == .cancelled)
        let counter = Mutex<[Int]>([])
        var counting = options(folder, every: every)
        counting.progress = { progress in counter.withLock { $0.append(progress.iteration) } }
        let resumed = try await configuration.fit(training, validation: validation, options: counting)
        #expect(counter.withLock { $0 } == Array((every == 1 ? 5 : 4)...10))
        #expect(resumed.head == whole.head && resumed.history == whole.history)
        #expect(resumed.certificate.objective == whole.certificate.objective)
        // A finished fit is not run again.
        let again = try await configuration.fit(training, validation: validation, options: options(folder))
        #expect(again.head == whole.head && again.history == whole.history)
        #expect(again.certificate.status == whole.certificate.status)
      }
    }
  }

  @Test func anotherFitIsRefusedByTheNameOfWhatDiffers() async throws {
    let (training, validation) = try parts()
    try await awaitingTemporaryFolder { folder in
      _ = try await configuration.fit(training, validation: validation, options: options(folder))
      func refusal(
        _ change: (inout MultilayerPerceptron) -> Void, _ training: LabeledFeatures? = nil,
        _ validation: LabeledFeatures? = nil, seed: UInt64 = 3
      ) async throws -> String {
        var changed = configuration
        change(&changed)
        var options = options(folder)
        options.seed = seed
        let parts = try parts()
        let error = await #expect(throws: HeadsError.self) {
          try await changed.fit(training ?? parts.0, validation: validation ?? parts.1, options: options)
        }
        #expect(error?.code == .differentFit)
        return error?.message ?? ""
      }
      #expect(try await refusal { $0.learningRate = 0.01 }.contains("learningRate was 0.001 and is 0.01"))
      #expect(try await refusal { $0.hidden = [9] }.contains("hidden was [9, 5] and is [9]"))
      #expect(try await refusal { $0.epochs = 11 }.contains("epochs was 10 and is 11"))
      #expect(try await refusal { $0.activation = .tanh }.contains("activation was gelu and is tanh"))
      #expect(try await refusal { $0.optimizer = .sgd() }.contains("optimizer"))
      #expect(try await refusal { $0.classWeights = .balanced }.contains("classWeights"))
      #expect(try await refusal({ _ in }, seed: 4).contains("seed was 3 and is 4"))
      let fewer = training.selecting(Array(0..<179))
      #expect(try await refusal({ _ in }, fewer).contains("rows was 180 x 10 and is 179 x 10"))
      var order = Array(0..<180)
      order.swapAt(3, 4)
      #expect(try await refusal({ _ in }, training.selecting(order)).contains("was"))
      #expect(try await refusal({ _ in }, training, training).contains("validation"))
    }
  }

  @Test func whatIsNoCheckpointIsRefused() async throws {
    let (training, validation) = try parts()
    try await awaitingTemporaryFolder { folder in
      let path = folder + "/perceptron.checkpoint"
      _ = try await configuration.fit(training, validation: validation, options: options(folder))
      let bytes = try FileBytes.read(path, limit: 1 << 20)
      for damaged in [[], Array(bytes.prefix(100)), Array(bytes.dropLast(4))] {
        try AtomicFile.write(damaged, to: path)
        let error = await #expect(throws: HeadsError.self) {
          try await configuration.fit(training, validation: validation, options: options(folder))
        }
        #expect(error?.code == .malformed && error?.message.contains(path) == true)
      }
      try await LogisticRegression().fit(training).head.write(to: path)
      let error = await #expect(throws: HeadsError.self) {
        try await configuration.fit(training, options: options(folder))
      }
      #expect(error?.code == .malformed)
    }
    let nowhere = await #expect(throws: HeadsError.self) {
      try await configuration.fit(training, options: options("/nonexistent/folder"))
    }
    #expect(nowhere?.code == .io)
    let never = await #expect(throws: HeadsError.self) {
      try await configuration.fit(training, options: options("/tmp", every: 0))
    }
    #expect(never?.code == .invalidArgument)
  }
}
