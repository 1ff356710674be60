#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The standard normal distribution.
package enum NormalDistribution {
  /// P(Z <= z).
  package static func cumulative(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

  /// P(Z >= z), accurate far out too.
  package static func upperTail(_ z: Double) -> Double { 0.5 * erfc(z / 2.0.squareRoot()) }

  /// z with P(Z <= z) = p; infinite at 0 and 1.
  package static func quantile(_ p: Double) -> Double {
    switch p {
    case ...0: -.infinity
    case 1...: .infinity
    case ..<0.5: -upperQuantile(p)
    default: upperQuantile(1 - p)
    }
  }

  /// z with P(Z >= z) = p for 0 < p <= 0.5, by Newton's method on the logarithm of the tail. That is concave,
  /// so that from the right the steps approach monotonously; exp(-z^2 / 2) / 2 bounds the tail from above and
  /// gives the start.
  private static func upperQuantile(_ p: Double) -> Double {
    var z = max(0, -2 * log(2 * p)).squareRoot()
    for _ in 0..<100 {
      let tail = upperTail(z)
      guard tail > 0 else { break }
      let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
      let step = tail / density * log(tail / p)
      z += step
      if abs(step) <= 1e-15 * max(1, z) { break }
    }
    return z
  }
}
