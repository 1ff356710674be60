/// The nearest training rows of each of many rows, by matrix products of one block of rows with another. It needs
/// memory for two blocks of rows and their products, however many rows there are.
struct NeighborSearch {
  /// The nearest rows of one row, nearest first.
  struct Found {
    var rows: [Int] = []
    /// Squared Euclidean distance, or 1 - cosine.
    var distances: [Double] = []
  }

  let reference: TrainingRows
  let squaredNorms: [Double]
  let metric: NearestNeighbors.Metric
  let neighbors: Int

  /// Rows of a block: about 8 MiB of float64.
  static func blockRows(_ dimension: Int) -> Int { max(1, min(1024, (1 << 20) / dimension)) }

  /// Bytes of everything that searching for so many rows allocates but the rows that are kept: two blocks in
  /// float64 and, where they are not lent, as float32; their products; the training rows' votes and norms; and
  /// what is found.
  func bytes(_ queries: TrainingRows) -> Int {
    let step = Self.blockRows(reference.dimension)
    let (left, right) = (min(step, queries.count), min(step, reference.count))
    let read = max(queries.isResident ? 0 : left, reference.isResident ? 0 : right)
    let blocks = ((left + right) * 8 + read * 4) * reference.dimension
    return blocks + left * right * 8 + 2 * reference.count * 8 + queries.count * neighbors * 16
  }

  /// The neighbours of rows `range` of `queries`, and nothing kept of other rows.
  func search(
    _ queries: TrainingRows, _ range: Range<Int>, _ context: FitContext
  ) throws(HeadsError) -> [Found] {
    let dimension = reference.dimension
    var scratch: [Float] = []
    var left: [Double] = []
    try widen(queries, range, &scratch, &left)
    let norms = (0..<range.count).map { row in
      left[row * dimension..<(row + 1) * dimension].reduce(0) { $0 + $1 * $1 }
    }
    let found = range.map { _ in Candidates(limit: neighbors) }
    var right: [Double] = []
    let step = Self.blockRows(dimension)
    var products = [Double](repeating: 0, count: range.count * min(step, reference.count))
    for start in stride(from: 0, to: reference.count, by: step) {
      try context.checkCancellation()
      let block = start..<min(start + step, reference.count)
      try widen(reference, block, &scratch, &right)
      unsafe BLAS.gemm(
        transposeB: true, m: range.count, n: block.count, k: dimension, left, stride: dimension, right,
        stride: dimension, &products, stride: block.count)
      let scores = products
      context.pool.forEach(range.count) { query, _ in
        for (position, row) in block.enumerated() {
          found[query].offer(
            row, distance(scores[query * block.count + position], norms[query], squaredNorms[row]))
        }
      }
    }
    return found.map(\.found)
  }

  private func distance(_ product: Double, _ a: Double, _ b: Double) -> Double {
    switch metric {
    case .euclidean:
      // What is left of rounding where a row meets itself is no distance.
      let square = a + b - 2 * product
      return square > 4 * Double.ulpOfOne * Double(reference.dimension).squareRoot() * (a + b) ? square : 0
    case .cosine:
      let scale = (a * b).squareRoot()
      return scale > 0 ? 1 - product / scale : 1
    }
  }

  private func widen(
    _ rows: TrainingRows, _ range: Range<Int>, _ scratch: inout [Float], _ block: inout [Double]
  ) throws(HeadsError) {
    block.removeAll(keepingCapacity: true)
    try rows.withRows(range, scratch: &scratch) { values in
      for index in values.indices { block.append(Double(values[index])) }
    }
  }
}

/// The nearest rows of one query so far. Only one thread at a time has a query.
private final class Candidates {
  private(set) var found = NeighborSearch.Found()
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Rows come in ascending order, so that one no nearer than another stands behind it.
  func offer(_ row: Int, _ distance: Double) {
    if found.rows.count == limit {
      guard let last = found.distances.last, distance < last else { return }
      found.rows.removeLast()
      found.distances.removeLast()
    }
    var (low, high) = (0, found.distances.count)
    while low < high {
      let middle = (low + high) / 2
      if found.distances[middle] <= distance { low = middle + 1 } else { high = middle }
    }
    found.rows.insert(row, at: low)
    found.distances.insert(distance, at: low)
  }
}
