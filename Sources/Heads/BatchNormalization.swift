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
    var normalized: PanelMatrix
    package var scaleGradient: [Float] = []
    package var shiftGradient: [Float] = []

    init(normalized: PanelMatrix) { self.normalized = normalized }
  }

  init(units: Int) {
    scale = Array(repeating: 1, count: units)
    shift = Array(repeating: 0, count: units)
    runningMean = shift
    runningVariance = scale
  }

  /// Normalises `values`, B x units, in place by the running averages.
  func apply(_ values: inout PanelMatrix, on pool: WorkerPool) {
    values.forEachColumn(on: pool) { unit, indices, values in
      let (mean, factor, shift) = (Double(runningMean[unit]), factor(unit), Double(shift[unit]))
      for index in indices { values[index] = Float((Double(values[index]) - mean) * factor + shift) }
    }
  }

  private func factor(_ unit: Int) -> Double {
    Double(scale[unit]) / (Double(runningVariance[unit]) + Self.epsilon).squareRoot()
  }

  /// The same by the batch's own mean and variance.
  func apply(_ values: inout PanelMatrix, _ pass: inout Pass, on pool: WorkerPool) {
    let share = 1 / Double(values.rows)
    let moments = values.mapColumns(on: pool) { _, indices, values in
      Self.moments(values, indices, share: share)
    }
    pass.mean = moments.map(\.mean)
    pass.variance = moments.map(\.variance)
    pass.normalized.resize(rows: values.rows)
    pass.normalized.forEachColumn(with: values, on: pool) { unit, indices, normalized, sums in
      let inverse = 1 / (moments[unit].variance + Self.epsilon).squareRoot()
      for index in indices { normalized[index] = Float((Double(sums[index]) - moments[unit].mean) * inverse) }
    }
    values.forEachColumn(with: pass.normalized, on: pool) { unit, indices, values, normalized in
      for index in indices { values[index] = normalized[index] * scale[unit] + shift[unit] }
    }
  }

  private static func moments(
    _ values: Span<Float>, _ indices: StrideTo<Int>, share: Double
  ) -> (mean: Double, variance: Double) {
    var mean = 0.0
    for index in indices { mean += Double(values[index]) * share }
    var variance = 0.0
    for index in indices {
      let deviation = Double(values[index]) - mean
      variance += deviation * deviation * share
    }
    return (mean, variance)
  }

  /// What the running averages do to a unit's sum with its bias: the sum times a factor, and another bias.
  func folded(_ unit: Int, bias: Double) -> (factor: Double, bias: Double) {
    let factor = factor(unit)
    return (factor, (bias - Double(runningMean[unit])) * factor + Double(shift[unit]))
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
  func backward(_ delta: inout PanelMatrix, _ pass: inout Pass, on pool: WorkerPool) {
    let normalized = pass.normalized
    let gradients = delta.mapColumns(on: pool) { unit, indices, delta in
      normalized.withPanel(unit / PanelLayout.panelWidth) { normalized in
        indices.reduce((shift: 0.0, scale: 0.0)) { sums, index in
          let slope = Double(delta[index])
          return (sums.shift + slope, sums.scale + slope * Double(normalized[index]))
        }
      }
    }
    pass.shiftGradient = gradients.map { Float($0.shift) }
    pass.scaleGradient = gradients.map { Float($0.scale) }
    let (share, variance) = (1 / Double(delta.rows), pass.variance)
    delta.forEachColumn(with: normalized, on: pool) { unit, indices, delta, normalized in
      let factor = Double(scale[unit]) / (variance[unit] + Self.epsilon).squareRoot()
      for index in indices {
        let mean = share * (gradients[unit].shift + Double(normalized[index]) * gradients[unit].scale)
        delta[index] = Float(factor * (Double(delta[index]) - mean))
      }
    }
  }
}
