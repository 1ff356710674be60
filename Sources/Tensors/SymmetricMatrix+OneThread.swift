internal import COpenBLAS

extension SymmetricMatrix {
  /// L of L L' without LAPACK's threads, for callers that keep every processor busy themselves: its threads wait for
  /// one another awake and take several times as long then. `nil` where the matrix is not positive definite.
  package consuming func choleskyFactorOnThisThread() -> CholeskyFactor? {
    let order = order
    var values = takeValues()
    let isPositive = unsafe values.withUnsafeMutableBufferPointer { values in
      guard let base = values.baseAddress else { return order == 0 }
      return unsafe Self.factorise(base, order)
    }
    return isPositive ? CholeskyFactor(order: order, values: values) : nil
  }

  /// Products of blocks this small, and vectors, stay on the calling thread.
  private static let block = 64

  /// Block column by block column: what stands left of it is taken off, and then it is solved row by row.
  private static func factorise(_ matrix: UnsafeMutablePointer<Double>, _ order: Int) -> Bool {
    for first in stride(from: 0, to: order, by: block) {
      let columns = min(block, order - first)
      for top in stride(from: first, to: order, by: block) {
        for left in stride(from: 0, to: first, by: block) {
          unsafe cblas_dgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, blasint(min(block, order - top)), blasint(columns),
            blasint(block), -1, matrix + top * order + left, blasint(order), matrix + first * order + left,
            blasint(order), 1, matrix + top * order + first, blasint(order))
        }
      }
      for i in first..<order {
        let row = unsafe matrix + i * order + first
        for j in 0..<min(columns, i - first + 1) {
          let other = unsafe matrix + (first + j) * order + first
          let rest = unsafe row[j] - cblas_ddot(blasint(j), row, 1, other, 1)
          if first + j < i {
            unsafe row[j] = rest / other[j]
          } else {
            guard rest > 0, rest.isFinite else { return false }
            unsafe row[j] = rest.squareRoot()
          }
        }
      }
    }
    return true
  }
}
