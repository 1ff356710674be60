/// How far each head is behind the best one, with the interval of the difference on the same pictures, and the
/// zone in which two heads count as equal.
struct DifferenceFigure {
  /// More heads than this would not be read; the best are shown.
  static let mostHeads = 12

  private struct Row {
    let head: HeadResult
    let pair: HeadPair
    let difference: Double
  }

  private let ranking: Ranking
  private let rows: [Row]
  private let margin: Double

  /// `nil` where no interval is known.
  init?(_ ranking: Ranking) {
    self.ranking = ranking
    margin = ranking.report.equivalenceMargin
    guard let best = ranking.order.first else { return nil }
    rows = ranking.order.dropFirst().prefix(Self.mostHeads - 1).compactMap { index in
      guard let pair = ranking.pair(best, index), pair.hasInterval else { return nil }
      let head = ranking.report.heads[index]
      return Row(head: head, pair: pair, difference: ranking.report.heads[best].accuracy - head.accuracy)
    }
    if rows.isEmpty { return nil }
  }

  func figure(width: Double = 430) -> Figure {
    let step = 58.0
    let top = 26.0
    let (left, right) = (12.0, width - 12)
    let bottom = top + Double(rows.count) * step
    let axis = Axis(
      covering: rows.flatMap { [$0.pair.differenceLow, $0.pair.differenceHigh] } + [-margin, margin, 0],
      ticks: 6)
    let x = { (value: Double) in left + axis.position(value) * (right - left) }
    var figure = Figure(width: width, height: bottom + 42, label: label)
    figure.text(
      min(max(x(0), 70), width - 70), 12, "equal within \(NumberFormat.margin(margin))", class: "s m",
      anchor: .middle)
    for (index, row) in rows.enumerated() {
      let y = top + Double(index) * step
      let line = y + 41
      figure.rect(x(-margin), y + 31, x(margin) - x(-margin), 20, radius: 4, class: "same", opacity: 0.2)
      for tick in axis.ticks { figure.line(x(tick), y + 31, x(tick), y + 51, class: "grid") }
      figure.line(x(0), y + 29, x(0), y + 53, class: "base")
      let verdict = verdict(row.pair)
      let name = TextWidth.fitted(
        ranking.label(row.head), width: width - TextWidth.estimate(verdict, size: 11.5) - 12, size: 13)
      figure.text(0, y + 20, name, tip: ranking.label(row.head))
      figure.text(width, y + 20, verdict, class: "s m", anchor: .end)
      let mark = ranking.mark(row.head)
      figure.line(
        x(row.pair.differenceLow), line, x(row.pair.differenceHigh), line, class: "span k\(mark.color)")
      figure.marker(mark, x(row.difference), line, size: 5, tip: tip(row))
    }
    figure.line(left, bottom, right, bottom, class: "axis")
    for tick in axis.ticks {
      let text = NumberFormat.fixed(tick * 100, axis.step < 0.01 ? 1 : 0)
      figure.text(x(tick), bottom + 17, text, class: "s m", anchor: .middle)
    }
    figure.text(
      (left + right) / 2, bottom + 37, "points behind the best, with 95 % interval", class: "s m",
      anchor: .middle)
    return figure
  }

  private func verdict(_ pair: HeadPair) -> String {
    switch (pair.isWithin(margin), pair.isSignificant) {
    case (true, true): "behind, by less than \(NumberFormat.margin(margin))"
    case (true, false): "equal within \(NumberFormat.margin(margin))"
    case (false, true): "behind"
    case (false, false): "undecided"
    }
  }

  private func tip(_ row: Row) -> String {
    "\(ranking.label(row.head)): \(PairLine.interval(row.pair, row.difference)) points behind"
  }

  private var label: String {
    "Points behind the best head, with 95 % intervals: "
      + rows.map { row in
        "\(ranking.label(row.head)) \(PairLine.interval(row.pair, row.difference)), \(verdict(row.pair))"
      }.joined(separator: "; ")
  }
}
