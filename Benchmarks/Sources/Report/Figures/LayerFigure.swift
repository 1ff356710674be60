/// Test accuracy along the layers of one network, a line a kind of head.
struct LayerFigure {
  private struct Series {
    let name: String
    let color: Int
    /// One a layer; NaN where the head was not fitted there.
    let values: [HeadResult?]
  }

  private let network: String
  private let layers: [LayerFacts]
  private let series: [Series]
  private let axis: Axis
  /// The layers as they are called here.
  private let names: [String]

  /// - Parameter accuracies: what all layer figures of a page show, so that they compare.
  init(_ ranking: Ranking, network: String, accuracies: [Double]) {
    self.network = network
    let layers = ranking.report.layers.filter { $0.network == network }
    self.layers = layers
    let heads = ranking.heads.filter { $0.network == network }
    var names: [String] = []
    for head in heads where !names.contains(head.name) { names.append(head.name) }
    series = names.map { name in
      Series(
        name: name, color: ranking.color(ofKind: name),
        values: layers.map { layer in heads.first { $0.name == name && $0.layer == layer.layer } })
    }
    axis = Axis(covering: accuracies, ticks: 5, within: 0...1)
    self.names = layers.map { TextWidth.fitted(ranking.shortLayer($0.layer), width: 150, size: 11.5) }
  }

  func figure(width: Double = 440) -> Figure {
    let widest = names.map { TextWidth.estimate($0, size: 11.5) }.max() ?? 0
    let legend = min(series.map { TextWidth.estimate($0.name, size: 11.5, bold: true) }.max() ?? 0, 150) + 16
    let step = (width - legend - 46 - 28) / Double(max(layers.count - 1, 1))
    let areHorizontal = widest + 8 <= step
    let (left, right) = (
      areHorizontal ? max(46, widest / 2 - 10) : max(46, widest * 0.8 - 16), width - legend
    )
    let (top, bottom) = (30.0, 250.0)
    let x = { (index: Int) in
      layers.count > 1
        ? left + 14 + Double(index) / Double(layers.count - 1) * (right - left - 28) : (left + right) / 2
    }
    let y = { (value: Double) in bottom - axis.position(value) * (bottom - top) }
    var figure = Figure(
      width: width, height: bottom + (areHorizontal ? 26 : widest * 0.64 + 36), label: label)
    figure.text(0, 12, "test accuracy", class: "s m")
    for (tick, text) in zip(axis.ticks, axis.percentLabels) {
      figure.line(left, y(tick), right, y(tick), class: tick == axis.low ? "axis" : "grid")
      figure.text(left - 8, y(tick) + 4, text, class: "s m", anchor: .end)
    }
    for (index, layer) in layers.enumerated() {
      figure.line(x(index), bottom, x(index), bottom + 4, class: "axis")
      figure.text(
        x(index) + (areHorizontal ? 0 : 4), bottom + (areHorizontal ? 19 : 17), names[index], class: "s m",
        anchor: areHorizontal ? .middle : .end, rotation: areHorizontal ? 0 : -38,
        tip: "\(layer.layer): \(layer.dimension) numbers a picture")
    }
    let places = LabelSpacing.spread(
      series.map { y($0.values.last??.accuracy ?? .nan) + 4 }, distance: 15, within: top...(bottom + 4))
    for (line, place) in zip(series, places) {
      let points = line.values.enumerated().compactMap { index, head in
        head.flatMap { $0.accuracy.isFinite ? (x: x(index), y: y($0.accuracy), head: $0) : nil }
      }
      figure.polyline(points.map { ($0.x, $0.y) }, class: "k\(line.color)")
      for point in points {
        let tip = "\(line.name) on \(point.head.layer): \(NumberFormat.percent(point.head.accuracy))"
        figure.circle(point.x, point.y, 4, class: "halo f\(line.color)", tip: tip)
      }
      figure.text(
        right + 8, place, TextWidth.fitted(line.name, width: 140, size: 11.5, bold: true),
        class: "s b i\(line.color)")
    }
    return figure
  }

  private var label: String {
    let lines = series.map { line in
      line.name + " "
        + line.values.compactMap { $0.map { "\($0.layer) \(NumberFormat.percent($0.accuracy))" } }
        .joined(separator: ", ")
    }
    return "Test accuracy by layer\(network.isEmpty ? "" : " of \(network)"): "
      + lines.joined(separator: "; ")
  }
}
