internal import CPermafrostKernels

/// A float32 matrix in panels: a value, whose copies share memory until one of them is written to.
package struct PanelMatrix: Sendable {
  package private(set) var layout: PanelLayout
  private var memory: AlignedFloats

  /// Zeros.
  package init(rows: Int, columns: Int) {
    layout = PanelLayout(rows: rows, columns: columns)
    memory = AlignedFloats(count: layout.size)
  }

  /// - Parameter element: is asked row by row.
  package init(rows: Int, columns: Int, _ element: (_ row: Int, _ column: Int) -> Float) {
    self.init(rows: rows, columns: columns)
    for row in 0..<rows {
      for column in 0..<columns { self[row, column] = element(row, column) }
    }
  }

  package var rows: Int { layout.rows }
  package var columns: Int { layout.columns }

  /// Traps where there is no such element.
  package subscript(row: Int, column: Int) -> Float {
    get { unsafe memory.start[layout.position(row, column)] }
    set { unsafe uniqueStart()[layout.position(row, column)] = newValue }
  }

  /// All numbers in the layout's order; as many have to be put in.
  package var values: [Float] {
    get { unsafe Array(UnsafeBufferPointer(start: memory.start, count: layout.size)) }
    set {
      precondition(newValue.count == layout.size)
      unsafe uniqueStart().update(from: newValue, count: newValue.count)
    }
  }

  /// Makes it a matrix of so many rows, of whatever numbers.
  package mutating func resize(rows: Int) {
    guard rows != layout.rows else { return }
    layout.rows = rows
    if memory.count < layout.size { memory = AlignedFloats(count: layout.size) }
  }

  // MARK: Panels

  /// Lends the numbers of a panel.
  package func withPanel<Result>(_ panel: Int, _ body: (Span<Float>) -> Result) -> Result {
    let range = layout.range(ofPanel: panel)
    return withExtendedLifetime(memory) {
      unsafe body(UnsafeBufferPointer(start: memory.start + range.lowerBound, count: range.count).span)
    }
  }

  /// Calls `body` for the numbers of every panel, each on some thread.
  package mutating func forEachPanel(
    on pool: WorkerPool, _ body: (_ panel: Int, _ values: inout MutableSpan<Float>) -> Void
  ) {
    let layout = layout
    let start = unsafe uniqueStart()
    pool.forEach(layout.panels) { panel, _ in
      let range = layout.range(ofPanel: panel)
      let part = unsafe UnsafeMutableBufferPointer(start: start + range.lowerBound, count: range.count)
      var values = unsafe part.mutableSpan
      body(panel, &values)
    }
  }

  // MARK: Rows

  /// Fills all rows: `body` hands the numbers of its row to `write`, on some thread.
  package mutating func fillRows(
    on pool: WorkerPool, _ body: (_ row: Int, _ worker: Int, _ write: (Span<Float>) -> Void) -> Void
  ) {
    let layout = layout
    let start = unsafe uniqueStart()
    pool.forEach(layout.rows) { row, worker in
      body(row, worker) { numbers in
        precondition(numbers.count == layout.columns)
        unsafe numbers.withUnsafeBufferPointer { numbers in
          guard let source = numbers.baseAddress else { return }
          for panel in 0..<layout.panels {
            let columns = layout.columns(ofPanel: panel)
            unsafe (start + layout.position(row, columns.lowerBound))
              .update(from: source + columns.lowerBound, count: columns.count)
          }
        }
      }
    }
  }

  /// Writes the transposed matrix over another one, of its shape.
  package func transpose(into other: inout PanelMatrix, on pool: WorkerPool) {
    precondition(other.rows == columns && other.columns == rows)
    let (layout, target) = (layout, other.layout)
    other.forEachPanel(on: pool) { panel, transposed in
      let width = target.width(ofPanel: panel)
      for (index, row) in target.columns(ofPanel: panel).enumerated() {
        for part in 0..<layout.panels {
          let columns = layout.columns(ofPanel: part)
          let source = unsafe memory.start + layout.position(row, columns.lowerBound)
          for column in 0..<columns.count {
            let position = (columns.lowerBound + column) * width + index
            unsafe transposed[unchecked: position] = source[column]
          }
        }
      }
    }
  }

  // MARK: Pointers, for as long as the matrix is not touched otherwise

  /// The first number.
  @unsafe var start: UnsafePointer<Float> { unsafe UnsafePointer(memory.start) }

  /// The form that kernels read.
  @unsafe var panels: pf_panels {
    unsafe pf_panels(values: memory.start, rows: layout.rows, columns: layout.columns)
  }

  /// The first number, of memory that no other matrix has.
  @unsafe mutating func uniqueStart() -> UnsafeMutablePointer<Float> {
    if !isKnownUniquelyReferenced(&memory) { memory = AlignedFloats(copying: memory) }
    return unsafe memory.start
  }
}
