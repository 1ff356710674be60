/// Batch normalisation of a hidden layer in training (Ioffe and Szegedy, "Batch normalization", 2015), between its
/// sums and the activation. As PyTorch's `BatchNorm1d`: a batch's units are normalised by their mean and biased
/// variance plus 1e-5, and running averages of mean and unbiased variance, each new batch counting 0.1, take
/// their place when predicting. Row weights do not enter the averages.
package struct BatchNormalization {
  static let epsilon = 1e-5
  static let momentum = 0.1

  /// gamma
  package var scale: [Float]
  /// beta
  package var shift: [Float]
  package var runningMean: [Float]
  package var runningVariance: [Float]

  /// What one batch leaves behind.
  package struct Pass {
    var mean: [Double] = []
    /// Biased.
    var variance: [Double] = []
    /// B x units
    var normalized: [Float] = []
    package var scaleGradient: [Float] = []
    package var shiftGradient: [Float] = []
  }

  init(units: Int) {
    scale = Array(repeating: 1, count: units)
    shift = Array(repeating: 0, count: units)
    runningMean = shift
    runningVariance = scale
  }

  /// Normalises `values`, B x units, in place by the running averages.
  func apply(_ values: inout [Float], count: Int) {
    let units = scale.count
    let factors = (0..<units).map { factor($0) }
    for row in 0..<count {
      for unit in 0..<units {
        let value = Double(values[row * units + unit]) - Double(runningMean[unit])
        values[row * units + unit] = Float(value * factors[unit] + Double(shift[unit]))
      }
    }
  }

  private func factor(_ unit: Int) -> Double {
    Double(scale[unit]) / (Double(runningVariance[unit]) + Self.epsilon).squareRoot()
  }

  /// The same by the batch's own mean and variance.
  func apply(_ values: inout [Float], count: Int, _ pass: inout Pass) {
    let units = scale.count
    let share = 1 / Double(count)
    var mean = [Double](repeating: 0, count: units)
    for row in 0..<count {
      for unit in 0..<units { mean[unit] += Double(values[row * units + unit]) * share }
    }
    var variance = [Double](repeating: 0, count: units)
    for row in 0..<count {
      for unit in 0..<units {
        let deviation = Double(values[row * units + unit]) - mean[unit]
        variance[unit] += deviation * deviation * share
      }
    }
    let inverse = variance.map { 1 / ($0 + Self.epsilon).squareRoot() }
    if pass.normalized.count < count * units { pass.normalized = Array(repeating: 0, count: count * units) }
    for row in 0..<count {
      for unit in 0..<units {
        let index = row * units + unit
        let normalized = Float((Double(values[index]) - mean[unit]) * inverse[unit])
        pass.normalized[index] = normalized
        values[index] = normalized * scale[unit] + shift[unit]
      }
    }
    (pass.mean, pass.variance) = (mean, variance)
  }

  /// Takes a batch into the running averages.
  mutating func update(_ pass: Pass, count: Int) {
    let momentum = Self.momentum
    let unbiased = count > 1 ? Double(count) / Double(count - 1) : 1
    for unit in scale.indices {
      runningMean[unit] = Float((1 - momentum) * Double(runningMean[unit]) + momentum * pass.mean[unit])
      runningVariance[unit] = Float(
        (1 - momentum) * Double(runningVariance[unit]) + momentum * unbiased * pass.variance[unit])
    }
  }

  /// Turns `delta`, the loss's derivative by the normalised units, into that by their sums, and leaves the
  /// gradients of scale and shift in `pass`.
  func backward(_ delta: inout [Float], count: Int, _ pass: inout Pass) {
    let units = scale.count
    var sums = [Double](repeating: 0, count: units)
    var products = [Double](repeating: 0, count: units)
    for row in 0..<count {
      for unit in 0..<units {
        let index = row * units + unit
        sums[unit] += Double(delta[index])
        products[unit] += Double(delta[index]) * Double(pass.normalized[index])
      }
    }
    pass.shiftGradient = sums.map { Float($0) }
    pass.scaleGradient = products.map { Float($0) }
    let share = 1 / Double(count)
    for unit in 0..<units {
      let factor = Double(scale[unit]) / (pass.variance[unit] + Self.epsilon).squareRoot()
      for row in 0..<count {
        let index = row * units + unit
        let centred =
          Double(delta[index]) - share * (sums[unit] + Double(pass.normalized[index]) * products[unit])
        delta[index] = Float(factor * centred)
      }
    }
  }

  /// The dense layer that does what a dense layer and then the running averages do.
  func folded(weight: [Float], bias: [Float], inputs: Int) -> (weight: [Double], bias: [Double]) {
    var folded = weight.map { Double($0) }
    var foldedBias: [Double] = []
    for unit in scale.indices {
      let factor = factor(unit)
      for index in unit * inputs..<(unit + 1) * inputs { folded[index] *= factor }
      foldedBias.append(
        (Double(bias[unit]) - Double(runningMean[unit])) * factor + Double(shift[unit]))
    }
    return (folded, foldedBias)
  }
}
