/// The tables with every head and every number: how good it is, and what it cost.
struct NumbersSection {
  let ranking: Ranking

  var markup: Markup? {
    let report = ranking.report
    let groups =
      [(report.groupName, ranking.heads)]
      + report.controls.map { group in (group.name, Ranking.sorted(group.heads).map { group.heads[$0] }) }
    guard groups.contains(where: { !$0.1.isEmpty }) else { return nil }
    let tables = [("How good", Column.quality), ("What it took", Column.cost)].compactMap { title, columns in
      table(title, columns, groups)
    }
    return section(
      "All numbers", id: "numbers",
      why:
        "Intervals are 95 %. Log loss is in nats. Of log loss, Brier and calibration error, less is better.",
      [element("div", ["class": "grid wide"], tables)])
  }

  /// `nil` where no head has a value in any of the columns.
  private func table(
    _ title: String, _ columns: [Column], _ groups: [(name: String, heads: [HeadResult])]
  ) -> Markup? {
    let all = groups.flatMap(\.heads)
    let columns = columns.filter { column in all.contains { column.value($0) != nil } }
    guard !columns.isEmpty else { return nil }
    let titles =
      [element("th", ["scope": "col"], text: "head")]
      + columns.map { element("th", ["class": "n", "scope": "col"], text: $0.title) }
    let rows = groups.enumerated().flatMap { index, group in
      groupTitle(group.name, columns: columns.count + 1)
        + group.heads.map { head in
          let isBest = index == 0 && head.accuracy == ranking.heads.first?.accuracy
          return row(head, columns, isBest: isBest)
        }
    }
    let content = element("table", [:], [element("tr", [:], titles)] + rows)
    return element(
      "div", ["class": "card flows"], [element("h3", text: title), scrolling(title, [content])])
  }

  private func row(_ head: HeadResult, _ columns: [Column], isBest: Bool) -> Markup {
    let best = isBest ? " best" : ""
    let name = cell(head.name, ranking.detail(head), style: "wraps" + best)
    return element(
      "tr", [:],
      [name]
        + columns.map { column in
          let value = column.value(head)
          return cell(value?.text ?? NumberFormat.missing, value?.detail ?? "", style: "n" + best)
        })
  }

  /// A value with what belongs to it in small letters below.
  private func cell(_ text: String, _ detail: String, style: String) -> Markup {
    let small = detail.isEmpty ? [] : [element("small", text: detail)]
    return element("td", ["class": style], [.text(text)] + small)
  }

  /// A row that names the features of the rows below it; none where there are no controls.
  private func groupTitle(_ name: String, columns: Int) -> [Markup] {
    guard !ranking.report.controls.isEmpty else { return [] }
    let title = element(
      "th", ["colspan": "\(columns)", "scope": "rowgroup"], text: name.isEmpty ? "Compared heads" : name)
    return [element("tr", ["class": "group"], [title])]
  }

  /// A column of a table; a column without any value is left out.
  private struct Column {
    let title: String
    let value: (HeadResult) -> (text: String, detail: String)?

    init(_ title: String, _ value: @escaping (HeadResult) -> (text: String, detail: String)?) {
      self.title = title
      self.value = value
    }

    /// A column without anything below its values.
    init(_ title: String, plain value: @escaping (HeadResult) -> String?) {
      self.init(title) { head in value(head).map { ($0, "") } }
    }

    static var quality: [Column] {
      [
        Column("accuracy") { head in
          let measure = Measure(head.accuracy, low: head.accuracyLow, high: head.accuracyHigh)
          return share(measure)
        },
        Column("right", plain: { "\(NumberFormat.count($0.correct)) of \(NumberFormat.count($0.total))" }),
        Column("balanced") { $0.balancedAccuracy.map(share) },
        Column("macro F1") { $0.macroF1.map(share) },
        Column("top 5", plain: { $0.topFiveAccuracy.map { NumberFormat.percent($0) } }),
        Column("AUROC", plain: { $0.auroc.map { NumberFormat.fixed($0, 4) } }),
        Column("mAP", plain: { $0.averagePrecision.map { NumberFormat.fixed($0, 4) } }),
        Column("log loss", plain: { $0.logLoss.map { NumberFormat.fixed($0, 3) } }),
        Column("Brier", plain: { $0.brier.map { NumberFormat.fixed($0, 3) } }),
        Column("calibration", plain: { $0.reliability.map { NumberFormat.percent($0.expectedError) } }),
      ]
    }

    static var cost: [Column] {
      [
        Column("fit", plain: { $0.fitSeconds.isFinite ? NumberFormat.seconds($0.fitSeconds) : nil }),
        Column("memory", plain: { $0.peakMemory.map { NumberFormat.bytes($0) } }),
        Column("iterations", plain: { $0.iterations.map { NumberFormat.count($0) } }),
        Column("converged", plain: { $0.converged.map { $0 ? "yes" : "no" } }),
        Column("certificate", plain: { $0.certificate.isEmpty ? nil : $0.certificate }),
      ]
    }

    private static func share(_ measure: Measure) -> (text: String, detail: String) {
      let ends = [measure.low, measure.high].map { NumberFormat.fixed($0 * 100, 1) }
      return (NumberFormat.percent(measure.value), measure.hasInterval ? ends.joined(separator: " – ") : "")
    }
  }
}
