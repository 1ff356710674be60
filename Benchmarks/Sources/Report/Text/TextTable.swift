/// A table for a terminal: columns as wide as their widest cell, two spaces between them.
struct TextTable {
  enum Alignment { case left, right }

  private let columns: [(title: String, alignment: Alignment)]
  private var rows: [[String]] = []

  init(_ columns: [(title: String, alignment: Alignment)]) { self.columns = columns }

  /// Adds a row with a cell for each column.
  mutating func add(_ cells: [String]) {
    rows.append(cells.map { Self.oneLine($0) })
  }

  /// The lines, title row and rule first, without spaces at their ends.
  var lines: [String] {
    let titles = columns.map(\.title)
    let widths = columns.indices.map { column in
      ([titles] + rows).map { TextWidth.columns($0[column]) }.max() ?? 0
    }
    let rule = widths.map { String(repeating: "─", count: $0) }
    return ([titles, rule] + rows).map { cells in
      var line = ""
      for (column, cell) in cells.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - TextWidth.columns(cell))
        if column > 0 { line += "  " }
        line += columns[column].alignment == .right ? padding + cell : cell + padding
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }
  }

  /// Text that stays on its line and has spaces of one column only.
  static func oneLine(_ text: String) -> String {
    let spaces: Set<Character> = ["\u{A0}", "\u{202F}", "\n"]
    return String(SafeText.visible(text).map { spaces.contains($0) ? " " : $0 })
  }
}
