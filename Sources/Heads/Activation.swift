#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The function between two layers of a multilayer perceptron.
public enum Activation: String, Hashable, Sendable, CaseIterable {
  /// max(x, 0)
  case relu
  /// x Phi(x), Phi the normal distribution function, computed with erf and not with tanh (Hendrycks and Gimpel,
  /// "Gaussian error linear units", 2016).
  case gelu
  case tanh

  func value(_ x: Double) -> Double {
    switch self {
    case .relu: max(x, 0)
    case .gelu: 0.5 * x * (1 + erf(x * 0.5.squareRoot()))
    case .tanh: tanhOf(x)
    }
  }

  /// The derivative, at ReLU's corner 0.
  func slope(_ x: Double) -> Double {
    switch self {
    case .relu:
      return x > 0 ? 1 : 0
    case .gelu:
      let density = exp(-0.5 * x * x) * (0.5 / Double.pi).squareRoot()
      return 0.5 * (1 + erf(x * 0.5.squareRoot())) + x * density
    case .tanh:
      let y = tanhOf(x)
      return 1 - y * y
    }
  }
}

extension Activation {
  /// Replaces numbers by the function of them, and keeps its slopes where the results do not tell them.
  func apply(_ values: inout PanelMatrix, slopes: inout PanelMatrix, on pool: WorkerPool) {
    if self == .relu {
      values.forEachPanel(on: pool) { _, values in
        for index in values.indices {
          unsafe values[unchecked: index] = max(values[unchecked: index], 0)
        }
      }
      return
    }
    slopes.resize(rows: values.rows)
    slopes.combine(with: values, on: pool) { _, value in Float(slope(Double(value))) }
    values.forEachPanel(on: pool) { _, values in
      for index in values.indices { values[index] = Float(value(Double(values[index]))) }
    }
  }
}

/// The function of the C library, which a case of the enum hides.
private func tanhOf(_ x: Double) -> Double { tanh(x) }
