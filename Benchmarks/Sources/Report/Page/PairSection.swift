/// Which differences between heads are more than luck: the matrix, and each pair in words.
struct PairSection {
  /// The list names this many pairs; the matrix has the others.
  static let mostLines = 12

  let ranking: Ranking

  var markup: Markup? {
    let lines = PairLine.all(ranking)
    guard !lines.isEmpty else { return nil }
    let isAdjusted = ranking.report.pairs.contains { $0.adjustedP != nil }
    let figure = SignificanceFigure(ranking: ranking).figure()
    let scrolled = figure.width > 460
    let matrix = card(
      "Every pair", note: "Each cell compares the head above it with the head at the right end of its row.",
      scrolled
        ? [scrolling("Matrix of tested pairs", [fixedWidth(figure)])] : [figure.inline()])
    let list = card(
      "In words", note: "How many test pictures one head alone got right.",
      [element("ul", ["class": scrolled ? "plain two" : "plain"], lines.prefix(Self.mostLines).map(item))])
    return section(
      "Which differences are real",
      why: "Difference in points of accuracy and p of McNemar's exact test on the same pictures"
        + (isAdjusted ? ", corrected for the number of pairs (Holm)" : "")
        + ". Filled cells are significant at 5 %.",
      [element("div", ["class": scrolled ? "grid wide" : "grid"], [matrix, list])])
  }

  private func fixedWidth(_ figure: Figure) -> Markup {
    element("div", ["style": "min-width:\(Figure.number(figure.width * 0.85))px"], [figure.inline()])
  }

  private func item(_ line: PairLine) -> Markup {
    let pictures =
      "\(NumberFormat.count(line.onlyBetter)) against \(NumberFormat.count(line.onlyWorse)) pictures"
    let verdict = line.isSignificant ? "significant" : "not significant"
    return element(
      "li", [:],
      [
        element("b", text: line.better), .text(" over \(Headline.withinSentence(line.worse)): "),
        .text("\(line.difference) points"), element("br"),
        element("span", ["class": "note"], text: "\(pictures); \(verdict), \(NumberFormat.pValue(line.p))"),
      ])
  }
}
