/// Eigenvalues, descending, and eigenvectors of a small symmetric matrix, by Jacobi's rotations (Golub and Van
/// Loan, "Matrix Computations", 8.5).
///
/// - Parameter matrix: n x n.
/// - Returns: `vectors` holds the eigenvectors one after the other.
func symmetricEigenvalues(_ matrix: [Double], count n: Int) -> (values: [Double], vectors: [[Double]]) {
  var rows = (0..<n).map { Array(matrix[$0 * n..<($0 + 1) * n]) }
  var vectors = (0..<n).map { row in (0..<n).map { $0 == row ? 1.0 : 0 } }
  let norm = matrix.reduce(0) { $0 + $1 * $1 }
  for _ in 0..<30 {
    var rest = 0.0
    for i in 0..<n { for j in 0..<i { rest += rows[i][j] * rows[i][j] } }
    guard rest > 1e-24 * norm else { break }
    for p in 0..<n {
      for q in p + 1..<n where rows[p][q] != 0 {
        let ratio = (rows[q][q] - rows[p][p]) / (2 * rows[p][q])
        let tangent = (ratio < 0 ? -1 : 1) / (abs(ratio) + (ratio * ratio + 1).squareRoot())
        let cosine = 1 / (tangent * tangent + 1).squareRoot()
        let sine = tangent * cosine
        for k in 0..<n {
          let (a, b) = (rows[k][p], rows[k][q])
          rows[k][p] = cosine * a - sine * b
          rows[k][q] = sine * a + cosine * b
        }
        for k in 0..<n {
          let (a, b) = (rows[p][k], rows[q][k])
          rows[p][k] = cosine * a - sine * b
          rows[q][k] = sine * a + cosine * b
        }
        for k in 0..<n {
          let (a, b) = (vectors[p][k], vectors[q][k])
          vectors[p][k] = cosine * a - sine * b
          vectors[q][k] = sine * a + cosine * b
        }
      }
    }
  }
  let order = (0..<n).sorted { rows[$0][$0] > rows[$1][$1] }
  return (order.map { rows[$0][$0] }, order.map { vectors[$0] })
}
