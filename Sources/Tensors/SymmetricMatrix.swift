internal import COpenBLAS

/// A symmetric matrix in float64 with the factorisations (LAPACK's) that systems of equations with it need.
package struct SymmetricMatrix: Sendable {
  /// Rows, and columns.
  package let order: Int
  /// order x order, of which only [i, j] with j <= i is read or written.
  private var values: [Double]

  /// The largest order: a matrix of 2 GiB.
  package static let largestOrder = 1 << 14

  /// A matrix of zeros.
  ///
  /// - Throws: `.resources` above `largestOrder`.
  package init(order: Int) throws(TensorsError) {
    guard (0...Self.largestOrder).contains(order) else {
      throw TensorsError(
        .resources,
        "a symmetric matrix of order \(order) is needed, which is more than \(Self.largestOrder)")
    }
    self.order = order
    values = Array(repeating: 0, count: order * order)
  }

  /// The numbers themselves, for factorising in place.
  consuming func takeValues() -> [Double] { values }

  package var bytes: Int { values.count * MemoryLayout<Double>.stride }
  /// What `eigenDecomposition` needs on top of the matrix, which becomes the eigenvectors.
  package var eigenWorkBytes: Int { 2 * bytes }

  /// The element at row `i` and column `j`.
  package subscript(i: Int, j: Int) -> Double { values[max(i, j) * order + min(i, j)] }

  /// The sum of the squares of all elements.
  package var squaredNorm: Double {
    var sum = 0.0
    for i in 0..<order {
      for j in 0..<i { sum += 2 * values[i * order + j] * values[i * order + j] }
      sum += values[i * order + i] * values[i * order + i]
    }
    return sum
  }

  package mutating func addToDiagonal(_ terms: [Double]) {
    precondition(terms.count == order)
    for i in 0..<order { values[i * order + i] += terms[i] }
  }

  /// Adds A'A, where A starts `block`, `count` x order.
  package mutating func addColumnProducts(_ block: [Double], count: Int) {
    precondition(block.count >= count * order)
    guard count > 0, order > 0 else { return }
    unsafe cblas_dsyrk(
      CblasRowMajor, CblasLower, CblasTrans, blasint(order), blasint(count), 1, block, blasint(order), 1,
      &values, blasint(order))
  }

  /// Sets the elements of `rows` and `columns` to A B', where A starts `left`, rows x `length`, and B starts
  /// `right`, columns x `length`. No column may stand behind the first row, unless both ranges are equal.
  package mutating func setRowProducts(
    _ rows: Range<Int>, _ columns: Range<Int>, _ left: [Double], _ right: [Double], length: Int
  ) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= order && columns.lowerBound >= 0)
    precondition(rows == columns || columns.upperBound <= rows.lowerBound)
    precondition(left.count >= rows.count * length && right.count >= columns.count * length)
    guard !rows.isEmpty, !columns.isEmpty, length > 0 else { return }
    unsafe values.withUnsafeMutableBufferPointer { values in
      guard let base = values.baseAddress else { return }
      unsafe BLAS.gemm(
        transposeB: true, m: rows.count, n: columns.count, k: length, left, stride: length, right,
        stride: length, base + rows.lowerBound * order + columns.lowerBound, stride: order)
    }
  }

  /// Sets some rows up to their diagonal elements; the first of them starts `band`, each next one `stride` later.
  package mutating func setRows(_ rows: Range<Int>, _ band: [Float], stride: Int) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= order && stride >= rows.upperBound)
    precondition(band.count >= rows.count * stride)
    for (position, i) in rows.enumerated() {
      for j in 0...i { values[i * order + j] = Double(band[position * stride + j]) }
    }
  }

  /// L of L L', for a matrix that is positive definite in the precision of its numbers; else `nil`.
  package consuming func choleskyFactor() -> CholeskyFactor? {
    guard order > 0 else { return nil }
    // A lower triangle by rows is an upper triangle by columns, which is how LAPACK counts.
    var size = blasint(order)
    var status: blasint = 0
    unsafe dpotrf_("U", &size, &values, &size, &status, 1)
    guard status == 0 else { return nil }
    return CholeskyFactor(order: order, values: values)
  }

  /// All eigenvalues and eigenvectors; `nil` where the iteration fails, as with numbers that are not finite.
  package consuming func eigenDecomposition() -> EigenDecomposition? {
    guard order > 0, values.allSatisfy(\.isFinite) else { return nil }
    var size = blasint(order)
    var status: blasint = 0
    var eigenvalues = [Double](repeating: 0, count: order)
    var work = [0.0]
    var integers: [blasint] = [0]
    var query: blasint = -1
    unsafe dsyevd_(
      "V", "U", &size, &values, &size, &eigenvalues, &work, &query, &integers, &query, &status, 1, 1)
    guard status == 0, work[0] < Double(blasint.max) else { return nil }
    var workCount = blasint(work[0])
    var integerCount = integers[0]
    work = Array(repeating: 0, count: Int(workCount))
    integers = Array(repeating: 0, count: Int(integerCount))
    unsafe dsyevd_(
      "V", "U", &size, &values, &size, &eigenvalues, &work, &workCount, &integers, &integerCount, &status, 1,
      1)
    guard status == 0 else { return nil }
    return EigenDecomposition(values: eigenvalues, vectors: values)
  }
}

/// The Cholesky factor of a positive definite matrix.
package struct CholeskyFactor: Sendable {
  package let order: Int
  /// L by rows.
  let values: [Double]

  /// The smallest and the largest element of L's diagonal.
  package var diagonalRange: (smallest: Double, largest: Double) {
    (0..<order).reduce((Double.infinity, 0)) { range, index in
      let value = values[index * order + index]
      return (min(range.0, value), max(range.1, value))
    }
  }

  /// X of A X = B; `right` is B by rows, order x `columns`.
  package func solve(_ right: [Double], columns: Int) -> [Double] {
    precondition(right.count == order * columns)
    guard columns > 0 else { return [] }
    var solution = right
    for transpose in [CblasNoTrans, CblasTrans] {
      unsafe cblas_dtrsm(
        CblasRowMajor, CblasLeft, CblasLower, transpose, CblasNonUnit, blasint(order), blasint(columns), 1,
        values, blasint(order), &solution, blasint(columns))
    }
    return solution
  }
}

/// A symmetric matrix as V' diag(values) V.
package struct EigenDecomposition: Sendable {
  /// Ascending.
  package let values: [Double]
  /// V: eigenvector i is row i.
  package let vectors: [Double]

  /// V B; `right` is B by rows, order x `columns`.
  package func project(_ right: [Double], columns: Int) -> [Double] {
    product(right, columns: columns, transposed: false)
  }

  /// V' B: the inverse of `project`.
  package func combine(_ right: [Double], columns: Int) -> [Double] {
    product(right, columns: columns, transposed: true)
  }

  private func product(_ right: [Double], columns: Int, transposed: Bool) -> [Double] {
    let order = values.count
    precondition(right.count == order * columns)
    guard columns > 0 else { return [] }
    var result = [Double](repeating: 0, count: order * columns)
    unsafe BLAS.gemm(
      transposeA: transposed, m: order, n: columns, k: order, vectors, stride: order, right, stride: columns,
      &result, stride: columns)
    return result
  }
}
