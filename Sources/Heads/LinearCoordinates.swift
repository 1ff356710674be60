/// The coordinates in which a linear head is fitted to rows as they are read: z = sum_j W_j (x_j - mean_j) factor_j
/// + b.
///
/// With the columns' means taken away, the intercept and the weights hardly disturb one another, and no
/// direction of the weights bends far more than all others. As the intercept is not penalised, this changes no
/// answer.
package struct LinearCoordinates: Sendable {
  let mean: [Double]
  /// 0 where a column is constant, whose weight then stays 0.
  let factor: [Double]
  let hasIntercept: Bool
  /// What the coordinates take from the scaled features beyond their scaling: the intercept of the scaled
  /// features is b - sum_j W_j shift_j. `nil` for nothing.
  let shift: [Double]?

  package init(mean: [Double], factor: [Double], hasIntercept: Bool, shift: [Double]?) {
    self.mean = mean
    self.factor = factor
    self.hasIntercept = hasIntercept
    self.shift = shift
  }

  var dimension: Int { mean.count }

  /// Coefficients and offsets that give the same scores on the rows as stored.
  func stored(_ point: [Double], outputs: Int) -> (weights: [Float], offsets: [Float]) {
    let dimension = dimension
    var weights = Array(repeating: Float(0), count: outputs * dimension)
    var offsets: [Float] = []
    for output in 0..<outputs {
      let first = output * dimension
      var shift = 0.0
      for column in 0..<dimension {
        let weight = Float(point[first + column] * factor[column])
        weights[first + column] = weight
        // With the rounded coefficient, so that the mean's own score is exact.
        shift += Double(weight) * mean[column]
      }
      offsets.append(Float(point[outputs * dimension + output] - shift))
    }
    return (weights, offsets)
  }

  /// The gradient here, without the penalty's, from sums of residuals times stored rows; in place.
  func convert(_ gradient: inout [Double], residuals: [Double]) {
    let dimension = dimension
    for output in residuals.indices {
      let (first, residual) = (output * dimension, residuals[output])
      for column in 0..<dimension {
        gradient[first + column] = (gradient[first + column] - mean[column] * residual) * factor[column]
      }
      gradient[residuals.count * dimension + output] = hasIntercept ? residual : 0
    }
  }

  /// The largest component of a gradient with respect to weights and intercept of the scaled features.
  func largestComponent(_ gradient: [Double], outputs: Int) -> Double {
    guard let shift else { return gradient.largestMagnitude }
    var largest = 0.0
    for output in 0..<outputs {
      let residual = gradient[outputs * dimension + output]
      largest = max(largest, abs(residual))
      for column in 0..<dimension {
        largest = max(largest, abs(gradient[output * dimension + column] + shift[column] * residual))
      }
    }
    return largest
  }

  /// The point as weights and intercepts of the scaled features.
  func scaled(_ point: [Double], outputs: Int) -> [Double] { shifted(point, outputs, sign: -1) }

  /// The inverse of `scaled`.
  func point(scaled: [Double], outputs: Int) -> [Double] { shifted(scaled, outputs, sign: 1) }

  private func shifted(_ point: [Double], _ outputs: Int, sign: Double) -> [Double] {
    guard let shift else { return point }
    var point = point
    for output in 0..<outputs {
      var sum = 0.0
      for column in 0..<dimension { sum += point[output * dimension + column] * shift[column] }
      point[outputs * dimension + output] += sign * sum
    }
    return point
  }

  /// A gradient by `scaled` weights and intercepts as one by the point; in place.
  func convert(scaledGradient gradient: inout [Double], outputs: Int) {
    guard let shift else { return }
    for output in 0..<outputs {
      let residual = gradient[outputs * dimension + output]
      for column in 0..<dimension { gradient[output * dimension + column] -= shift[column] * residual }
    }
  }
}
