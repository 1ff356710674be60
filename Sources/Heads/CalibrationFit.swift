#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How a calibration is to be found.
public enum CalibrationMethod: String, Hashable, Sendable, CaseIterable {
  /// One number, which minimises the log-loss.
  case temperature
  /// A slope and an offset an output, each of which minimises the log-loss of its class against the rest with
  /// Platt's smoothed targets, (n + 1) / (n + 2) for the n rows of the class and 1 / (m + 2) for the m others.
  case platt
}

extension Head {
  /// The same head with probabilities that fit these rows, which it must not have been fitted to: the validation
  /// part, or a part kept for it. (The test part cannot be used by accident: `HeldOutFeatures` shows no rows.)
  ///
  /// Row weights count. As scikit-learn's `CalibratedClassifierCV` (version 1.9) with a `FrozenEstimator` and
  /// the method `temperature` or `sigmoid`, except that for two classes its temperature is that of the logits
  /// -z and z, half of this one, which gives the same probabilities. T is sought between exp(-10) and exp(10).
  ///
  /// - Throws: `.invalidLabels` where there are no rows, other classes, or no positive weights; `.missingClass`
  ///   where a class has no rows, whose probability then could not be known; else as `decision(_:)`.
  public func calibrated(_ method: CalibrationMethod, on heldOut: LabeledFeatures) throws(HeadsError) -> Head
  {
    guard heldOut.classes == classes else {
      throw HeadsError(.invalidLabels, "the rows have classes \(heldOut.classes), the head has \(classes)")
    }
    let weights = try heldOut.effectiveWeights(.uniform)
    let scores = try decision(heldOut.features)
    let outputs = scores.shape[1]
    let rows = heldOut.labels.indices.map { row in
      (0..<outputs).map { Double(scores.values[row * outputs + $0]) }
    }
    switch method {
    case .temperature:
      return try with(
        .temperature(TemperatureFit(rows: rows, labels: heldOut.labels, weights: weights).best))
    case .platt:
      let fits = (0..<outputs).map { output in
        PlattFit(
          scores: rows.map { $0[output] },
          isPositive: heldOut.labels.map { $0 == (outputs == 1 ? 1 : output) }, weights: weights
        ).best
      }
      return try with(.platt(slopes: fits.map(\.slope), offsets: fits.map(\.offset)))
    }
  }
}

/// The log-loss as a function of the inverse temperature, which is convex.
private struct TemperatureFit {
  let rows: [[Double]]
  let labels: [Int]
  let weights: [Double]

  /// T. The sign of the slope is enough to close in on it.
  var best: Double {
    var (low, high) = (-10.0, 10.0)
    if slope(exp(low)) >= 0 { return exp(-low) }
    if slope(exp(high)) <= 0 { return exp(-high) }
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if slope(exp(middle)) > 0 { high = middle } else { low = middle }
    }
    return exp(-(low + high) / 2)
  }

  private func slope(_ inverse: Double) -> Double {
    var sum = 0.0
    for (row, scores) in rows.enumerated() where weights[row] > 0 {
      if scores.count == 1 {
        let target = Double(labels[row])
        sum += weights[row] * scores[0] * (exp(logSigmoid(inverse * scores[0])) - target)
      } else {
        let largest = scores.max() ?? 0
        let shares = scores.map { exp(inverse * ($0 - largest)) }
        let mean = zip(scores, shares).reduce(0) { $0 + $1.0 * $1.1 } / shares.reduce(0, +)
        sum += weights[row] * (mean - scores[labels[row]])
      }
    }
    return sum
  }
}

/// Platt's two numbers by Newton's method (Lin, Lin and Weng, "A note on Platt's probabilistic outputs for support
/// vector machines", 2007).
private struct PlattFit {
  let scores: [Double]
  let isPositive: [Bool]
  let weights: [Double]

  var best: (slope: Double, offset: Double) {
    var positive = 0.0
    var negative = 0.0
    for (row, weight) in weights.enumerated() {
      if isPositive[row] { positive += weight } else { negative += weight }
    }
    let targets = isPositive.map { $0 ? (positive + 1) / (positive + 2) : 1 / (negative + 2) }
    // Scores of any size are as good as those up to 1.
    let scale = scores.reduce(0) { max($0, abs($1)) }
    guard scale > 0 else { return (0, log((positive + 1) / (negative + 1))) }
    let scaled = scores.map { $0 / scale }
    var point = (0.0, log((positive + 1) / (negative + 1)))
    var value = loss(scaled, targets, point)
    for _ in 0..<200 {
      var (g0, g1, h00, h01, h11) = (0.0, 0.0, 1e-12, 0.0, 1e-12)
      for (row, score) in scaled.enumerated() {
        let probability = exp(logSigmoid(point.0 * score + point.1))
        let error = weights[row] * (probability - targets[row])
        let bend = weights[row] * probability * (1 - probability)
        (g0, g1) = (g0 + error * score, g1 + error)
        (h00, h01, h11) = (h00 + bend * score * score, h01 + bend * score, h11 + bend)
      }
      let determinant = h00 * h11 - h01 * h01
      guard determinant > 0 else { break }
      let step = ((h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant)
      let decrease = g0 * step.0 + g1 * step.1
      guard decrease > 1e-15 * value else { break }
      var length = 1.0
      var next = value
      while length > 1e-10 {
        next = loss(scaled, targets, (point.0 - length * step.0, point.1 - length * step.1))
        if next <= value - 1e-4 * length * decrease { break }
        length /= 2
      }
      guard next < value else { break }
      point = (point.0 - length * step.0, point.1 - length * step.1)
      value = next
    }
    return (point.0 / scale, point.1)
  }

  private func loss(_ scores: [Double], _ targets: [Double], _ point: (Double, Double)) -> Double {
    var sum = 0.0
    for (row, score) in scores.enumerated() {
      let z = point.0 * score + point.1
      sum -= weights[row] * (targets[row] * logSigmoid(z) + (1 - targets[row]) * logSigmoid(-z))
    }
    return sum
  }
}
