/// A confusion matrix as a heat map with counts: a row for each true class, a column for each predicted one.
/// The diagonal, what the head got right, has one colour, the mistakes another; the fuller the colour, the
/// larger the share of the row's pictures.
struct ConfusionFigure {
  /// More classes than this are not drawn; the most confused pairs are then listed alone.
  static let mostClasses = 60

  private let counts: [[Int]]
  private let names: [String]
  private let title: String
  private let cell: Double

  /// Rows and columns beyond the classes, or missing ones, are filled up with zero counts.
  init(_ head: HeadResult, title: String, data: DataSetFacts) {
    let size = max(data.classes.count, head.confusion.count, head.confusion.map(\.count).max() ?? 0)
    let side = min(size, Self.mostClasses)
    counts = (0..<side).map { row in
      (0..<side).map { column in
        head.confusion.indices.contains(row) && head.confusion[row].indices.contains(column)
          ? max(head.confusion[row][column], 0) : 0
      }
    }
    names = (0..<side).map { data.className($0) }
    self.title = title
    cell =
      switch side {
      case ...4: 54
      case ...10: 44
      case ...16: 32
      case ...30: 25
      default: 14
      }
  }

  func figure() -> Figure {
    let side = Double(names.count) * cell
    let size = cell < 20 ? 9.5 : 11.5
    let labels = names.map { TextWidth.fitted($0, width: 120, size: size) }
    let widest = labels.map { TextWidth.estimate($0, size: size) }.max() ?? 0
    let areHorizontal = widest <= cell - 6
    let left = widest + 12
    let rise = areHorizontal ? 20 : widest * 0.71 + 16
    let overhang = areHorizontal ? 0 : max(0, widest * 0.71 - cell / 2 + 8)
    let top = rise + 20
    var figure = Figure(width: max(left + side + max(overhang, 2), 100), height: top + side + 8, label: label)
    figure.text(left, 12, "predicted →", class: "s m")
    figure.text(0, top - 8, "true ↓", class: "s m")
    for (index, text) in labels.enumerated() {
      let middle = (Double(index) + 0.5) * cell
      let small = cell < 20 ? "xs" : "s"
      figure.text(left - 8, top + middle + 4, text, class: small, anchor: .end, tip: names[index])
      if areHorizontal {
        figure.text(left + middle, top - 8, text, class: small, anchor: .middle)
      } else {
        figure.text(left + middle + 3, top - 7, text, class: small, rotation: -45, tip: names[index])
      }
    }
    for row in names.indices {
      let total = counts[row].reduce(0.0) { $0 + Double($1) }
      for column in names.indices {
        draw(
          row, column, share: total > 0 ? Double(counts[row][column]) / total : 0, left: left, top: top,
          in: &figure)
      }
    }
    return figure
  }

  private func draw(
    _ row: Int, _ column: Int, share: Double, left: Double, top: Double, in figure: inout Figure
  ) {
    let x = left + Double(column) * cell
    let y = top + Double(row) * cell
    let count = counts[row][column]
    let inset = cell < 20 ? 0.5 : 1
    figure.rect(
      x + inset, y + inset, cell - 2 * inset, cell - 2 * inset, radius: min(cell / 14, 3), class: "soft")
    let tip =
      "\(names[row]) called \(names[column]): \(count), \(NumberFormat.percent(share)) of \(names[row])"
    let strength = share > 0 ? 0.10 + 0.90 * share.squareRoot() : 0
    if count > 0 {
      figure.rect(
        x + inset, y + inset, cell - 2 * inset, cell - 2 * inset, radius: min(cell / 14, 3),
        class: row == column ? "right" : "wrong", opacity: strength, tip: tip)
    }
    let text = "\(count)"
    let size = cell >= 40 ? 13.0 : cell >= 30 ? 11.5 : 9.5
    guard cell >= 20, TextWidth.estimate(text, size: size) <= cell - 2, count > 0 || cell >= 40 else {
      return
    }
    let ink = count == 0 ? "m" : strength > 0.62 ? "on" : ""
    figure.text(
      x + cell / 2, y + cell / 2 + size * 0.36, text,
      class: (cell >= 40 ? "" : cell >= 30 ? "s " : "xs ") + ink, anchor: .middle, tip: tip)
  }

  private var label: String {
    guard names.count <= 30 else { return "Confusion matrix of \(title) with \(names.count) classes" }
    let rows = names.indices.map { row in
      let total = counts[row].reduce(0.0) { $0 + Double($1) }
      return "\(names[row]) \(counts[row][row]) of \(NumberFormat.fixed(total, 0)) right"
    }
    return "Confusion matrix of \(title): " + rows.joined(separator: ", ")
  }
}
