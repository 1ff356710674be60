extension ComparisonReport {
  /// The comparison for a terminal: the headline, an aligned table of the heads, best first, with the
  /// controls below them, and a line for each pair of the best ones. Ends with a line break.
  public func text() -> String {
    let ranking = Ranking(self)
    let headline = Headline(ranking: ranking)
    var lines = [headline.sentence, headline.controlSentence].compactMap { $0 }.map { TextTable.oneLine($0) }
    if !heads.isEmpty || controls.contains(where: { !$0.heads.isEmpty }) {
      lines += [""] + table(ranking).lines
    }
    if !pairs.isEmpty { lines += [""] + pairTable(ranking).lines }
    if !notes.isEmpty { lines += [""] + notes.map { "Note: " + TextTable.oneLine($0) } }
    return lines.joined(separator: "\n") + "\n"
  }

  private func table(_ ranking: Ranking) -> TextTable {
    let hasGroups = !controls.isEmpty
    var table = TextTable(
      (hasGroups ? [("features", .left)] : []) + [
        ("head", .left), ("layer", .left), ("parameters", .left), ("accuracy", .right),
        ("95 % interval", .right),
        ("log loss", .right), ("fit", .right), ("", .left),
      ])
    let groups =
      [(groupName, ranking.heads)]
      + controls.map { group in (group.name, Ranking.sorted(group.heads).map { group.heads[$0] }) }
    for (name, heads) in groups {
      for (row, head) in heads.enumerated() {
        let interval = [head.accuracyLow, head.accuracyHigh].map { NumberFormat.fixed($0 * 100, 1) }
        table.add(
          (hasGroups ? [row == 0 ? name : ""] : []) + [
            head.name, ranking.place(head), Ranking.parameters(head), NumberFormat.percent(head.accuracy),
            head.hasInterval ? interval.joined(separator: " – ") : NumberFormat.missing,
            head.logLoss.map { NumberFormat.fixed($0, 3) } ?? NumberFormat.missing,
            NumberFormat.seconds(head.fitSeconds), head.converged == false ? "not converged" : "",
          ])
      }
    }
    return table
  }

  private func pairTable(_ ranking: Ranking) -> TextTable {
    let isAdjusted = pairs.contains { $0.adjustedP != nil }
    var table = TextTable([
      ("pair", .left), ("points", .right), ("right alone", .right),
      (isAdjusted ? "McNemar, Holm" : "McNemar", .left),
      ("", .left),
    ])
    let lines = PairLine.all(ranking)
    for pair in lines.prefix(Self.mostPairLines) {
      table.add([
        "\(pair.better) – \(pair.worse)", pair.interval, "\(pair.onlyBetter) : \(pair.onlyWorse)",
        NumberFormat.pValue(pair.p), pair.isSignificant ? "significant" : pair.isEqual ? "equal" : "",
      ])
    }
    return table
  }

  /// The terminal gets this many pairs, those of the best heads; the page and the JSON have the others.
  private static let mostPairLines = 15
}
