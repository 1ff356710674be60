/// What layers do to their numbers one by one, each panel on some thread.
extension PanelMatrix {
  /// Adds one number a column.
  mutating func add(_ numbers: [Float], on pool: WorkerPool) {
    precondition(numbers.count == columns)
    let layout = layout
    forEachPanel(on: pool) { panel, values in
      let columns = layout.columns(ofPanel: panel)
      let added = numbers.span.extracting(columns)
      for start in stride(from: 0, to: values.count, by: layout.width(ofPanel: panel)) {
        for column in added.indices { unsafe values[unchecked: start + column] += added[unchecked: column] }
      }
    }
  }

  /// Puts what `body` makes of every number and that of a matrix of the same shape in the number's place.
  @inline(__always)
  mutating func combine(
    with other: PanelMatrix, on pool: WorkerPool, _ body: (Float, Float) -> Float
  ) {
    precondition(other.layout == layout)
    forEachPanel(on: pool) { panel, values in
      other.withPanel(panel) { others in
        for index in values.indices {
          unsafe values[unchecked: index] = body(values[unchecked: index], others[unchecked: index])
        }
      }
    }
  }

  /// Multiplies by the numbers of a matrix of the same shape.
  mutating func multiply(by other: PanelMatrix, on pool: WorkerPool) {
    combine(with: other, on: pool) { $0 * $1 }
  }

  /// The sum of each column, added row by row.
  func columnSums(on pool: WorkerPool) -> [Float] {
    pool.map(layout.panels) { panel in
      withPanel(panel) { numbers in
        var sums = [Float](repeating: 0, count: layout.columns(ofPanel: panel).count)
        var total = sums.mutableSpan
        for start in stride(from: 0, to: numbers.count, by: layout.width(ofPanel: panel)) {
          for column in total.indices {
            unsafe total[unchecked: column] += numbers[unchecked: start + column]
          }
        }
        return sums
      }
    }.flatMap { $0 }
  }

  // MARK: Column by column, whose numbers are those of a panel at some indices

  func mapColumns<Result>(
    on pool: WorkerPool, _ body: (_ column: Int, _ indices: StrideTo<Int>, _ panel: Span<Float>) -> Result
  ) -> [Result] {
    pool.map(layout.panels) { panel in
      withPanel(panel) { values in
        var results: [Result] = []
        for (index, column) in layout.columns(ofPanel: panel).enumerated() {
          results.append(body(column, layout.indices(ofColumn: index, inPanel: panel), values))
        }
        return results
      }
    }.flatMap { $0 }
  }

  mutating func forEachColumn(
    on pool: WorkerPool,
    _ body: (_ column: Int, _ indices: StrideTo<Int>, _ panel: inout MutableSpan<Float>) -> Void
  ) {
    let layout = layout
    forEachPanel(on: pool) { panel, values in
      for (index, column) in layout.columns(ofPanel: panel).enumerated() {
        body(column, layout.indices(ofColumn: index, inPanel: panel), &values)
      }
    }
  }

  /// The same beside a matrix of the same shape.
  mutating func forEachColumn(
    with other: PanelMatrix, on pool: WorkerPool,
    _ body: (_ column: Int, _ indices: StrideTo<Int>, _ panel: inout MutableSpan<Float>, Span<Float>) -> Void
  ) {
    precondition(other.layout == layout)
    forEachColumn(on: pool) { column, indices, values in
      other.withPanel(column / PanelLayout.panelWidth) { others in body(column, indices, &values, others) }
    }
  }
}
