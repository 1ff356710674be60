/// Every tested pair of heads: how many points apart, and whether that is more than luck.
///
/// A triangle with the heads' names along its diagonal, best first: the cell where a head's row meets
/// another's column compares the two.
struct SignificanceFigure {
  /// More heads than this would not be read; the best are shown.
  static let mostHeads = 12

  let ranking: Ranking

  func figure() -> Figure {
    let order = Array(ranking.order.prefix(Self.mostHeads))
    let cell = (width: order.count > 7 ? 62.0 : 86, height: order.count > 7 ? 40.0 : 46)
    let names = order.map { index in
      TextWidth.fitted(ranking.label(ranking.report.heads[index]), width: 420, size: 13, bold: true)
    }
    let ends = names.enumerated().map { position, name in
      Double(position) * cell.width + 14 + TextWidth.estimate(name, size: 13, bold: true)
    }
    var figure = Figure(
      width: max(ends.max() ?? 0, 120), height: Double(max(order.count, 1)) * cell.height, label: label)
    for (row, second) in order.enumerated() {
      let y = Double(row) * cell.height
      for (column, first) in order.prefix(row).enumerated() {
        draw(first, second, x: Double(column) * cell.width, y: y, size: cell, in: &figure)
      }
      let head = ranking.report.heads[second]
      figure.text(
        Double(row) * cell.width + (row == 0 ? 0 : 10), y + cell.height / 2 + 5, names[row], class: "b",
        tip: "\(ranking.label(head)): \(NumberFormat.percent(head.accuracy))")
    }
    return figure
  }

  private func draw(
    _ first: Int, _ second: Int, x: Double, y: Double, size: (width: Double, height: Double),
    in figure: inout Figure
  ) {
    let better = ranking.report.heads[first]
    let worse = ranking.report.heads[second]
    let pair = ranking.pair(first, second)
    let isSignificant = pair?.isSignificant ?? false
    let tip = pair.map {
      "Right alone: \(ranking.label(better)) \($0.onlyA), \(ranking.label(worse)) \($0.onlyB) pictures"
    }
    let isEqual = pair?.isWithin(ranking.report.equivalenceMargin) ?? false
    figure.rect(
      x + 2, y + 2, size.width - 4, size.height - 4, radius: 5, class: isSignificant ? "right" : "soft",
      tip: tip)
    if isEqual, !isSignificant {
      figure.rect(x + 2, y + 2, size.width - 4, size.height - 4, radius: 5, class: "same", opacity: 0.28)
    }
    let difference = NumberFormat.points(better.accuracy - worse.accuracy)
    let ink = isSignificant ? "on" : ""
    let middle = x + size.width / 2
    figure.text(middle, y + size.height / 2 - 2, difference, class: "b \(ink)", anchor: .middle)
    figure.text(
      middle, y + size.height / 2 + 13, pair.map { p($0, width: size.width) } ?? "not tested",
      class: isSignificant ? "s on" : "s m", anchor: .middle)
  }

  /// The p of a pair, without its name where cells are narrow.
  private func p(_ pair: HeadPair, width: Double) -> String {
    let text = NumberFormat.pValue(pair.decisiveP)
    return TextWidth.estimate(text, size: 11.5) <= width - 6 && width > 70
      ? text : NumberFormat.bareP(pair.decisiveP)
  }

  private var label: String {
    let lines = PairLine.all(ranking).map {
      "\($0.better) against \($0.worse): \($0.difference) points, \(NumberFormat.pValue($0.p))"
    }
    return lines.isEmpty ? "No pair of heads was tested" : lines.joined(separator: "; ")
  }
}
