/// A range of values and where its marks stand.
package struct Axis {
  package let low: Double
  package let high: Double
  package let ticks: [Double]
  package let isLogarithmic: Bool

  /// A linear axis over values, widened to whole steps of 1, 2 or 5 times a power of ten and kept inside
  /// limits. Values that are not finite are left out; without any, the axis is 0 to 1.
  package init(covering values: [Double], ticks count: Int = 5, within limits: ClosedRange<Double>? = nil) {
    let finite = values.filter(\.isFinite)
    let least = finite.min() ?? 0
    let most = finite.max() ?? 1
    let spread = most - least
    let isFlat = !(spread > 1e-6 * max(most.magnitude, least.magnitude)) || !spread.isFinite
    let margin = isFlat ? max(most.magnitude * 0.05, 0.005) : 0
    let step = Axis.step((isFlat ? 2 * margin : spread) / Double(max(count, 1)))
    var low = ((least - margin) / step).rounded(.down) * step
    var high = ((most + margin) / step).rounded(.up) * step
    if let limits {
      low = max(low, limits.lowerBound)
      high = min(high, limits.upperBound)
    }
    self.init(low: low, high: max(high, low + step), step: step)
  }

  /// A logarithmic axis over positive values, widened a little; its marks are powers of ten.
  package init(logarithmicCovering values: [Double], ticks count: Int = 6) {
    let positive = values.filter { $0.isFinite && $0 > 0 }
    var first = Logarithm.exponent(ofTenAtMost: positive.min() ?? 1)
    var last = Logarithm.exponent(ofTenAtMost: positive.max() ?? 1)
    if let most = positive.max(), most > Logarithm.power(last) * 1.000001 { last += 1 }
    if first == last { (first, last) = (first - 1, last + 1) }
    let stride = max(1, Int((Double(last - first) / Double(max(count, 1))).rounded(.up)))
    low = Logarithm.power(first)
    high = Logarithm.power(last)
    ticks = (first...last).filter { $0.isMultiple(of: stride) }.map { Logarithm.power($0) }
    isLogarithmic = true
  }

  /// A logarithmic axis between two positive ends, without marks of its own.
  package init(logarithmicOver low: Double, _ high: Double) {
    self.low = low
    self.high = high > low ? high : low * 2
    ticks = []
    isLogarithmic = true
  }

  /// The distance of two marks; 1 without two.
  package var step: Double { ticks.count > 1 ? ticks[1] - ticks[0] : 1 }

  private init(low: Double, high: Double, step: Double) {
    self.low = low
    self.high = high
    isLogarithmic = false
    var ticks: [Double] = []
    var index = (low / step - 1e-6).rounded(.up)
    while index * step <= high + 1e-6 * step, ticks.count < 100 {
      ticks.append(index * step)
      index += 1
    }
    self.ticks = ticks
  }

  /// Where a value lies between the ends: 0 at the low one, 1 at the high one; clamped to them.
  package func position(_ value: Double) -> Double {
    let raw =
      isLogarithmic
      ? (Logarithm.decimal(max(value, low)) - Logarithm.decimal(low))
        / (Logarithm.decimal(high) - Logarithm.decimal(low))
      : (value - low) / (high - low)
    return raw.isNaN ? 0 : min(max(raw, 0), 1)
  }

  /// The ticks' labels as percentages with just the decimals that tell them apart.
  package var percentLabels: [String] {
    let decimals = decimals(scale: 100)
    return ticks.map { NumberFormat.percent($0, decimals: decimals) }
  }

  /// The ticks' labels as numbers; powers of ten where one of them is far from one.
  package var labels: [String] {
    guard isLogarithmic else {
      let decimals = decimals(scale: 1)
      return ticks.map { decimals > 5 ? NumberFormat.plain($0) : NumberFormat.fixed($0, decimals) }
    }
    let isNear = low >= 1e-2 / 1.5 && high <= 1.5e3
    return ticks.map { tick in
      isNear ? NumberFormat.plain(tick) : Axis.powerOfTen(Logarithm.exponent(ofTenAtMost: tick * 1.5))
    }
  }

  /// The smallest of 1, 2 and 5 times a power of ten that is at least a size.
  package static func step(_ size: Double) -> Double {
    guard size.isFinite, size > 1e-300 else { return 1 }
    let power = Logarithm.power(Logarithm.exponent(ofTenAtMost: size))
    return [1, 2, 5, 10].map { $0 * power }.first { $0 >= size * (1 - 1e-9) } ?? 10 * power
  }

  /// Decimals that the distance between two ticks needs.
  private func decimals(scale: Double) -> Int {
    guard ticks.count > 1 else { return 1 }
    return max(0, -Logarithm.exponent(ofTenAtMost: (ticks[1] - ticks[0]) * scale * 1.000001))
  }

  /// `10⁻⁵`; one and ten stand for themselves.
  private static func powerOfTen(_ exponent: Int) -> String {
    guard exponent != 0, exponent != 1 else { return exponent == 0 ? "1" : "10" }
    let digits: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
    return "10" + (exponent < 0 ? "⁻" : "")
      + String(String(exponent.magnitude).compactMap(\.wholeNumberValue).map { digits[$0] })
  }
}
