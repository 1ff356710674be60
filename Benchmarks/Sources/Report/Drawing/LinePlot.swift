/// The frame of a line plot: where values land in a figure, the grid, the axes' marks and their titles.
struct LinePlot {
  let x: Axis
  let y: Axis
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double

  func px(_ value: Double) -> Double { left + x.position(value) * (right - left) }
  func py(_ value: Double) -> Double { bottom - y.position(value) * (bottom - top) }

  /// Draws the grid and the marks' labels. The y axis is named above it, the x axis below its middle.
  func drawFrame(
    in figure: inout Figure, xLabels: [String], yLabels: [String], xTitle: String, yTitle: String
  ) {
    for (tick, label) in zip(y.ticks, yLabels) {
      figure.line(left, py(tick), right, py(tick), class: tick == y.low ? "axis" : "grid")
      figure.text(left - 8, py(tick) + 4, label, class: "s m", anchor: .end)
    }
    for (tick, label) in zip(x.ticks, xLabels) {
      figure.line(px(tick), bottom, px(tick), bottom + 4, class: "axis")
      figure.text(px(tick), bottom + 18, label, class: "s m", anchor: .middle)
    }
    figure.text(0, 12, yTitle, class: "s m")
    figure.text((left + right) / 2, bottom + 36, xTitle, class: "s m", anchor: .middle)
  }

  /// The points of a series, cut where a value is not finite.
  func segments(_ series: [(x: Double, y: Double)]) -> [[(x: Double, y: Double)]] {
    series.split { !$0.y.isFinite || !$0.x.isFinite }.map { $0.map { (px($0.x), py($0.y)) } }
  }
}
