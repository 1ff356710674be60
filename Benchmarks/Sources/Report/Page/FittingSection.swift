/// How the heads came about: the choice of a parameter, the training, the time.
struct FittingSection {
  /// Curves are drawn for this many heads, the best ones.
  static let mostSelections = 6
  static let mostTrainings = 3

  let ranking: Ranking

  var markup: Markup? {
    let report = ranking.report
    let heads = ranking.heads
    let selections = heads.compactMap { head in
      report.selectionFigure(head, ranking).map { (head, $0) }
    }.prefix(Self.mostSelections)
    let trainings = heads.map { ($0, report.trainingFigures($0, ranking)) }.filter { !$0.1.isEmpty }
      .prefix(Self.mostTrainings)
    let small = selections.map { head, figure in
      card("\(ranking.label(head)): choosing \(head.selection?.parameter ?? "")", [figure.inline()])
    }
    let costs = [
      (
        "Time", "Wall time of choosing and fitting; iterations of the last fit.", BarListFigure.times(ranking)
      ),
      (
        "Memory",
        "The most that the arrays of one fit took up at one time. Features read where they lie do not count.",
        BarListFigure.memory(ranking)
      ),
    ].filter { !$0.2.rows.isEmpty }.map { title, note, figure in
      card(title, note: note, bothWidths(430) { figure.figure(width: $0) })
    }
    let large = trainings.map { head, figures in
      card(
        "\(ranking.label(head)): training", [element("div", ["class": "plots"], figures.map { $0.inline() })])
    }
    guard !small.isEmpty || !large.isEmpty || !costs.isEmpty else { return nil }
    var content: [Markup] = []
    if !small.isEmpty { content.append(element("div", ["class": "grid small"], Array(small))) }
    if !large.isEmpty {
      content.append(element("div", ["class": "grid wide"], Array(large)))
    }
    if !costs.isEmpty { content.append(element("div", ["class": "grid"], costs)) }
    return section(
      "How they were fitted", id: "fitting",
      why: "Parameters were chosen on validation pictures; the test pictures had no part in it.", content)
  }
}
