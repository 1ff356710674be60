/// Precision, recall and F1 of each class under one head.
struct ClassTable {
  /// More classes than this are not listed; the hardest are.
  static let mostClasses = 30

  let head: HeadResult
  let data: DataSetFacts

  /// `nil` where the head's matrix is not known.
  var markup: Markup? {
    guard !head.confusion.isEmpty, !head.precision.isEmpty else { return nil }
    let rows = data.classes.indices.map { index in
      (
        index: index, count: head.confusion.indices.contains(index) ? head.confusion[index].reduce(0, +) : 0,
        precision: value(head.precision, index), recall: value(head.recall, index)
      )
    }
    let ordered = rows.sorted { ($0.recall.isNaN ? 2 : $0.recall) < ($1.recall.isNaN ? 2 : $1.recall) }
    let lines = ordered.prefix(Self.mostClasses).map { row in
      let f1 = 2 * row.precision * row.recall / (row.precision + row.recall)
      return element(
        "tr", [:],
        [element("td", ["class": "break"], text: data.className(row.index))]
          + [
            NumberFormat.count(row.count), NumberFormat.percent(row.precision),
            NumberFormat.percent(row.recall), NumberFormat.percent(f1),
          ].map { element("td", ["class": "n"], text: $0) })
    }
    let titles = ["class", "pictures", "precision", "recall", "F1"].enumerated().map { index, title in
      element("th", index == 0 ? [:] : ["class": "n"], text: title)
    }
    return element("table", [:], [element("tr", [:], titles)] + lines)
  }

  private func value(_ values: [Double], _ index: Int) -> Double {
    values.indices.contains(index) ? values[index] : .nan
  }
}
