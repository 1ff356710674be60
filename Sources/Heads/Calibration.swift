#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How a head's logits or margins z become probabilities, measured on rows that it was not fitted to.
public enum Calibration: Hashable, Sendable {
  /// softmax(z / T), or sigmoid(z / T) for one output (Guo et al., "On calibration of modern neural networks",
  /// 2017). Predictions stay.
  case temperature(Double)
  /// p_k = sigmoid(a_k z_k + b_k), divided by their sum; for one output the probability of class 1 (Platt,
  /// "Probabilistic outputs for support vector machines", 1999; one against the rest as Zadrozny and Elkan,
  /// "Transforming classifier scores into accurate multiclass probability estimates", 2002). The most probable
  /// class is predicted, which may be another one than that of the largest z.
  case platt(slopes: [Double], offsets: [Double])

  /// - Throws: `.malformed` where the numbers do not fit so many outputs or are not finite.
  func check(outputs: Int) throws(HeadsError) {
    switch self {
    case .temperature(let temperature):
      guard temperature > 0, temperature.isFinite else {
        throw HeadsError(.malformed, "a temperature must be positive, it is \(temperature)")
      }
    case .platt(let slopes, let offsets):
      guard slopes.count == outputs, offsets.count == outputs, (slopes + offsets).allSatisfy(\.isFinite)
      else {
        throw HeadsError(
          .malformed,
          "\(slopes.count) slopes and \(offsets.count) offsets do not calibrate \(outputs) outputs")
      }
    }
  }

  /// What the softmax of, or of one output the sigmoid, are the probabilities.
  ///
  /// The normalised sigmoids of several outputs are the softmax of their logarithms, which do not underflow.
  func logits(_ scores: [Double]) -> [Double] {
    switch self {
    case .temperature(let temperature):
      return scores.map { $0 / temperature }
    case .platt(let slopes, let offsets):
      let arguments = scores.indices.map { slopes[$0] * scores[$0] + offsets[$0] }
      return arguments.count == 1 ? arguments : arguments.map(logSigmoid)
    }
  }
}

/// log(1 / (1 + exp(-x)))
func logSigmoid(_ x: Double) -> Double { min(x, 0) - log1p(exp(-abs(x))) }
