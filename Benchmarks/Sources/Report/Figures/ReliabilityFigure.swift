/// How often a head is right when it is so and so sure: a bar a bin of confidence, the gap to the diagonal, and
/// below how many pictures each bin has.
struct ReliabilityFigure {
  let title: String
  let color: Int
  let reliability: Reliability

  func figure() -> Figure {
    let (width, left, right) = (330.0, 46.0, 318.0)
    let (top, bottom) = (30.0, 232.0)
    let (countTop, countBottom) = (248.0, 288.0)
    let bins = reliability.bins.filter { $0.count > 0 && $0.confidence.isFinite && $0.accuracy.isFinite }
    let x = { (value: Double) in left + min(max(value, 0), 1) * (right - left) }
    let y = { (value: Double) in bottom - min(max(value, 0), 1) * (bottom - top) }
    var figure = Figure(width: width, height: countBottom + 42, label: label)
    figure.text(0, 12, "share right", class: "s m")
    figure.text(
      right, 12, "calibration error \(NumberFormat.percent(reliability.expectedError))", class: "s b",
      anchor: .end)
    for tick in [0, 0.25, 0.5, 0.75, 1] {
      figure.line(left, y(tick), right, y(tick), class: tick == 0 ? "axis" : "grid")
      figure.text(left - 8, y(tick) + 4, NumberFormat.percent(tick, decimals: 0), class: "s m", anchor: .end)
      figure.text(
        x(tick), countBottom + 17, NumberFormat.percent(tick, decimals: 0), class: "s m", anchor: .middle)
    }
    let most = Double(bins.map(\.count).max() ?? 1)
    for bin in bins {
      let bar = (x: x(bin.low) + 1, width: max(x(bin.high) - x(bin.low) - 2, 1))
      figure.rect(
        bar.x, y(bin.accuracy), bar.width, bottom - y(bin.accuracy), radius: 2, class: "f\(color)",
        opacity: 0.28, tip: tip(bin))
      let height = max(Double(bin.count) / most * (countBottom - countTop), 1)
      figure.rect(
        bar.x, countBottom - height, bar.width, height, radius: 1, class: "f7", opacity: 0.6,
        tip: NumberFormat.count(bin.count, "picture", "pictures"))
    }
    figure.line(x(0), y(0), x(1), y(1), class: "base")
    for bin in bins {
      figure.line(x(bin.confidence), y(bin.confidence), x(bin.confidence), y(bin.accuracy), class: "gap")
      figure.circle(
        x(bin.confidence), y(bin.accuracy), bin.count * 50 < Int(most) ? 3 : 4.5,
        class: "halo f\(color)", tip: tip(bin))
    }
    figure.line(left, countBottom, right, countBottom, class: "axis")
    figure.text((left + right) / 2, countBottom + 37, "confidence", class: "s m", anchor: .middle)
    return figure
  }

  private func tip(_ bin: Reliability.Bin) -> String {
    "\(NumberFormat.percent(bin.confidence)) sure, \(NumberFormat.percent(bin.accuracy)) right, "
      + NumberFormat.count(bin.count, "picture", "pictures")
  }

  private var label: String {
    "Reliability of \(title), calibration error \(NumberFormat.percent(reliability.expectedError)): "
      + reliability.bins.map(tip).joined(separator: "; ")
  }
}
