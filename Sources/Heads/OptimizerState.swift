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
  /// Of the weight, the bias and, where there is one, the normalisation's scale and shift.
  var moments: [Moments]

  struct Moments {
    var first: [Float]
    /// Empty for gradient descent.
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
    let units = layer.normalization == nil ? [] : [layer.outputs, layer.outputs]
    moments = ([layer.weight.count, layer.outputs] + units).map { count in
      Moments(
        first: [Float](repeating: 0, count: count),
        second: [Float](repeating: 0, count: hasSecond ? count : 0))
    }
  }

  /// Moves a layer against its gradient.
  mutating func step(
    _ layer: inout PerceptronNetwork.Layer, _ pass: PerceptronNetwork.Pass, rate: Double, on pool: WorkerPool
  ) {
    let rate = rate * rateFactor
    guard rate > 0 else { return }
    steps += 1
    step(&layer.weight, pass.weightGradient, 0, rate, pool)
    step(&layer.bias, pass.biasGradient, 1, rate, pool)
    guard var normalization = layer.normalization else { return }
    step(&normalization.scale, pass.normalization.scaleGradient, 2, rate, pool)
    step(&normalization.shift, pass.normalization.shiftGradient, 3, rate, pool)
    layer.normalization = normalization
  }

  private mutating func step(
    _ values: inout [Float], _ gradient: [Float], _ index: Int, _ rate: Double, _ pool: WorkerPool
  ) {
    switch optimizer {
    case .sgd(let momentum, let isNesterov):
      let (l2, momentum, rate) = (Float(weightDecay), Float(momentum), Float(rate))
      if isNesterov {
        for position in values.indices {
          let slope = gradient[position] + l2 * values[position]
          let velocity = momentum * moments[index].first[position] + slope
          moments[index].first[position] = velocity
          values[position] -= rate * (slope + momentum * velocity)
        }
      } else {
        OptimizerSteps.momentum(
          &values, gradient: gradient, velocity: &moments[index].first, l2: l2, momentum: momentum, rate: rate
        )
      }
    case .adam(let beta1, let beta2, let epsilon):
      adam(&values, gradient, index, pool, adam(beta1, beta2, epsilon, rate, l2: weightDecay, keep: 1))
    case .adamW(let beta1, let beta2, let epsilon):
      adam(
        &values, gradient, index, pool, adam(beta1, beta2, epsilon, rate, l2: 0, keep: 1 - rate * weightDecay)
      )
    }
  }

  private mutating func adam(
    _ values: inout [Float], _ gradient: [Float], _ index: Int, _ pool: WorkerPool,
    _ numbers: OptimizerSteps.Adam
  ) {
    // Lent and put back: two parts of one array cannot be lent at once.
    var own = moments[index]
    moments[index] = Moments(first: [], second: [])
    OptimizerSteps.adam(
      &values, gradient: gradient, first: &own.first, second: &own.second, numbers, on: pool)
    moments[index] = own
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
