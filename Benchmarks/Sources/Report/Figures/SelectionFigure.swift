/// Validation accuracy along the tried values of a parameter, with the one that was taken.
struct SelectionFigure {
  let head: HeadResult
  let title: String
  let color: Int
  let curve: SelectionCurve
  /// The accuracies that all selection figures of a page show, so that they compare.
  let accuracies: [Double]

  func figure() -> Figure {
    let points = curve.points.filter { $0.value > 0 && $0.value.isFinite }.sorted { $0.value < $1.value }
    let plot = LinePlot(
      x: Axis(logarithmicCovering: points.map(\.value), ticks: 4),
      y: Axis(covering: accuracies, ticks: 4, within: 0...1), left: 46, right: 318, top: 34, bottom: 208)
    var figure = Figure(width: 330, height: 250, label: label)
    plot.drawFrame(
      in: &figure, xLabels: plot.x.labels, yLabels: plot.y.percentLabels,
      xTitle: TextWidth.fitted("\(curve.parameter), logarithmic", width: 300, size: 11.5),
      yTitle: "validation accuracy")
    for segment in plot.segments(points.map { ($0.value, $0.accuracy) }) {
      figure.polyline(segment, class: "k\(color)")
    }
    for point in points where point.accuracy.isFinite {
      let tip =
        "\(curve.parameter) = \(NumberFormat.plain(point.value)): \(NumberFormat.percent(point.accuracy))"
      figure.circle(plot.px(point.value), plot.py(point.accuracy), 3.5, class: "halo f\(color)", tip: tip)
    }
    if let chosen = points.first(where: { $0.value == curve.chosen }), chosen.accuracy.isFinite {
      let x = plot.px(chosen.value)
      let text = chosenText(chosen)
      let half = TextWidth.estimate(text, size: 13, bold: true) / 2
      figure.circle(x, plot.py(chosen.accuracy), 7, class: "hollow k\(color)")
      figure.circle(x, plot.py(chosen.accuracy), 3.5, class: "f\(color)")
      figure.text(
        min(max(x, plot.left + half), plot.right + 16 - half), max(plot.py(chosen.accuracy) - 14, 28), text,
        class: "b", anchor: .middle)
    }
    return figure
  }

  private func chosenText(_ point: SelectionCurve.Point) -> String {
    let name = TextWidth.fitted(curve.parameter, width: 120, size: 13, bold: true)
    return "\(name) = \(NumberFormat.plain(point.value)): \(NumberFormat.percent(point.accuracy))"
  }

  private var label: String {
    let values = curve.points.map { "\(NumberFormat.plain($0.value)): \(NumberFormat.percent($0.accuracy))" }
    return "Validation accuracy of \(title) by \(curve.parameter). " + values.joined(separator: ", ")
  }
}
