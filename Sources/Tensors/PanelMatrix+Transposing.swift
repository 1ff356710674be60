// Between panels and numbers that lie row by row, the other way round: as layers of a perceptron are kept, whose
// weights lie outputs x inputs, and as they are trained.

extension PanelMatrix {
  /// Columns that are written together: those of one line of the cache.
  private static let together = 16

  /// The matrix whose column c is row c of `values`, `columns` x `rows`. Traps where the count differs.
  package init(rows: Int, columns: Int, transposing values: [Float]) {
    precondition(values.count == rows * columns)
    self.init(rows: rows, columns: columns)
    let layout = layout
    let start = unsafe uniqueStart()
    unsafe values.withUnsafeBufferPointer { values in
      guard let source = values.baseAddress else { return }
      Self.forEachPart(of: layout) { part, position, width in
        for row in 0..<rows {
          let target = unsafe start + position + row * width
          for (place, column) in part.enumerated() {
            unsafe target[place] = source[column * rows + row]
          }
        }
      }
    }
  }

  /// The numbers of the transposed matrix, row by row.
  package func transposedValues() -> [Float] {
    let (layout, rows) = (layout, rows)
    return unsafe [Float](unsafeUninitializedCapacity: rows * columns) { values, count in
      count = rows * layout.columns
      guard let target = values.baseAddress else { return }
      Self.forEachPart(of: layout) { part, position, width in
        for row in 0..<rows {
          let source = unsafe self.start + position + row * width
          for (place, column) in part.enumerated() {
            unsafe target[column * rows + row] = source[place]
          }
        }
      }
    }
  }

  /// Calls `body` with some neighbouring columns, where the first number of the first of them lies, and how many
  /// numbers further on the next one does.
  private static func forEachPart(
    of layout: PanelLayout, _ body: (_ columns: Range<Int>, _ position: Int, _ width: Int) -> Void
  ) {
    for panel in 0..<layout.panels {
      let columns = layout.columns(ofPanel: panel)
      let (start, width) = (layout.start(ofPanel: panel), layout.width(ofPanel: panel))
      for first in stride(from: columns.lowerBound, to: columns.upperBound, by: together) {
        body(
          first..<min(first + together, columns.upperBound), start + first - columns.lowerBound, width)
      }
    }
  }
}
