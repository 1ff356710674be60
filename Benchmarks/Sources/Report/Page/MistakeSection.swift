/// Where the heads go wrong: recall by class, the most frequent mistakes, confusion matrices.
struct MistakeSection {
  /// Matrices are drawn for this many heads, the best ones; fewer where each needs a screen of its own.
  static let mostMatrices = (small: 9, middle: 3, large: 3)
  /// With more classes than this a matrix is large.
  static let mostSmallClasses = 12

  let ranking: Ranking

  var markup: Markup? {
    let cards = [recallCard, classCard, mistakeCard].compactMap { $0 }
    let matrices = matrixCards
    guard !cards.isEmpty || !matrices.isEmpty else { return nil }
    var content: [Markup] = []
    if isMiddling {
      content = [element("div", ["class": "grid"], cards + matrices)]
    } else {
      if !cards.isEmpty { content.append(element("div", ["class": "grid"], cards)) }
      if !matrices.isEmpty {
        content.append(element("div", ["class": isLarge ? "grid wide" : "grid small"], matrices))
      }
    }
    return section(
      "Where they go wrong", id: "mistakes",
      why:
        "Counts of test pictures by true class (row) and predicted class (column). The fuller the colour, the "
        + "larger the share of the row: blue on the diagonal is right, orange is a mistake.",
      content)
  }

  private var isLarge: Bool { ranking.report.data.classes.count > Self.mostSmallClasses }
  /// Matrices as wide as the other cards.
  private var isMiddling: Bool { !isLarge && ranking.report.data.classes.count > 6 }

  private var recallCard: Markup? {
    guard ranking.heads.contains(where: { $0.recall.contains(where: \.isFinite) }) else { return nil }
    return card(
      "Recall by class",
      note: "Of the pictures of a class, how many were found. Equal ones stand one below the other.",
      bothWidths(400) { RecallFigure(ranking).figure(width: $0) })
  }

  private var classCard: Markup? {
    guard let best = ranking.heads.first,
      let table = ClassTable(head: best, data: ranking.report.data).markup
    else { return nil }
    return card(
      "Class by class", note: "Of the best head, \(ranking.label(best)); the hardest first.",
      [scrolling("Precision, recall and F1 by class", [table])])
  }

  private var mistakeCard: Markup? {
    guard let best = ranking.heads.first else { return nil }
    let list = MistakeList(best, data: ranking.report.data, limit: 10)
    guard !list.mistakes.isEmpty else { return nil }
    let rows = list.mistakes.map { mistake in
      element(
        "tr", [:],
        [
          element("td", ["class": "break"], text: mistake.trueClass),
          element("td", ["class": "break"], text: mistake.predictedClass),
          element("td", ["class": "n"], text: NumberFormat.count(mistake.count)),
          element("td", ["class": "n"], text: NumberFormat.percent(mistake.share)),
        ])
    }
    let titles = element(
      "tr", [:],
      [
        element("th", text: "is"), element("th", text: "was called"),
        element("th", ["class": "n"], text: "pictures"),
        element("th", ["class": "n"], text: "of its class"),
      ])
    return card(
      "Most frequent mistakes", note: "Of the best head, \(ranking.label(best)).",
      [element("table", [:], [titles] + rows)])
  }

  private var matrixCards: [Markup] {
    guard ranking.report.data.classes.count <= ConfusionFigure.mostClasses else { return [] }
    let limit =
      isLarge ? Self.mostMatrices.large : isMiddling ? Self.mostMatrices.middle : Self.mostMatrices.small
    return ranking.heads.filter { !$0.confusion.isEmpty }.prefix(limit).map { head in
      let title = ranking.label(head)
      let figure = ConfusionFigure(head, title: title, data: ranking.report.data).figure()
      let right = "\(NumberFormat.count(head.correct)) of \(NumberFormat.count(head.total)) right"
      guard figure.width > 340 else { return card(title, note: right, [figure.inline()]) }
      let minimum = Figure.number(max(330, figure.width * 0.8))
      let box = element("div", ["style": "min-width:\(minimum)px"], [figure.inline()])
      return card(title, note: right, [scrolling("Confusion matrix of \(title)", [box])])
    }
  }
}
