/// Test accuracy over the number of training pictures, a line a head with the range of its draws.
struct LearningFigure {
  /// For a wide page or a telephone.
  enum Layout { case wide, narrow }

  let ranking: Ranking
  let layout: Layout
  let series: [LearningSeries]

  func figure() -> Figure {
    let points = series.flatMap(\.points).filter { $0.rows > 0 }
    let names = series.map { TextWidth.fitted($0.name, width: 150, size: 11.5, bold: true) }
    let legend = (names.map { TextWidth.estimate($0, size: 11.5, bold: true) }.max() ?? 0) + 18
    let width = layout == .wide ? 960.0 : 380
    let y = Axis(covering: points.flatMap { [$0.low, $0.high, $0.mean] }, ticks: 5, within: 0...1)
    let sizes = Set(points.map(\.rows)).sorted()
    let plot = LinePlot(
      x: Axis(logarithmicOver: Double(sizes.first ?? 1), Double(sizes.last ?? 10)), y: y, left: 52,
      right: width - legend, top: 30, bottom: layout == .wide ? 330 : 250)
    var figure = Figure(width: width, height: plot.bottom + 44, label: label)
    plot.drawFrame(
      in: &figure, xLabels: [], yLabels: y.percentLabels, xTitle: "training pictures, logarithmic",
      yTitle: "test accuracy")
    drawSizes(sizes, plot, &figure)
    for line in series {
      let known = line.points.filter { $0.rows > 0 && $0.low.isFinite && $0.high.isFinite }
      let edge =
        known.map { (x: plot.px(Double($0.rows)), y: plot.py($0.high)) }
        + known.reversed().map { (x: plot.px(Double($0.rows)), y: plot.py($0.low)) }
      let name = series.count > 5 ? "mist" : "haze"
      if known.count > 1 { figure.polygon(edge, class: "\(name) f\(ranking.color(ofKind: line.name))") }
    }
    let places = LabelSpacing.spread(
      series.map { plot.py($0.points.last?.mean ?? .nan) + 4 }, distance: 16,
      within: plot.top...(plot.bottom + 4))
    for (index, line) in series.enumerated() {
      let color = ranking.color(ofKind: line.name)
      for segment in plot.segments(line.points.map { (Double($0.rows), $0.mean) }) {
        figure.polyline(segment, class: "k\(color)")
      }
      for point in line.points where point.mean.isFinite && point.rows > 0 {
        figure.circle(
          plot.px(Double(point.rows)), plot.py(point.mean), 4, class: "halo f\(color)", tip: tip(line, point))
      }
      figure.text(plot.right + 10, places[index], names[index], class: "s b i\(color)")
    }
    return figure
  }

  /// The sizes themselves, as many as have room.
  private func drawSizes(_ sizes: [Int], _ plot: LinePlot, _ figure: inout Figure) {
    var end = -Double.infinity
    for size in sizes {
      let text = NumberFormat.count(size)
      let half = TextWidth.estimate(text, size: 11.5) / 2
      let x = plot.px(Double(size))
      figure.line(x, plot.bottom, x, plot.bottom + 4, class: "axis")
      guard x - half > end + 6 else { continue }
      figure.text(x, plot.bottom + 18, text, class: "s m", anchor: .middle)
      end = x + half
    }
  }

  private func tip(_ line: LearningSeries, _ point: LearningSeries.Point) -> String {
    "\(line.name), \(NumberFormat.count(point.rows)) pictures: \(NumberFormat.percent(point.mean)), "
      + "\(NumberFormat.percent(point.low)) to \(NumberFormat.percent(point.high)) over the draws"
  }

  private var label: String {
    let lines = series.map { line in
      line.name + " "
        + line.points.map { "\($0.rows): \(NumberFormat.percent($0.mean))" }.joined(separator: ", ")
    }
    return "Test accuracy by number of training pictures. " + lines.joined(separator: "; ")
  }
}
