#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Whether two heads, tried on the same rows, differ: McNemar's test in its exact form (McNemar, "Note on the
/// sampling error of the difference between correlated proportions or percentages", 1947). Only rows that
/// exactly one of them gets right count; were the heads equal, each such row would be a fair coin.
public struct McNemarTest: Hashable, Sendable {
  /// Rows that only the first head gets right, and only the second.
  public let onlyFirst: Int
  public let onlySecond: Int
  /// Probability of a difference at least as large if there were none, in both directions; 1 where no row
  /// counts.
  public let p: Double

  /// Traps unless there are as many predictions of each as labels.
  public init(first: [Int], second: [Int], labels: [Int]) {
    precondition(first.count == labels.count && second.count == labels.count, "one prediction a label")
    let verdicts = labels.indices.map { (first[$0] == labels[$0], second[$0] == labels[$0]) }
    self.init(onlyFirst: verdicts.count { $0.0 && !$0.1 }, onlySecond: verdicts.count { !$0.0 && $0.1 })
  }

  /// Traps where a count is negative.
  public init(onlyFirst: Int, onlySecond: Int) {
    precondition(onlyFirst >= 0 && onlySecond >= 0, "counts must not be negative")
    self.onlyFirst = onlyFirst
    self.onlySecond = onlySecond
    // 2 P(X <= smaller) for X ~ Binomial(count, 1/2). From the largest term downwards, each term is the one
    // before times k / (count - k + 1).
    let count = Double(onlyFirst + onlySecond)
    let smaller = Double(min(onlyFirst, onlySecond))
    var term = exp(Self.logBinomial(count, smaller) - count * log(2))
    var tail = 0.0
    var k = smaller
    while k >= 0, term > 0 {
      tail += term
      term *= k / (count - k + 1)
      k -= 1
    }
    p = min(1, 2 * tail)
  }

  /// log of count choose k.
  private static func logBinomial(_ count: Double, _ k: Double) -> Double {
    logFactorial(count) - logFactorial(k) - logFactorial(count - k)
  }

  /// `lgamma` would write to a global variable; the sum is exact enough and short.
  private static func logFactorial(_ count: Double) -> Double {
    var sum = 0.0
    var factor = 2.0
    while factor <= count {
      sum += log(factor)
      factor += 1
    }
    return sum
  }
}
