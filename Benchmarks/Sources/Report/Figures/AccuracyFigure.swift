/// Test accuracy of every head as a dot on its 95 % interval, best first, the controls below.
struct AccuracyFigure {
  /// For a wide page, with names beside the plot, or for a telephone, with names above each line.
  enum Layout { case wide, narrow }

  /// The figure shows this many heads a group; the table under it has them all.
  static let mostHeads = 15

  private enum Row {
    case group(String, more: Int)
    case head(HeadResult, isControl: Bool)
  }

  private let ranking: Ranking
  private let layout: Layout
  private let rows: [Row]
  private let axis: Axis
  private let baseline: Double?

  init(_ ranking: Ranking, layout: Layout) {
    self.ranking = ranking
    self.layout = layout
    let report = ranking.report
    rows = Self.rows(ranking)
    let heads = rows.compactMap { row -> HeadResult? in
      guard case .head(let head, _) = row else { return nil }
      return head
    }
    let values = heads.flatMap {
      $0.hasInterval ? [$0.accuracy, $0.accuracyLow, $0.accuracyHigh] : [$0.accuracy]
    }
    let finite = values.filter(\.isFinite)
    let share = report.data.largestClassShare
    let spread = (finite.max() ?? 1) - (finite.min() ?? 0)
    let isNear = share.map { $0 > (finite.min() ?? 0) - spread } ?? false
    baseline = isNear ? share : nil
    axis = Axis(
      covering: finite + (baseline.map { [$0] } ?? []), ticks: layout == .wide ? 7 : 4, within: 0...1)
  }

  func figure() -> Figure {
    let isWide = layout == .wide
    let width = isWide ? 960.0 : 380
    let left = isWide ? min(max(labelWidth, 130), 350) + 28 : 10
    let right = isWide ? width - 128 : width - 10
    let top = baseline == nil ? 6.0 : 24
    let bottom = rows.reduce(top) { $0 + height(of: $1) } + 4
    var figure = Figure(width: width, height: bottom + 46, label: label)
    let x = { (value: Double) in left + axis.position(value) * (right - left) }
    let strips = isWide ? [(top: top, bottom: bottom)] : narrowStrips(from: top)
    for strip in strips {
      if let best = ranking.heads.first, best.hasInterval {
        let low = x(best.accuracyLow)
        let height = strip.bottom - strip.top
        figure.rect(low, strip.top, x(best.accuracyHigh) - low, height, class: "band", opacity: 0.1)
      }
      if !isWide { figure.line(left, strip.bottom, right, strip.bottom, class: "grid") }
      for tick in axis.ticks { figure.line(x(tick), strip.top, x(tick), strip.bottom, class: "grid") }
      if let baseline { figure.line(x(baseline), strip.top, x(baseline), strip.bottom, class: "base") }
    }
    for (tick, text) in zip(axis.ticks, axis.percentLabels) {
      figure.text(x(tick), bottom + 18, text, class: "s m", anchor: .middle)
    }
    figure.line(left, bottom, right, bottom, class: "axis")
    figure.text(
      (left + right) / 2, bottom + 38, axisTitle, class: "s m", anchor: .middle)
    if let baseline {
      let text = "largest class \(NumberFormat.percent(baseline))"
      let half = TextWidth.estimate(text, size: 11.5) / 2
      figure.line(x(baseline), top - 7, x(baseline), top + 5, class: "base")
      figure.text(
        min(max(x(baseline), half), width - half), top - 11, text, class: "s m", anchor: .middle)
    }
    var y = top
    for row in rows {
      draw(row, at: y, in: &figure, left: left, right: right, x: x)
      y += height(of: row)
    }
    return figure
  }

  private var axisTitle: String {
    let title = "test accuracy with 95 % interval"
    let count = ranking.report.heads.count
    guard ranking.report.controls.isEmpty, count > Self.mostHeads else { return title }
    return "\(title), the best \(Self.mostHeads) of \(NumberFormat.count(count))"
  }

  private func draw(
    _ row: Row, at y: Double, in figure: inout Figure, left: Double, right: Double, x: (Double) -> Double
  ) {
    switch row {
    case .group(let name, let more):
      if y > 30 { figure.line(0, y + 4, figure.width, y + 4, class: "grid") }
      let text = more > 0 ? "\(name) (\(NumberFormat.count(more)) more in the table)" : name
      let room = layout == .wide ? left - 28 : figure.width
      figure.text(0, y + 24, TextWidth.fitted(text, width: room, size: 12, bold: true), class: "s m b")
    case .head(let head, let isControl):
      let line = y + (layout == .wide ? 23 : 49)
      let isBest = !isControl && head.accuracy == ranking.heads.first?.accuracy
      drawNames(of: head, at: y, in: &figure, left: left, isBest: isBest)
      let mark = ranking.mark(head)
      let interval =
        head.hasInterval
        ? [head.accuracyLow, head.accuracyHigh].map { NumberFormat.fixed($0 * 100, 1) }.joined(
          separator: " – ")
        : ""
      if head.hasInterval {
        figure.line(x(head.accuracyLow), line, x(head.accuracyHigh), line, class: "span k\(mark.color)")
      }
      if head.accuracy.isFinite {
        let tip =
          "\(ranking.label(head)): \(NumberFormat.percent(head.accuracy)), \(head.correct) of \(head.total)"
        figure.marker(mark, x(head.accuracy), line, isHollow: isControl, tip: tip)
      }
      let end = figure.width
      figure.text(
        end, y + 20, NumberFormat.percent(head.accuracy), class: isBest ? "l b" : "l", anchor: .end)
      figure.text(end, y + 36, interval, class: "s m", anchor: .end)
    }
  }

  private func drawNames(
    of head: HeadResult, at y: Double, in figure: inout Figure, left: Double, isBest: Bool
  ) {
    let room = layout == .wide ? left - 28 : figure.width - 110
    let name = TextWidth.fitted(head.name, width: room, size: 15, bold: true)
    figure.text(0, y + 20, name, class: isBest ? "l b" : "l", tip: name == head.name ? nil : head.name)
    // The parameters stand beside the name where they fit, else behind the layer.
    let start = TextWidth.estimate(name, size: 15, bold: isBest) + 8
    let parameters = Ranking.parameters(head)
    let isBeside = start + TextWidth.estimate(parameters, size: 11.5) <= room
    if isBeside && !parameters.isEmpty { figure.text(start, y + 20, parameters, class: "s m") }
    let detail = isBeside ? (head.layer.isEmpty ? "" : ranking.place(head)) : ranking.detail(head)
    figure.text(
      0, y + 36, TextWidth.fitted(detail, width: room, size: 11.5), class: "s m",
      tip: isBeside ? nil : ranking.detail(head))
  }

  /// Where the narrow layout has its plot: below the names of each row, so that no line crosses text.
  private func narrowStrips(from top: Double) -> [(top: Double, bottom: Double)] {
    var strips: [(top: Double, bottom: Double)] = []
    var y = top
    for row in rows {
      if case .head = row { strips.append((y + 41, y + 57)) }
      y += height(of: row)
    }
    return strips
  }

  private func height(of row: Row) -> Double {
    switch row {
    case .group: 36
    case .head: layout == .wide ? 48 : 66
    }
  }

  /// The width that the longest name or detail asks for.
  private var labelWidth: Double {
    rows.reduce(0) { widest, row in
      guard case .head(let head, _) = row else { return widest }
      let name = TextWidth.estimate(head.name, size: 15, bold: true)
      let parameters = Ranking.parameters(head)
      return max(
        widest, parameters.isEmpty ? name : name + 10 + TextWidth.estimate(parameters, size: 11.5),
        TextWidth.estimate(ranking.place(head), size: 11.5))
    }
  }

  private var label: String {
    let heads = ranking.heads.prefix(Self.mostHeads)
    return "Test accuracy: "
      + heads.map { "\(ranking.label($0)) \(NumberFormat.percent($0.accuracy))" }.joined(separator: ", ")
  }

  private static func rows(_ ranking: Ranking) -> [Row] {
    let report = ranking.report
    let shown = ranking.heads.prefix(mostHeads).map { Row.head($0, isControl: false) }
    guard !report.controls.isEmpty else { return shown }
    let name = report.groupName.isEmpty ? "compared heads" : report.groupName
    return [.group(name, more: report.heads.count - shown.count)] + shown
      + report.controls.flatMap { group in
        let order = Ranking.sorted(group.heads).prefix(mostHeads)
        return [.group(group.name, more: group.heads.count - order.count)]
          + order.map { Row.head(group.heads[$0], isControl: true) }
      }
  }
}
