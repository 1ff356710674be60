/// Whether the heads' probabilities mean what they say.
struct ReliabilitySection {
  /// Diagrams are drawn for this many heads, the best ones.
  static let mostHeads = 6

  let ranking: Ranking

  var markup: Markup? {
    let cards = ranking.heads.compactMap { head in
      ranking.report.reliabilityFigure(head, ranking).map { figure in
        card(ranking.label(head), note: note(head), [figure.inline()])
      }
    }
    guard !cards.isEmpty else { return nil }
    return section(
      "Can their confidence be believed", id: "confidence",
      why:
        "Test pictures grouped by how sure the head is. Where it is 80 % sure it should be right 80 % of the "
        + "time: points on the dashed line. Below the line it is overconfident; the small bars count the "
        + "pictures.",
      [element("div", ["class": "grid small"], Array(cards.prefix(Self.mostHeads)))])
  }

  private func note(_ head: HeadResult) -> String {
    let parts = [
      head.logLoss.map { "log loss \(NumberFormat.fixed($0, 3))" },
      head.brier.map { "Brier \(NumberFormat.fixed($0, 3))" },
      head.reliability.map { $0.equalMassError }.flatMap {
        $0.isFinite ? "calibration error in bins of equal mass \(NumberFormat.percent($0))" : nil
      },
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }
}
