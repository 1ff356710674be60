#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Powers of ten, which the standard library leaves to the C library.
package enum Logarithm {
  /// The logarithm to base ten.
  package static func decimal(_ value: Double) -> Double { log10(value) }

  /// Ten to a whole power.
  package static func power(_ exponent: Int) -> Double { pow(10, Double(exponent)) }

  /// The largest whole exponent whose power of ten is at most a positive, finite number.
  package static func exponent(ofTenAtMost value: Double) -> Int {
    guard value > 0, value.isFinite else { return 0 }
    var exponent = Int(log10(value).rounded(.down))
    if power(exponent + 1) <= value { exponent += 1 }
    if power(exponent) > value { exponent -= 1 }
    return exponent
  }
}
