/// Views that compute while they are read; no feature is copied or stored.
extension FeatureMatrix {
  /// The columns of several matrices side by side: row i is row i of each, one after the other.
  ///
  /// - Throws: `.shape` where they have different numbers of rows, or there are none.
  public static func concatenatingColumns(_ parts: [FeatureMatrix]) throws(TensorsError) -> FeatureMatrix {
    guard let first = parts.first, parts.allSatisfy({ $0.rowCount == first.rowCount }) else {
      let counts = parts.map { String($0.rowCount) }.joined(separator: ", ")
      throw TensorsError(
        .shape, "matrices of \(counts.isEmpty ? "no" : counts) rows cannot stand side by side")
    }
    return FeatureMatrix(single: ComputedRows(.sideBySide(parts)))
  }

  /// Some columns, in the order given; no feature is copied. Traps where an index is out of range or there is
  /// none.
  public func selectingColumns(_ columns: [Int]) -> FeatureMatrix {
    precondition(!columns.isEmpty && columns.allSatisfy { $0 >= 0 && $0 < dimension }, "column out of range")
    return FeatureMatrix(single: ComputedRows(.columns(self, columns)))
  }

  /// Every row divided by its Euclidean norm; rows of zeros stay.
  public func normalized() -> FeatureMatrix {
    FeatureMatrix(single: ComputedRows(.normalized(self)))
  }

  /// Every number x of column j as (x - mean[j]) / scale[j]; where scale[j] is 0, which a constant column has, as
  /// x - mean[j].
  ///
  /// - Throws: `.shape` where `mean` or `scale` has another length than a row.
  public func standardized(mean: [Float], scale: [Float]) throws(TensorsError) -> FeatureMatrix {
    guard mean.count == dimension, scale.count == dimension else {
      throw TensorsError(
        .shape, "\(mean.count) means and \(scale.count) scales do not fit rows of dimension \(dimension)")
    }
    let inverse = scale.map { $0 == 0 ? 1 : 1 / $0 }
    return FeatureMatrix(single: ComputedRows(.standardized(self, mean: mean, inverse: inverse)))
  }
}

/// Rows computed from those of other matrices whenever they are read.
final class ComputedRows: RowStorage {
  enum Rule: Sendable {
    case sideBySide([FeatureMatrix])
    case columns(FeatureMatrix, [Int])
    case normalized(FeatureMatrix)
    case standardized(FeatureMatrix, mean: [Float], inverse: [Float])
  }

  private let rule: Rule
  let rowCount: Int
  let dimension: Int
  let elementType = ElementType.float32

  init(_ rule: Rule) {
    self.rule = rule
    switch rule {
    case .sideBySide(let parts):
      rowCount = parts.first?.rowCount ?? 0
      dimension = parts.reduce(0) { $0 + $1.dimension }
    case .columns(let matrix, let columns):
      rowCount = matrix.rowCount
      dimension = columns.count
    case .normalized(let matrix), .standardized(let matrix, _, _):
      rowCount = matrix.rowCount
      dimension = matrix.dimension
    }
  }

  func read(_ rows: Range<Int>, into output: UnsafeMutableBufferPointer<Float>) throws(TensorsError) {
    switch rule {
    case .sideBySide(let parts):
      var offset = 0
      for part in parts {
        let values = try part.rows(rows)
        for row in 0..<rows.count {
          for column in 0..<part.dimension {
            unsafe output[row * dimension + offset + column] = values[row * part.dimension + column]
          }
        }
        offset += part.dimension
      }
    case .columns(let matrix, let columns):
      // A row at a time, which is soon done with.
      var values: [Float] = []
      for (index, row) in rows.enumerated() {
        try matrix.read(row..<row + 1, into: &values)
        for (position, column) in columns.enumerated() {
          unsafe output[index * dimension + position] = values[column]
        }
      }
    case .normalized(let matrix):
      try unsafe matrix.read(rows, into: output)
      for row in 0..<rows.count {
        let range = row * dimension..<(row + 1) * dimension
        // In float64, so that no large number overflows.
        var sum = 0.0
        for index in range { unsafe sum += Double(output[index]) * Double(output[index]) }
        guard sum > 0 else { continue }
        let factor = 1 / sum.squareRoot()
        for index in range { unsafe output[index] = Float(Double(output[index]) * factor) }
      }
    case .standardized(let matrix, let mean, let inverse):
      try unsafe matrix.read(rows, into: output)
      for row in 0..<rows.count {
        for column in 0..<dimension {
          let index = row * dimension + column
          unsafe output[index] = (output[index] - mean[column]) * inverse[column]
        }
      }
    }
  }
}
