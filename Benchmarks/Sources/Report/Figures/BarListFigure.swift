/// One quantity of each head as bars from zero, in the order of the ranking.
struct BarListFigure {
  static let mostHeads = 15

  struct Row {
    var head: HeadResult
    var value: Double
    var text: String
    /// A remark below the bar, and whether it is a warning.
    var detail = ""
    var isWarning = false
  }

  let ranking: Ranking
  let name: String
  let rows: [Row]

  /// How long each fit took; empty where that is not known.
  static func times(_ ranking: Ranking) -> BarListFigure {
    let heads = ranking.heads.filter { $0.fitSeconds.isFinite && $0.fitSeconds >= 0 }
    let rows = heads.prefix(mostHeads).map { head in
      let iterations = head.iterations.map {
        head.training == nil
          ? NumberFormat.count($0, "iteration", "iterations") : NumberFormat.count($0, "epoch", "epochs")
      }
      let parts = [iterations, head.converged == false ? "not converged" : nil].compactMap { $0 }
      return Row(
        head: head, value: head.fitSeconds, text: NumberFormat.seconds(head.fitSeconds),
        detail: parts.joined(separator: ", "), isWarning: head.converged == false)
    }
    return BarListFigure(ranking: ranking, name: "Time of each fit", rows: rows)
  }

  /// The most memory while each was fitted; empty where that is not known.
  static func memory(_ ranking: Ranking) -> BarListFigure {
    let rows = ranking.heads.prefix(mostHeads).compactMap { head in
      head.peakMemory.map {
        Row(head: head, value: Double($0), text: NumberFormat.bytes($0))
      }
    }
    return BarListFigure(ranking: ranking, name: "Most memory during each fit", rows: rows)
  }

  func figure(width: Double = 430) -> Figure {
    let step = rows.contains { !$0.detail.isEmpty } ? 60.0 : 44
    let most = max(rows.map(\.value).max() ?? 0, 1e-9)
    var figure = Figure(width: width, height: Double(max(rows.count, 1)) * step, label: label)
    for (index, row) in rows.enumerated() {
      let y = Double(index) * step
      let room = width - TextWidth.estimate(row.text, size: 13, bold: true) - 16
      let name = TextWidth.fitted(ranking.label(row.head), width: room, size: 13)
      figure.text(0, y + 14, name, tip: ranking.label(row.head))
      figure.text(width, y + 14, row.text, class: "b", anchor: .end)
      figure.rect(0, y + 21, width, 8, radius: 4, class: "track")
      figure.rect(
        0, y + 21, max(width * row.value / most, 3), 8, radius: 4, class: "f\(ranking.mark(row.head).color)")
      figure.text(
        width, y + 44, TextWidth.fitted(row.detail, width: width, size: 11.5),
        class: row.isWarning ? "s w" : "s m", anchor: .end)
    }
    return figure
  }

  private var label: String {
    name + ": " + rows.map { "\(ranking.label($0.head)) \($0.text)" }.joined(separator: ", ")
  }
}
