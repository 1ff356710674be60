/// The table with every head and every number.
struct NumbersSection {
  let ranking: Ranking

  var markup: Markup? {
    let report = ranking.report
    let groups =
      [(report.groupName, ranking.heads)]
      + report.controls.map { group in (group.name, Ranking.sorted(group.heads).map { group.heads[$0] }) }
    let all = groups.flatMap(\.1)
    guard !all.isEmpty else { return nil }
    let columns = Column.all.filter { column in all.contains { column.value($0) != nil } }
    let titles = columns.map { element("th", ["class": $0.style, "scope": "col"], text: $0.title) }
    let rows = groups.enumerated().flatMap { index, group in
      groupTitle(group.0, columns: columns.count)
        + group.1.map { head in
          let isBest = index == 0 && head.accuracy == ranking.heads.first?.accuracy
          let cells = columns.map { column in
            element(
              "td", ["class": isBest ? column.style + " best" : column.style],
              text: column.value(head) ?? NumberFormat.missing)
          }
          return element("tr", [:], cells)
        }
    }
    let table = scrolling("All numbers", [element("table", [:], [element("tr", [:], titles)] + rows)])
    return section(
      "All numbers", id: "numbers",
      why:
        "Intervals are 95 %. Log loss is in nats. Of log loss, Brier and calibration error, less is better.",
      [element("div", ["class": "card flows"], [table])])
  }

  /// A row that names the features of the rows below it; none where there are no controls.
  private func groupTitle(_ name: String, columns: Int) -> [Markup] {
    guard !ranking.report.controls.isEmpty else { return [] }
    let title = element(
      "th", ["colspan": "\(columns)", "scope": "rowgroup"], text: name.isEmpty ? "Compared heads" : name)
    return [element("tr", ["class": "group"], [title])]
  }

  /// A column of the table; a column without any value is left out.
  private struct Column {
    let title: String
    let style: String
    let value: (HeadResult) -> String?

    static var all: [Column] {
      [
        Column(title: "head", style: "nb") { $0.name },
        Column(title: "network", style: "nb") { $0.network.isEmpty ? nil : $0.network },
        Column(title: "layer", style: "nb") { $0.layer.isEmpty ? nil : $0.layer },
        Column(title: "parameters", style: "wraps") { $0.parameters.isEmpty ? nil : Ranking.parameters($0) },
        Column(title: "accuracy", style: "n") { NumberFormat.percent($0.accuracy) },
        Column(title: "interval", style: "n") { head in
          head.hasInterval
            ? [head.accuracyLow, head.accuracyHigh].map { NumberFormat.fixed($0 * 100, 1) }.joined(
              separator: " – ")
            : nil
        },
        Column(title: "right", style: "n") {
          "\(NumberFormat.count($0.correct)) of \(NumberFormat.count($0.total))"
        },
        Column(title: "top 5", style: "n") { $0.topFiveAccuracy.map { NumberFormat.percent($0) } },
        Column(title: "balanced", style: "n") { $0.balancedAccuracy.map(text) },
        Column(title: "macro F1", style: "n") { $0.macroF1.map(text) },
        Column(title: "AUROC", style: "n") { $0.auroc.map { NumberFormat.fixed($0, 4) } },
        Column(title: "mAP", style: "n") { $0.averagePrecision.map { NumberFormat.fixed($0, 4) } },
        Column(title: "log loss", style: "n") { $0.logLoss.map { NumberFormat.fixed($0, 3) } },
        Column(title: "Brier", style: "n") { $0.brier.map { NumberFormat.fixed($0, 3) } },
        Column(title: "calibration", style: "n") {
          $0.reliability.map { NumberFormat.percent($0.expectedError) }
        },
        Column(title: "fit", style: "n") {
          $0.fitSeconds.isFinite ? NumberFormat.seconds($0.fitSeconds) : nil
        },
        Column(title: "memory", style: "n") { $0.peakMemory.map { NumberFormat.bytes($0) } },
        Column(title: "iterations", style: "n") { $0.iterations.map { NumberFormat.count($0) } },
        Column(title: "converged", style: "nb") { $0.converged.map { $0 ? "yes" : "no" } },
        Column(title: "certificate", style: "nb") { $0.certificate.isEmpty ? nil : $0.certificate },
      ]
    }

    private static func text(_ measure: Measure) -> String {
      let value = NumberFormat.percent(measure.value)
      guard measure.hasInterval else { return value }
      let ends = [measure.low, measure.high].map { NumberFormat.fixed($0 * 100, 1) }
      return "\(value) (\(ends.joined(separator: " – ")))"
    }
  }
}
