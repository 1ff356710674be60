/// Training rows minus a centre, times a factor, in float64 and block by block: what the closed-form heads make
/// their matrices of. Call the n x d matrix of all of them B.
struct CentredRows {
  let rows: TrainingRows
  /// One or several centres, each of d numbers.
  let centers: [[Double]]
  /// Which centre each row has.
  let groups: [Int]
  /// What each row is multiplied with.
  let factors: [Double]
  /// What each column is multiplied with, if not with 1.
  var columnFactors: [Double]?
  /// Which rows are in B, if not all of them.
  var members: [Int]?

  /// Rows of B, n.
  var count: Int { members?.count ?? rows.count }
  var dimension: Int { rows.dimension }

  /// Rows of a block: at most 16 MiB of them.
  private var blockRows: Int { max(1, min(512, (1 << 21) / dimension)) }

  /// Lends B in blocks of rows, from a row on.
  func forEachBlock(
    upTo end: Int, _ context: FitContext, _ body: (Range<Int>, [Double]) throws(HeadsError) -> Void
  ) throws(HeadsError) {
    var scratch: [Float] = []
    var block: [Double] = []
    let longest = min(blockRows, end)
    let bytes = longest * dimension * 8 + rows.scratchBytes(ofRows: members == nil ? longest : 1)
    context.memory.reserve(bytes)
    defer { context.memory.release(bytes) }
    for start in stride(from: 0, to: end, by: blockRows) {
      try context.checkCancellation()
      let range = start..<min(start + blockRows, end)
      try read(range, &scratch, &block)
      try body(range, block)
    }
  }

  private func read(
    _ range: Range<Int>, _ scratch: inout [Float], _ block: inout [Double]
  ) throws(HeadsError) {
    let dimension = dimension
    if block.count < range.count * dimension {
      block = Array(repeating: 0, count: range.count * dimension)
    }
    func fill(_ row: Int, _ values: Span<Float>, _ start: Int) {
      let factor = factors[row]
      let center = centers[groups[row]]
      for column in 0..<dimension {
        block[start + column] = (Double(values[column]) - center[column]) * factor
      }
      if let columnFactors {
        for column in 0..<dimension { block[start + column] *= columnFactors[column] }
      }
    }
    if let members {
      for (position, row) in members[range].enumerated() {
        try rows.withRows(row..<row + 1, scratch: &scratch) { fill(row, $0, position * dimension) }
      }
    } else {
      try rows.withRows(range, scratch: &scratch) { values in
        for (position, row) in range.enumerated() {
          let start = position * dimension
          fill(row, values.extracting(start..<start + dimension), start)
        }
      }
    }
  }

  /// B'B, d x d. Whoever drops the matrix releases its bytes.
  func columnProducts(_ context: FitContext) throws(HeadsError) -> SymmetricMatrix {
    var matrix = try Self.matrix(dimension, context)
    try forEachBlock(upTo: count, context) { range, block throws(HeadsError) in
      matrix.addColumnProducts(block, count: range.count)
    }
    return matrix
  }

  /// BB', n x n. Whoever drops the matrix releases its bytes.
  func rowProducts(_ context: FitContext) throws(HeadsError) -> SymmetricMatrix {
    var matrix = try Self.matrix(count, context)
    try forEachBlock(upTo: count, context) { range, block throws(HeadsError) in
      matrix.setRowProducts(range, range, block, block, length: dimension)
      try forEachBlock(upTo: range.lowerBound, context) { earlier, other throws(HeadsError) in
        matrix.setRowProducts(range, earlier, block, other, length: dimension)
      }
    }
    return matrix
  }

  private static func matrix(_ order: Int, _ context: FitContext) throws(HeadsError) -> SymmetricMatrix {
    do throws(TensorsError) {
      let matrix = try SymmetricMatrix(order: order)
      context.memory.reserve(matrix.bytes)
      return matrix
    } catch { throw HeadsError(error) }
  }

  /// B'C, d x K by rows; `coefficients` is C, n x K by rows.
  func combine(
    _ coefficients: [Double], columns: Int, _ context: FitContext
  ) throws(HeadsError) -> [Double] {
    var sums = [Double](repeating: 0, count: dimension * columns)
    try forEachBlock(upTo: count, context) { range, block throws(HeadsError) in
      let part = Array(coefficients[range.lowerBound * columns..<range.upperBound * columns])
      unsafe BLAS.gemm(
        transposeA: true, m: dimension, n: columns, k: range.count, block, stride: dimension, part,
        stride: columns, beta: 1, &sums, stride: columns)
    }
    return sums
  }

  /// BW, n x K by rows; `weights` is W, d x K by rows.
  func project(_ weights: [Double], columns: Int, _ context: FitContext) throws(HeadsError) -> [Double] {
    var products: [Double] = []
    products.reserveCapacity(count * columns)
    try forEachBlock(upTo: count, context) { range, block throws(HeadsError) in
      var part = [Double](repeating: 0, count: range.count * columns)
      unsafe BLAS.gemm(
        m: range.count, n: columns, k: dimension, block, stride: dimension, weights, stride: columns, &part,
        stride: columns)
      products += part
    }
    return products
  }
}

extension TrainingRows {
  /// The weighted mean of each group of rows: `groupCount` vectors of d numbers. A group without weight has
  /// zeros.
  func means(
    groups: [Int], groupCount: Int, weights: [Double], _ context: FitContext
  ) throws(HeadsError) -> [[Double]] {
    var totals = [Double](repeating: 0, count: groupCount)
    for (group, weight) in zip(groups, weights) { totals[group] += weight }
    var sums = (0..<groupCount).map { _ in [Double](repeating: 0, count: dimension) }
    var scratch: [Float] = []
    for start in stride(from: 0, to: count, by: tileRows) {
      try context.checkCancellation()
      let range = start..<min(start + tileRows, count)
      try withRows(range, scratch: &scratch) { values in
        for (position, row) in range.enumerated() where weights[row] > 0 {
          RowProducts.accumulate(
            values.extracting(position * dimension..<(position + 1) * dimension), dimension: dimension,
            factors: [weights[row] / totals[groups[row]]], classes: 1, into: &sums[groups[row]])
        }
      }
    }
    return sums
  }
}
