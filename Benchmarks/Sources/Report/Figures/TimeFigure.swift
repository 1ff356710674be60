/// How long each fit took, as bars from zero, in the order of the ranking.
struct TimeFigure {
  static let mostHeads = 30

  let ranking: Ranking

  private var heads: [HeadResult] {
    Array(ranking.heads.filter { $0.fitSeconds.isFinite && $0.fitSeconds >= 0 }.prefix(Self.mostHeads))
  }

  func figure() -> Figure {
    let width = 330.0
    let step = 60.0
    let longest = max(heads.map(\.fitSeconds).max() ?? 0, 1e-9)
    var figure = Figure(width: width, height: Double(max(heads.count, 1)) * step, label: label)
    for (row, head) in heads.enumerated() {
      let y = Double(row) * step
      let value = NumberFormat.seconds(head.fitSeconds)
      let room = width - TextWidth.estimate(value, size: 13, bold: true) - 16
      let mark = ranking.mark(head)
      figure.text(
        0, y + 14, TextWidth.fitted(ranking.label(head), width: room, size: 13), tip: ranking.label(head))
      figure.text(width, y + 14, value, class: "b", anchor: .end)
      figure.rect(0, y + 21, width, 8, radius: 4, class: "track")
      figure.rect(0, y + 21, max(width * head.fitSeconds / longest, 3), 8, radius: 4, class: "f\(mark.color)")
      figure.text(width, y + 44, detail(head), class: head.converged == false ? "s w" : "s m", anchor: .end)
    }
    return figure
  }

  private func detail(_ head: HeadResult) -> String {
    let iterations = head.iterations.map { NumberFormat.count($0, "iteration", "iterations") }
    return [iterations, head.converged == false ? "not converged" : nil].compactMap { $0 }.joined(
      separator: ", ")
  }

  private var label: String {
    "Time of each fit: "
      + heads.map { "\(ranking.label($0)) \(NumberFormat.seconds($0.fitSeconds))" }.joined(separator: ", ")
  }
}
