extension ComparisonReport {
  /// The comparison as Markdown: the headline, a table of the heads, best first, and one of the pairs. Ends with
  /// a line break.
  public func markdown() -> String {
    let ranking = Ranking(self)
    let headline = Headline(ranking: ranking)
    var lines = title.isEmpty ? [] : ["# " + Self.cell(title), ""]
    lines += [headline.sentence, headline.controlSentence].compactMap { $0 }.map { Self.cell($0) }
    let groups =
      [(groupName, ranking.heads)]
      + controls.map { group in (group.name, Ranking.sorted(group.heads).map { group.heads[$0] }) }
    for (name, heads) in groups where !heads.isEmpty {
      lines += controls.isEmpty ? [""] : ["", "## " + Self.cell(name.isEmpty ? "Compared heads" : name), ""]
      lines += Self.headTable(heads, ranking)
    }
    let pairs = PairLine.all(ranking)
    if !pairs.isEmpty { lines += [""] + pairTable(Array(pairs.prefix(Self.mostPairs))) }
    if pairs.count > Self.mostPairs {
      let more = NumberFormat.count(pairs.count - Self.mostPairs)
      lines += ["", "\(more) more pairs were tested and count in the correction; the JSON file has them."]
    }
    if !notes.isEmpty { lines += [""] + notes.map { "Note: " + Self.cell($0) } }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The table has this many pairs, those of the best heads.
  private static let mostPairs = 60

  private static func headTable(_ heads: [HeadResult], _ ranking: Ranking) -> [String] {
    table(
      [
        "head", "layer", "parameters", "accuracy", "95 % interval", "balanced", "macro F1", "AUROC",
        "log loss", "Brier", "calibration error", "fit", "memory",
      ], numbersFrom: 3,
      heads.map { head in
        let interval = [head.accuracyLow, head.accuracyHigh].map { NumberFormat.fixed($0 * 100, 1) }
        return [
          head.name, ranking.place(head), Ranking.parameters(head), NumberFormat.percent(head.accuracy),
          head.hasInterval ? interval.joined(separator: " – ") : "",
          head.balancedAccuracy.map { NumberFormat.percent($0.value) } ?? "",
          head.macroF1.map { NumberFormat.percent($0.value) } ?? "",
          head.auroc.map { NumberFormat.fixed($0, 4) } ?? "",
          head.logLoss.map { NumberFormat.fixed($0, 3) } ?? "",
          head.brier.map { NumberFormat.fixed($0, 3) } ?? "",
          head.reliability.map { NumberFormat.percent($0.expectedError) } ?? "",
          NumberFormat.seconds(head.fitSeconds), head.peakMemory.map { NumberFormat.bytes($0) } ?? "",
        ]
      })
  }

  private func pairTable(_ pairs: [PairLine]) -> [String] {
    Self.table(
      ["better", "worse", "points (95 % interval)", "right alone", "McNemar", "verdict"], numbersFrom: 2,
      pairs.map { pair in
        [
          pair.better, pair.worse, pair.interval, "\(pair.onlyBetter) : \(pair.onlyWorse)",
          NumberFormat.pValue(pair.p),
          pair.isSignificant
            ? "significant"
            : pair.isEqual
              ? "equal within \(NumberFormat.margin(equivalenceMargin))" : "undecided",
        ]
      })
  }

  private static func table(_ titles: [String], numbersFrom: Int, _ rows: [[String]]) -> [String] {
    let rule = titles.indices.map { $0 < numbersFrom ? "---" : "--:" }
    return ([titles, rule] + rows.map { $0.map(cell) }).map { "| " + $0.joined(separator: " | ") + " |" }
  }

  /// Text that stays in its cell and means nothing to Markdown or HTML.
  private static func cell(_ text: String) -> String {
    var result = ""
    for character in TextTable.oneLine(text) {
      if "\\|`*_<>[]#".contains(character) { result.append("\\") }
      result.append(character)
    }
    return result
  }
}
