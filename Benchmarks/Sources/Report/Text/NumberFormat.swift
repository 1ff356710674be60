/// Numbers as a reader wants them: rounded, with units, with a dash for what is not a number. A no-break
/// space stands between a number and its unit.
package enum NumberFormat {
  /// What stands for a number that is not known.
  package static let missing = "–"
  private static let space = "\u{A0}"

  /// A number rounded to a number of decimals: `fixed(0.8333, 2)` is `0.83`.
  package static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? missing : value < 0 ? "−∞" : "∞" }
    let decimals = min(max(decimals, 0), 9)
    let scale = (0..<decimals).reduce(1.0) { product, _ in product * 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 1e15 else { return sign(value, isZero: false) + "\(value.magnitude)" }
    var digits = String(Int64(scaled))
    if decimals > 0 {
      digits = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
      digits = "\(digits.dropLast(decimals)).\(digits.suffix(decimals))"
    }
    return sign(value, isZero: scaled == 0) + digits
  }

  /// A number with at most four significant digits and no trailing zeros; powers of ten far from one as
  /// `1e-5`.
  package static func plain(_ value: Double) -> String {
    guard value.isFinite else { return fixed(value, 0) }
    guard value != 0 else { return "0" }
    let magnitude = value.magnitude
    guard magnitude < 1e-3 || magnitude >= 1e6 else {
      let whole = magnitude >= 1000 ? 0 : magnitude >= 100 ? 1 : magnitude >= 10 ? 2 : magnitude >= 1 ? 3 : 6
      return trimmed(fixed(significant(value), whole))
    }
    var (exponent, mantissa) = decimalParts(magnitude)
    mantissa = (mantissa * 1000).rounded() / 1000
    if mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    return sign(value, isZero: false) + trimmed(fixed(mantissa, 3)) + "e\(exponent)"
  }

  /// A number with at most two significant digits, otherwise as `plain`.
  package static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return plain(value) }
    let power = Logarithm.power(Logarithm.exponent(ofTenAtMost: value.magnitude) - 1)
    return plain((value / power).rounded() * power)
  }

  /// A share as a percentage with one decimal: `83.1 %`.
  package static func percent(_ share: Double, decimals: Int = 1) -> String {
    share.isFinite ? fixed(share * 100, decimals) + space + "%" : missing
  }

  /// A difference of two shares in points, always signed: `+1.4`.
  package static func points(_ difference: Double) -> String {
    let text = fixed(difference * 100, 1)
    return difference > 0 && text != "0.0" ? "+" + text : text
  }

  /// A margin of accuracy in words: `one point`, `2.5 points`.
  package static func margin(_ difference: Double) -> String {
    let text = plain(difference * 100)
    return text == "1" ? "one point" : text + " points"
  }

  /// A duration in the unit that suits it: `4.2 ms`, `1.24 s`, `3 min 12 s`, `2 h 5 min`.
  package static func seconds(_ value: Double) -> String {
    guard value.isFinite, value >= 0, value < 1e9 else { return missing }
    switch value {
    case ..<0.01: return fixed(value * 1000, 1) + space + "ms"
    case ..<0.9995: return fixed(value * 1000, 0) + space + "ms"
    case ..<9.995: return fixed(value, 2) + space + "s"
    case ..<59.95: return fixed(value, 1) + space + "s"
    case ..<3599.5:
      let whole = Int(value.rounded())
      return "\(whole / 60)\(space)min \(whole % 60)\(space)s"
    default:
      let minutes = Int((value / 60).rounded())
      return "\(minutes / 60)\(space)h \(minutes % 60)\(space)min"
    }
  }

  /// An amount of memory in decimal units: `84 MB`, `1.2 GB`.
  package static func bytes(_ count: Int) -> String {
    switch count {
    case ..<1_000_000: fixed(Double(count) / 1e3, 0) + space + "kB"
    case ..<9_950_000: fixed(Double(count) / 1e6, 1) + space + "MB"
    case ..<1_000_000_000: fixed(Double(count) / 1e6, 0) + space + "MB"
    default: fixed(Double(count) / 1e9, 1) + space + "GB"
    }
  }

  /// A p value as an equation, `p = 0.32` or `p < 0.001`, with two significant digits below 0.1.
  package static func pValue(_ p: Double) -> String {
    guard p.isFinite else { return "p unknown" }
    return p < 0.001 ? "p" + space + bareP(p) : "p" + space + "=" + space + bareP(p)
  }

  /// The same without its name, for narrow cells: `0.32` or `< 0.001`.
  package static func bareP(_ p: Double) -> String {
    switch p {
    case ..<0.001: "<" + space + "0.001"
    case ..<0.0095: fixed(p, 4)
    case ..<0.095: fixed(p, 3)
    default: fixed(min(p, 1), 2)
    }
  }

  /// A count with a thin space between groups of three digits: `12 345`; four digits stay together.
  package static func count(_ value: Int) -> String {
    let digits = String(value.magnitude)
    guard digits.count > 4 else { return (value < 0 ? "−" : "") + digits }
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { grouped += "\u{202F}" }
      grouped.append(digit)
    }
    return (value < 0 ? "−" : "") + grouped
  }

  /// A count and its noun: `1 class`, `5 classes`.
  package static func count(_ value: Int, _ singular: String, _ plural: String) -> String {
    "\(count(value)) \(value == 1 ? singular : plural)"
  }

  private static func sign(_ value: Double, isZero: Bool) -> String { value < 0 && !isZero ? "−" : "" }

  /// A number below a million rounded to four significant digits.
  private static func significant(_ value: Double) -> Double {
    var scale = 1.0
    while value.magnitude * scale < 1000, scale < 1e9 { scale *= 10 }
    return (value * scale).rounded() / scale
  }

  private static func trimmed(_ digits: String) -> String {
    guard digits.contains(".") else { return digits }
    var digits = digits
    while digits.hasSuffix("0") { digits.removeLast() }
    if digits.hasSuffix(".") { digits.removeLast() }
    return digits
  }

  /// The decimal exponent of a positive number and what it multiplies, in 1..<10.
  private static func decimalParts(_ magnitude: Double) -> (exponent: Int, mantissa: Double) {
    let exponent = Logarithm.exponent(ofTenAtMost: magnitude)
    return (exponent, magnitude / Logarithm.power(exponent))
  }
}
