internal import CPermafrostKernels

/// How a matrix lies in panels: all rows of its first `panelWidth` columns, then all rows of the next. A product
/// of such matrices reads and writes each of them from its beginning to its end.
///
/// The last panel is as wide as the columns that are left, rounded up to `rounding`. What lies beyond the columns
/// takes part in nothing.
package struct PanelLayout: Hashable, Sendable {
  package static let panelWidth = Int(PF_PANEL_WIDTH)
  static let rounding = Int(PF_PANEL_ROUNDING)

  package var rows: Int
  package let columns: Int

  package init(rows: Int, columns: Int) {
    (self.rows, self.columns) = (rows, columns)
  }

  private static func rounded(_ columns: Int) -> Int { (columns + rounding - 1) / rounding * rounding }

  /// Numbers that all panels take up.
  package var size: Int { rows * Self.rounded(columns) }

  package var panels: Int { (columns + Self.panelWidth - 1) / Self.panelWidth }

  package func columns(ofPanel panel: Int) -> Range<Int> {
    let first = panel * Self.panelWidth
    return first..<min(first + Self.panelWidth, columns)
  }

  /// Numbers from one row of a panel to the next.
  package func width(ofPanel panel: Int) -> Int { Self.rounded(columns(ofPanel: panel).count) }

  package func start(ofPanel panel: Int) -> Int { panel * Self.panelWidth * rows }

  package func range(ofPanel panel: Int) -> Range<Int> {
    let start = start(ofPanel: panel)
    return start..<start + rows * width(ofPanel: panel)
  }

  /// Where a column's numbers lie, counted from the panel's start.
  package func indices(ofColumn column: Int, inPanel panel: Int) -> StrideTo<Int> {
    let width = width(ofPanel: panel)
    return stride(from: column, to: rows * width, by: width)
  }

  /// Where an element lies. Traps where there is none.
  func position(_ row: Int, _ column: Int) -> Int {
    precondition(row >= 0 && row < rows && column >= 0 && column < columns, "no element")
    let panel = column / Self.panelWidth
    return start(ofPanel: panel) + row * width(ofPanel: panel) + column % Self.panelWidth
  }
}
