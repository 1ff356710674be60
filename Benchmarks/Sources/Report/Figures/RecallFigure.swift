/// Recall of each class under each head: a line a class, a mark a head, the easiest class first.
struct RecallFigure {
  /// More heads than this cannot be told apart; the best are shown.
  static let mostHeads = 6
  /// More classes than this do not fit; the hardest are shown.
  static let mostClasses = 40

  private let ranking: Ranking
  private let heads: [HeadResult]
  private let classes: [Int]

  init(_ ranking: Ranking) {
    self.ranking = ranking
    heads = Array(ranking.heads.filter { !$0.recall.isEmpty }.prefix(Self.mostHeads))
    let count = heads.map(\.recall.count).max() ?? 0
    let heads = heads
    let means = (0..<count).map { index in
      let values = heads.compactMap { Self.recall($0, index) }
      return values.isEmpty ? Double.nan : values.reduce(0, +) / Double(values.count)
    }
    classes = Array(
      (0..<count).filter { means[$0].isFinite }
        .sorted { means[$0] != means[$1] ? means[$0] > means[$1] : $0 < $1 }.suffix(Self.mostClasses))
  }

  func figure(width: Double = 400) -> Figure {
    let names = classes.map { TextWidth.fitted(ranking.report.data.className($0), width: 130, size: 13) }
    let left = min(max(names.map { TextWidth.estimate($0, size: 13) }.max() ?? 0, 40) + 18, 150)
    let right = width - 22
    let legend = legendLines(width: width)
    let top = Double(legend.count) * 20 + 12
    let step = classes.count > 15 ? 24.0 : 36
    let bottom = top + Double(classes.count) * step
    let values = heads.flatMap { head in classes.compactMap { Self.recall(head, $0) } }
    let axis = Axis(covering: values, ticks: 5, within: 0...1)
    let x = { (value: Double) in left + axis.position(value) * (right - left) }
    var figure = Figure(width: width, height: bottom + 44, label: label)
    drawLegend(legend, in: &figure)
    for (tick, text) in zip(axis.ticks, axis.percentLabels) {
      figure.line(x(tick), top, x(tick), bottom, class: "grid")
      figure.text(x(tick), bottom + 18, text, class: "s m", anchor: .middle)
    }
    figure.text(
      (left + right) / 2, bottom + 38, "recall: share of the class found", class: "s m", anchor: .middle)
    for (position, index) in classes.enumerated() {
      let y = top + (Double(position) + 0.5) * step
      let recalls = heads.compactMap { Self.recall($0, index) }
      figure.text(
        left - 16, y + 4.5, names[position], anchor: .end, tip: ranking.report.data.className(index))
      if let least = recalls.min(), let most = recalls.max() {
        figure.line(x(least), y, x(most), y, class: "axis")
      }
      let known = heads.compactMap { head in Self.recall(head, index).map { (head, $0) } }
      let lifts = Self.lifts(known.map { x($0.1) }, room: step - 12)
      for ((head, recall), lift) in zip(known, lifts).reversed() {
        let tip =
          "\(ranking.label(head)), \(ranking.report.data.className(index)): \(NumberFormat.percent(recall))"
        figure.marker(ranking.mark(head), x(recall), y + lift, size: 5.5, tip: tip)
      }
    }
    return figure
  }

  /// How far marks are moved down so that those at nearly the same place do not hide one another.
  private static func lifts(_ places: [Double], room: Double) -> [Double] {
    var lifts = places.map { _ in 0.0 }
    var group: [Int] = []
    func spread() {
      let distance = min(7, room / Double(max(group.count - 1, 1)))
      for (position, index) in group.sorted().enumerated() {
        lifts[index] = (Double(position) - Double(group.count - 1) / 2) * distance
      }
    }
    for index in places.indices.sorted(by: { places[$0] < places[$1] }) {
      if let last = group.last, places[index] - places[last] > 7 {
        spread()
        group = []
      }
      group.append(index)
    }
    spread()
    return lifts
  }

  /// The heads' names broken into lines that fit.
  private func legendLines(width: Double) -> [[HeadResult]] {
    var lines: [[HeadResult]] = []
    var used = Double.infinity
    for head in heads {
      let entry = entryWidth(head)
      if used + entry > width {
        lines.append([])
        used = 0
      }
      lines[lines.count - 1].append(head)
      used += entry
    }
    return lines
  }

  private func drawLegend(_ lines: [[HeadResult]], in figure: inout Figure) {
    for (row, line) in lines.enumerated() {
      var x = 7.0
      for head in line {
        figure.marker(ranking.mark(head), x, Double(row) * 20 + 9, size: 5)
        figure.text(x + 11, Double(row) * 20 + 13, legendText(head), class: "s")
        x += entryWidth(head)
      }
    }
  }

  private func legendText(_ head: HeadResult) -> String {
    TextWidth.fitted(ranking.label(head), width: 300, size: 11.5)
  }

  private func entryWidth(_ head: HeadResult) -> Double {
    TextWidth.estimate(legendText(head), size: 11.5) + 34
  }

  private static func recall(_ head: HeadResult, _ index: Int) -> Double? {
    head.recall.indices.contains(index) && head.recall[index].isFinite ? head.recall[index] : nil
  }

  private var label: String {
    let lines = heads.map { head in
      let values = classes.map { index in
        "\(ranking.report.data.className(index)) \(NumberFormat.percent(Self.recall(head, index) ?? .nan))"
      }
      return "\(ranking.label(head)): \(values.joined(separator: ", "))"
    }
    return "Recall by class. " + lines.joined(separator: "; ")
  }
}
