/// Which differences between heads are more than luck: the matrix, and each pair in words.
struct PairSection {
  /// The list names this many pairs; the matrix has the others.
  static let mostLines = 12
  /// The same where the list stands beside the intervals and should be as tall.
  static let mostBesideLines = 7

  let ranking: Ranking

  var markup: Markup? {
    let lines = PairLine.all(ranking)
    guard !lines.isEmpty else { return nil }
    let isAdjusted = ranking.report.pairs.contains { $0.adjustedP != nil }
    let figure = SignificanceFigure(ranking: ranking).figure()
    let scrolled = figure.width > 460
    let matrix = card(
      "Every pair",
      note: "Each cell compares the head above it with the one at the right end of its row: points, and p.",
      scrolled
        ? [scrolling("Matrix of tested pairs", [fixedWidth(figure)])] : [figure.inline()])
    let difference = DifferenceFigure(ranking).map { figure in
      card(
        "Behind the best",
        note:
          "The interval of each difference by itself, after Tango. Behind is what the \(isAdjusted ? "corrected " : "")"
          + "test calls worse; undecided is neither that nor shown to be equal.",
        bothWidths(430) { figure.figure(width: $0) })
    }
    let isBeside = difference != nil && scrolled
    let list = card(
      "In words", note: "How many test pictures one head alone got right.",
      [
        element(
          "ul", ["class": scrolled && !isBeside ? "plain two" : "plain"],
          lines.prefix(isBeside ? Self.mostBesideLines : Self.mostLines).map(item))
      ])
    return section(
      "Which differences are real", id: "differences",
      why: "Difference in points of accuracy and p of McNemar's exact test on the same pictures"
        + (isAdjusted
          ? ", corrected for all \(NumberFormat.count(ranking.report.pairs.count)) pairs (Holm)" : "")
        + ". Blue cells are significant at 5 %"
        + (lines.contains(where: \.isEqual)
          ? "; green ones are equal: the 95 % interval of their difference lies within \(margin)." : "."),
      [
        element(
          "div", ["class": scrolled ? "grid wide" : "grid"],
          [matrix] + (isBeside ? [] : cards(difference, list)))
      ]
        + (isBeside ? [element("div", ["class": "grid"], cards(difference, list))] : []))
  }

  private func cards(_ first: Markup?, _ second: Markup) -> [Markup] {
    [first, second].compactMap { $0 }
  }

  private var margin: String { NumberFormat.margin(ranking.report.equivalenceMargin) }

  private func fixedWidth(_ figure: Figure) -> Markup {
    element("div", ["style": "min-width:\(Figure.number(figure.width * 0.85))px"], [figure.inline()])
  }

  private func item(_ line: PairLine) -> Markup {
    let pictures =
      "\(NumberFormat.count(line.onlyBetter)) against \(NumberFormat.count(line.onlyWorse)) pictures"
    let verdict =
      line.isSignificant ? "significant" : line.isEqual ? "equal within \(margin)" : "not significant"
    return element(
      "li", [:],
      [
        element("b", text: line.better), .text(" over \(Headline.withinSentence(line.worse)): "),
        .text("\(line.interval) points"), element("br"),
        element("span", ["class": "note"], text: "\(pictures); \(verdict), \(NumberFormat.pValue(line.p))"),
      ])
  }
}
