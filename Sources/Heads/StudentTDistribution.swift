#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Student's t distribution.
package struct StudentTDistribution {
  package let degreesOfFreedom: Double

  package init(degreesOfFreedom: Double) { self.degreesOfFreedom = degreesOfFreedom }

  /// P(T >= t) = I_x(v / 2, 1 / 2) / 2 with x = v / (v + t^2) for t >= 0 (Abramowitz and Stegun, 26.7.1).
  package func upperTail(_ t: Double) -> Double {
    guard !t.isNaN else { return .nan }
    let half = 0.5 * Self.incompleteBeta(t, degreesOfFreedom)
    return t >= 0 ? half : 1 - half
  }

  /// t with P(T >= t) = p, by bisection; infinite at 0 and 1.
  package func upperQuantile(_ p: Double) -> Double {
    guard p > 0 else { return .infinity }
    guard p <= 0.5 else { return -upperQuantile(1 - p) }
    var (low, high) = (0.0, 1.0)
    while upperTail(high) > p, high < 1e300 { (low, high) = (high, 2 * high) }
    for _ in 0..<200 where high - low > 1e-15 * high {
      let middle = low + (high - low) / 2
      if upperTail(middle) > p { low = middle } else { high = middle }
    }
    return low + (high - low) / 2
  }

  /// I_x(v / 2, 1 / 2) at x = v / (v + t^2), by the continued fraction that converges fast on its side of the
  /// mean (NIST Digital Library of Mathematical Functions, 8.17.22 and 8.17.4).
  private static func incompleteBeta(_ t: Double, _ v: Double) -> Double {
    let square = t * t
    guard square.isFinite else { return 0 }
    let (a, b) = (v / 2, 0.5)
    let (x, rest) = (v / (v + square), square / (v + square))
    guard x > 0, rest > 0 else { return rest > 0 ? 0 : 1 }
    let front = exp(a * log(x) + b * log(rest) + logGamma(a + b) - logGamma(a) - logGamma(b))
    guard x < (a + 1) / (a + b + 2) else { return 1 - front / b * fraction(b, a, rest) }
    return front / a * fraction(a, b, x)
  }

  /// 1 / (1 + d1 / (1 + d2 / ...)) by Lentz's method.
  private static func fraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    let tiny = 1e-300
    var c = 1.0
    var d = 1 / max(1 - (a + b) * x / (a + 1), tiny)
    var value = d
    for m in 1...10_000 {
      let m = Double(m)
      for coefficient in [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ] {
        d = 1 + coefficient * d
        d = 1 / (abs(d) < tiny ? tiny : d)
        c = 1 + coefficient / c
        if abs(c) < tiny { c = tiny }
        value *= c * d
      }
      if abs(c * d - 1) < 1e-16 { break }
    }
    return value
  }

  /// Stirling's series after shifting the argument beyond 10 (Abramowitz and Stegun, 6.1.41). The C library's
  /// `lgamma` would write to a global variable.
  static func logGamma(_ x: Double) -> Double {
    var x = x
    var shift = 0.0
    while x < 10 {
      shift += log(x)
      x += 1
    }
    let inverse = 1 / (x * x)
    let series =
      (1.0 / 12 - inverse * (1.0 / 360 - inverse * (1.0 / 1260 - inverse * (1.0 / 1680 - inverse / 1188))))
      / x
    return (x - 0.5) * log(x) - x + 0.5 * log(2 * Double.pi) + series - shift
  }
}
