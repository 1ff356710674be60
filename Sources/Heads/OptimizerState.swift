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
  private var steps = 0
  private var weight: Moments
  private var bias: Moments

  private struct Moments {
    var first: [Float]
    var second: [Float]
  }

  init(
    _ optimizer: Optimizer, _ layer: PerceptronNetwork.Layer, rateFactor: Double, weightDecay: Double
  ) {
    self.optimizer = optimizer
    self.rateFactor = rateFactor
    self.weightDecay = weightDecay
    var hasSecond = true
    if case .sgd = optimizer { hasSecond = false }
    func zeros(_ count: Int) -> Moments {
      Moments(
        first: [Float](repeating: 0, count: count),
        second: [Float](repeating: 0, count: hasSecond ? count : 0))
    }
    weight = zeros(layer.weight.count)
    bias = zeros(layer.outputs)
  }

  /// Moves a layer against its gradient.
  mutating func step(
    _ layer: inout PerceptronNetwork.Layer, _ pass: PerceptronNetwork.Pass, rate: Double, on pool: WorkerPool
  ) {
    let rate = rate * rateFactor
    guard rate > 0 else { return }
    steps += 1
    switch optimizer {
    case .sgd(let momentum):
      let (l2, momentum, rate) = (Float(weightDecay), Float(momentum), Float(rate))
      OptimizerSteps.momentum(
        &layer.weight, gradient: pass.weightGradient, velocity: &weight.first, l2: l2, momentum: momentum,
        rate: rate)
      OptimizerSteps.momentum(
        &layer.bias, gradient: pass.biasGradient, velocity: &bias.first, l2: l2, momentum: momentum,
        rate: rate)
    case .adam(let beta1, let beta2, let epsilon):
      let numbers = adam(beta1, beta2, epsilon, rate, l2: weightDecay, keep: 1)
      step(&layer, pass, numbers, pool)
    case .adamW(let beta1, let beta2, let epsilon):
      let numbers = adam(beta1, beta2, epsilon, rate, l2: 0, keep: 1 - rate * weightDecay)
      step(&layer, pass, numbers, pool)
    }
  }

  private mutating func step(
    _ layer: inout PerceptronNetwork.Layer, _ pass: PerceptronNetwork.Pass, _ numbers: OptimizerSteps.Adam,
    _ pool: WorkerPool
  ) {
    OptimizerSteps.adam(
      &layer.weight, gradient: pass.weightGradient, first: &weight.first, second: &weight.second, numbers,
      on: pool)
    OptimizerSteps.adam(
      &layer.bias, gradient: pass.biasGradient, first: &bias.first, second: &bias.second, numbers)
  }

  private func adam(
    _ beta1: Double, _ beta2: Double, _ epsilon: Double, _ rate: Double, l2: Double, keep: Double
  ) -> OptimizerSteps.Adam {
    let first = 1 - pow(beta1, Double(steps))
    let second = 1 - pow(beta2, Double(steps))
    return OptimizerSteps.Adam(
      l2: Float(l2), keep: Float(keep), beta1: Float(beta1), beta2: Float(beta2), rate: Float(rate / first),
      rootScale: Float(1 / second.squareRoot()), epsilon: Float(epsilon))
  }
}
