#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What an optimizer remembers of one layer.
struct OptimizerState {
  private let optimizer: Optimizer
  private let rateFactor: Double
  private let weightDecay: Double
  var steps = 0
  var weightMoments: PanelProducts.Moments
  /// Of the bias and, where there is one, the normalisation's scale and shift.
  var moments: [Moments]

  struct Moments {
    var first: [Float]
    /// Empty for gradient descent.
    var second: [Float]

    mutating func move(_ values: inout [Float], _ gradient: [Float], _ step: OptimizerStep) {
      step.move(&values, gradient: gradient, first: &first, second: &second)
    }
  }

  init(
    _ optimizer: Optimizer, _ layer: PerceptronNetwork.Layer, rateFactor: Double, weightDecay: Double
  ) {
    self.optimizer = optimizer
    self.rateFactor = rateFactor
    self.weightDecay = weightDecay
    var hasSecond = true
    if case .sgd = optimizer { hasSecond = false }
    weightMoments = PanelProducts.Moments(of: layer.weight, hasSecond: hasSecond)
    let zeros = [Float](repeating: 0, count: layer.outputs)
    let own = Moments(first: zeros, second: hasSecond ? zeros : [])
    moments = Array(repeating: own, count: layer.normalization == nil ? 1 : 3)
  }

  /// Moves a layer against the gradient of a batch.
  ///
  /// - Parameters:
  ///   - inputs: what the layer was given.
  ///   - next: what it will be given by the batch to follow; its sums go to `pass.activation`.
  mutating func step(
    _ layer: inout PerceptronNetwork.Layer, inputs: PanelMatrix, _ pass: inout PerceptronNetwork.Pass,
    next: PanelMatrix?, rate: Double, on pool: WorkerPool
  ) {
    let rate = rate * rateFactor
    guard rate > 0 else {
      if let next { PanelProducts.multiply(next, layer.weight, into: &pass.activation, on: pool) }
      return
    }
    steps += 1
    let step = step(rate: rate)
    PanelProducts.step(
      step, &layer.weight, &weightMoments, inputs: inputs, delta: pass.delta, next: next,
      sums: &pass.activation, on: pool)
    moments[0].move(&layer.bias, pass.biasGradient, step)
    guard var normalization = layer.normalization else { return }
    moments[1].move(&normalization.scale, pass.normalization.scaleGradient, step)
    moments[2].move(&normalization.shift, pass.normalization.shiftGradient, step)
    layer.normalization = normalization
  }

  private func step(rate: Double) -> OptimizerStep {
    switch optimizer {
    case .sgd(let momentum, let isNesterov):
      OptimizerStep(
        .momentum(Float(momentum), isNesterov: isNesterov), rate: Float(rate), l2: Float(weightDecay))
    case .adam(let beta1, let beta2, let epsilon):
      adam(beta1, beta2, epsilon, rate, l2: weightDecay, keep: 1)
    case .adamW(let beta1, let beta2, let epsilon):
      adam(beta1, beta2, epsilon, rate, l2: 0, keep: 1 - rate * weightDecay)
    }
  }

  private func adam(
    _ beta1: Double, _ beta2: Double, _ epsilon: Double, _ rate: Double, l2: Double, keep: Double
  ) -> OptimizerStep {
    let first = 1 - pow(beta1, Double(steps))
    let second = 1 - pow(beta2, Double(steps))
    return OptimizerStep(
      .adam(
        beta1: Float(beta1), beta2: Float(beta2), rootScale: Float(1 / second.squareRoot()),
        epsilon: Float(epsilon), keep: Float(keep)),
      rate: Float(rate / first), l2: Float(l2))
  }
}
