import Tensors
import Testing

/// Matrices in panels against the same in float64, element by element.
@Suite struct PanelTests {
  private func matrix(_ rows: Int, _ columns: Int, seed: Int) -> PanelMatrix {
    PanelMatrix(rows: rows, columns: columns) { row, column in
      Float(((row * columns + column) * 7919 + seed * 104_729) % 2003 - 1001) / 1001
    }
  }

  private static let shapes = [(1, 1, 1), (3, 70, 5), (7, 64, 64), (64, 150, 130), (5, 16, 200)]

  @Test func elementsAreWhereTheyWerePut() {
    for (rows, _, columns) in Self.shapes {
      var seen: Set<Int> = []
      let layout = PanelLayout(rows: rows, columns: columns)
      let numbered = PanelMatrix(rows: rows, columns: columns) { Float($0 * columns + $1) }
      for panel in 0..<layout.panels {
        for (column, number) in layout.columns(ofPanel: panel).enumerated() {
          let start = layout.range(ofPanel: panel).lowerBound
          for (row, index) in layout.indices(ofColumn: column, inPanel: panel).enumerated() {
            #expect(numbered.values[start + index] == Float(row * columns + number))
            seen.insert(start + index)
          }
        }
      }
      #expect(seen.count == rows * columns && seen.max() ?? 0 < layout.size)
    }
  }

  @Test func rowsBecomeColumns() {
    for (rows, _, columns) in Self.shapes {
      let values = (0..<rows * columns).map { Float($0) }
      let transposed = PanelMatrix(rows: rows, columns: columns, transposing: values)
      for row in 0..<rows {
        for column in 0..<columns { #expect(transposed[row, column] == values[column * rows + row]) }
      }
      #expect(transposed.transposedValues() == values)
    }
  }

  @Test(arguments: [1, 3]) func products(_ threads: Int) throws {
    let pool = try WorkerPool(threads: threads)
    for (rows, inputs, outputs) in Self.shapes {
      let (a, b) = (matrix(rows, inputs, seed: 1), matrix(inputs, outputs, seed: 2))
      var c = matrix(2 * rows, outputs, seed: 3)
      PanelProducts.multiply(a, b, into: &c, on: pool)
      #expect(c.rows == rows && c.columns == outputs)
      for row in 0..<rows {
        for output in 0..<outputs {
          let wanted = (0..<inputs).reduce(0.0) { $0 + Double(a[row, $1]) * Double(b[$1, output]) }
          #expect(abs(Double(c[row, output]) - wanted) < 2e-7 * Double(inputs + 1))
        }
      }
    }
  }

  @Test func transposing() throws {
    let pool = try WorkerPool(threads: 2)
    for (_, rows, columns) in Self.shapes {
      let original = matrix(rows, columns, seed: 4)
      var transposed = PanelMatrix(rows: columns, columns: rows)
      original.transpose(into: &transposed, on: pool)
      for row in 0..<rows {
        for column in 0..<columns { #expect(transposed[column, row] == original[row, column]) }
      }
    }
  }

  @Test func rowsAreFilled() throws {
    let pool = try WorkerPool(threads: 2)
    for (rows, _, columns) in Self.shapes {
      let wanted = (0..<rows).map { row in (0..<columns).map { Float(row * columns + $0) } }
      var filled = PanelMatrix(rows: rows, columns: columns)
      filled.fillRows(on: pool) { row, worker, write in
        #expect(worker < 2)
        let numbers = wanted[row]
        write(numbers.span)
      }
      for row in 0..<rows {
        for column in 0..<columns { #expect(filled[row, column] == wanted[row][column]) }
      }
    }
  }

  /// A step and the sums that follow have the bits of one after the other, however many threads there are.
  @Test(arguments: [1, 2, 4]) func stepsWithTheNextSums(_ threads: Int) throws {
    let (one, pool) = (try WorkerPool(threads: 1), try WorkerPool(threads: threads))
    let methods: [OptimizerStep.Method] = [
      .momentum(0.9, isNesterov: false), .momentum(0.9, isNesterov: true),
      .adam(beta1: 0.9, beta2: 0.99, rootScale: 1.5, epsilon: 1e-3, keep: 0.95),
    ]
    for (rows, inputs, outputs) in Self.shapes {
      let (batch, next) = (matrix(rows, inputs, seed: 5), matrix(rows + 1, inputs, seed: 6))
      let delta = matrix(rows, outputs, seed: 7)
      for method in methods {
        let step = OptimizerStep(method, rate: 0.01, l2: 0.1)
        func stepped(_ next: PanelMatrix?, on pool: WorkerPool) -> (PanelMatrix, [Float], PanelMatrix) {
          var weights = matrix(inputs, outputs, seed: 8)
          var moments = PanelProducts.Moments(of: weights, hasSecond: step.hasSecondMoments)
          moments.first = matrix(inputs, outputs, seed: 9)
          var sums = PanelMatrix(rows: 0, columns: outputs)
          PanelProducts.step(
            step, &weights, &moments, inputs: batch, delta: delta, next: next, sums: &sums, on: pool)
          return (weights, moments.first.values + (moments.second?.values ?? []), sums)
        }
        let apart = stepped(nil, on: one)
        var sums = PanelMatrix(rows: 0, columns: outputs)
        PanelProducts.multiply(next, apart.0, into: &sums, on: one)
        let together = stepped(next, on: pool)
        #expect(together.0.values == apart.0.values && together.1 == apart.1)
        #expect(together.2.values == sums.values && together.2.rows == rows + 1)
      }
    }
  }
}
