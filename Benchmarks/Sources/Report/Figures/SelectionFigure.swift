/// The selection's criterion along the tried values of a parameter, with the one that was taken.
struct SelectionFigure {
  let head: HeadResult
  let title: String
  let color: Int
  let curve: SelectionCurve
  /// The figures that all selection figures of a page show, so that they compare.
  let values: [Double]

  func figure() -> Figure {
    let points = curve.points.filter { $0.value > 0 && $0.value.isFinite }.sorted { $0.value < $1.value }
    let plot = LinePlot(
      x: Axis(logarithmicCovering: points.map(\.value), ticks: 4),
      y: Axis(covering: values, ticks: 4, within: curve.isShare ? 0...1 : 0...Double.infinity), left: 46,
      right: 318, top: 50, bottom: 214)
    var figure = Figure(width: 330, height: 256, label: label)
    plot.drawFrame(
      in: &figure, xLabels: plot.x.labels, yLabels: curve.isShare ? plot.y.percentLabels : plot.y.labels,
      xTitle: TextWidth.fitted("\(curve.parameter), logarithmic", width: 300, size: 11.5),
      yTitle: "validation \(curve.criterion)")
    let radius = points.count > 16 ? 2.0 : 3.5
    for segment in plot.segments(points.map { ($0.value, $0.accuracy) }) {
      figure.polyline(segment, class: "k\(color)")
    }
    for point in points where point.accuracy.isFinite {
      let tip =
        "\(curve.parameter) = \(NumberFormat.plain(point.value)): \(text(point))"
      figure.circle(plot.px(point.value), plot.py(point.accuracy), radius, class: "halo f\(color)", tip: tip)
    }
    if let chosen = points.first(where: { $0.value == curve.chosen }), chosen.accuracy.isFinite {
      let x = plot.px(chosen.value)
      let text = chosenText(chosen)
      let half = TextWidth.estimate(text, size: 13, bold: true) / 2
      figure.circle(x, plot.py(chosen.accuracy), 7, class: "hollow k\(color)")
      figure.circle(x, plot.py(chosen.accuracy), 3.5, class: "f\(color)")
      figure.text(
        min(max(x, plot.left + half), plot.right + 16 - half), plot.py(chosen.accuracy) - 14, text,
        class: "b", anchor: .middle)
    }
    return figure
  }

  private func chosenText(_ point: SelectionCurve.Point) -> String {
    let name = TextWidth.fitted(curve.parameter, width: 120, size: 13, bold: true)
    return "\(name) = \(NumberFormat.plain(point.value)): \(text(point))"
  }

  private func text(_ point: SelectionCurve.Point) -> String {
    curve.isShare ? NumberFormat.percent(point.accuracy) : NumberFormat.fixed(point.accuracy, 3)
  }

  private var label: String {
    let values = curve.points.map { "\(NumberFormat.plain($0.value)): \(text($0))" }
    return "Validation \(curve.criterion) of \(title) by \(curve.parameter). "
      + values.joined(separator: ", ")
  }
}
