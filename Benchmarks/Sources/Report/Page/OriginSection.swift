/// What the numbers rest on: the pictures by class and split, and where everything comes from.
struct OriginSection {
  /// More classes than this are not listed one by one.
  static let mostClasses = 60

  let report: ComparisonReport

  var markup: Markup? {
    let cards = [dataCard, provenanceCard].compactMap { $0 }
    guard !cards.isEmpty else { return nil }
    return section(
      "What this rests on", id: "origin",
      why: "The pictures, and everything needed to get these numbers again.",
      [element("div", ["class": "grid"], cards)])
  }

  private var provenanceCard: Markup? {
    guard !report.provenance.isEmpty else { return nil }
    let first = report.provenance.first?.name
    let entries = report.provenance.enumerated().flatMap { index, fact in
      // The facts of one network after the other, each beginning with the same name.
      let attributes: KeyValuePairs<String, String> = index > 0 && fact.name == first ? ["class": "gap"] : [:]
      return [element("dt", attributes, text: fact.name), element("dd", attributes, text: fact.value)]
    }
    return card("Provenance", [element("dl", ["style": "margin-top:14px"], entries)])
  }

  private var dataCard: Markup? {
    let data = report.data
    let counted = data.splits.filter { !$0.classCounts.isEmpty }
    guard !data.splits.isEmpty else { return nil }
    let totals = element(
      "tr", [:],
      [element("td", ["class": "best"], text: "all")]
        + data.splits.map { element("td", ["class": "n best"], text: NumberFormat.count($0.rows)) })
    let titles = element(
      "tr", [:],
      [element("th", text: "class")] + data.splits.map { element("th", ["class": "n"], text: $0.name) })
    let listed =
      counted.isEmpty || data.classes.count > Self.mostClasses ? [] : Array(data.classes.enumerated())
    let rows = listed.map { index, name in
      element(
        "tr", [:],
        [element("td", ["class": "break"], text: name)]
          + data.splits.map { split in
            let count = split.classCounts.indices.contains(index) ? split.classCounts[index] : nil
            return element(
              "td", ["class": "n"], text: count.map { NumberFormat.count($0) } ?? NumberFormat.missing)
          })
    }
    let classes = NumberFormat.count(data.classes.count, "class", "classes")
    return card(
      data.name.isEmpty ? "Pictures" : data.name, note: "\(classes), labelled pictures in each split.",
      [scrolling("Pictures by class and split", [element("table", [:], [titles] + rows + [totals])])])
  }
}
