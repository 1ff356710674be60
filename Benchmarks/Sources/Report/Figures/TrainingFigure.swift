/// One quantity over the epochs of a training: the training part in grey, the validation part in the head's
/// colour.
struct TrainingFigure {
  enum Quantity { case loss, accuracy }

  let title: String
  let color: Int
  let curves: TrainingCurves
  let quantity: Quantity

  private var train: [Double] { quantity == .loss ? curves.trainLoss : curves.trainAccuracy }
  private var validation: [Double] { quantity == .loss ? curves.validationLoss : curves.validationAccuracy }

  /// Whether there is anything to draw.
  var isEmpty: Bool { !(train + validation).contains(where: \.isFinite) }

  func figure() -> Figure {
    let epochs = max(train.count, validation.count)
    let plot = LinePlot(
      x: Axis(covering: [0, Double(max(epochs, 1))], ticks: 5),
      y: Axis(
        covering: train + validation, ticks: 4, within: quantity == .accuracy ? 0...1 : 0...Double.infinity),
      left: 50, right: 332, top: 34, bottom: 208)
    var figure = Figure(width: 420, height: 250, label: label)
    plot.drawFrame(
      in: &figure, xLabels: plot.x.labels,
      yLabels: quantity == .accuracy ? plot.y.percentLabels : plot.y.labels,
      xTitle: "epoch", yTitle: quantity == .accuracy ? "accuracy" : "loss")
    if let kept = curves.keptEpoch, kept >= 1, kept <= epochs {
      let x = plot.px(Double(kept))
      let text = "kept: epoch \(kept)"
      let half = TextWidth.estimate(text, size: 11.5) / 2
      figure.line(x, plot.top - 6, x, plot.bottom, class: "base")
      figure.text(min(max(x, 110 + half), 420 - half), plot.top - 12, text, class: "s m", anchor: .middle)
    }
    draw(train, "pale", plot, &figure)
    draw(validation, "k\(color)", plot, &figure)
    drawNames(plot, &figure)
    return figure
  }

  private func draw(_ values: [Double], _ name: String, _ plot: LinePlot, _ figure: inout Figure) {
    let points = values.enumerated().map { (x: Double($0.offset + 1), y: $0.element) }
    for segment in plot.segments(points) {
      figure.polyline(segment, class: name)
      if segment.count == 1 { figure.circle(segment[0].x, segment[0].y, 3, class: "f\(color)") }
    }
  }

  /// Names each curve at its end.
  private func drawNames(_ plot: LinePlot, _ figure: inout Figure) {
    let ends = [(train, "training", "s m"), (validation, "validation", "s b")].compactMap {
      values, name, style in
      values.last(where: \.isFinite).map {
        (y: plot.py($0) + 4, name: name, style: style, count: values.count)
      }
    }
    let places = LabelSpacing.spread(ends.map(\.y), distance: 15, within: plot.top...(plot.bottom + 4))
    for (end, y) in zip(ends, places) {
      figure.text(plot.px(Double(end.count)) + 8, y, end.name, class: end.style)
    }
  }

  private var label: String {
    let name = quantity == .loss ? "Loss" : "Accuracy"
    let ends = [("training", train), ("validation", validation)].compactMap { part, values in
      values.last(where: \.isFinite).map { value in
        let text = quantity == .accuracy ? NumberFormat.percent(value) : NumberFormat.fixed(value, 3)
        return "\(part) \(text) after \(values.count) epochs"
      }
    }
    return "\(name) of \(title) by epoch: " + ends.joined(separator: ", ")
  }
}
