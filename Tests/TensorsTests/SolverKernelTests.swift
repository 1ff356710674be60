import CPermafrostKernels
import Testing

/// Every instruction set of this machine against the definitions, in float64.
@Suite struct SolverKernelTests {
  private static let supported = (0..<UInt32(PF_ISA_COUNT)).map { pf_isa(rawValue: $0) }
    .filter { pf_isa_supported($0) }

  private func numbers(_ count: Int, _ seed: Int) -> [Float] {
    (0..<count).map { Float(($0 * 7919 + seed * 104_729) % 2003 - 1001) / 700 }
  }

  @Test(arguments: supported.map(\.rawValue))
  func products(_ isa: UInt32) throws {
    let kernels = unsafe try #require(pf_product_kernels_for(pf_isa(rawValue: isa)))
    for rows in [0, 1, 3, 4, 9] {
      for dimension in [1, 7, 8, 16, 67] {
        for classes in [1, 2, 4, 5, 11] {
          let x = numbers(rows * dimension, 1)
          let w = numbers(classes * dimension, 2).map { Double($0) }
          let r = numbers(rows * classes, 3).map { Double($0) }
          var scores = [Double](repeating: 0, count: rows * classes)
          unsafe kernels.pointee.scores(x, rows, dimension, w, classes, &scores)
          var sums = w
          unsafe kernels.pointee.accumulate(x, rows, dimension, r, classes, &sums)
          for k in 0..<classes {
            for t in 0..<rows {
              let wanted = (0..<dimension).reduce(0.0) {
                $0 + Double(x[t * dimension + $1]) * w[k * dimension + $1]
              }
              #expect(abs(scores[t * classes + k] - wanted) < 1e-12)
            }
            for j in 0..<dimension {
              let wanted = (0..<rows).reduce(w[k * dimension + j]) {
                $0 + r[$1 * classes + k] * Double(x[$1 * dimension + j])
              }
              #expect(abs(sums[k * dimension + j] - wanted) < 1e-12)
            }
          }
        }
      }
    }
  }

  /// A row's numbers have the same bits however many rows and classes a call has.
  @Test(arguments: supported.map(\.rawValue))
  func aScoreDoesNotDependOnItsNeighbours(_ isa: UInt32) throws {
    let kernels = unsafe try #require(pf_product_kernels_for(pf_isa(rawValue: isa)))
    let (rows, dimension, classes) = (9, 67, 5)
    let x = numbers(rows * dimension, 1)
    let w = numbers(classes * dimension, 2).map { Double($0) }
    var together = [Double](repeating: 0, count: rows * classes)
    unsafe kernels.pointee.scores(x, rows, dimension, w, classes, &together)
    for t in 0..<rows {
      for k in 0..<classes {
        var alone = [0.0]
        let row = Array(x[t * dimension..<(t + 1) * dimension])
        let column = Array(w[k * dimension..<(k + 1) * dimension])
        unsafe kernels.pointee.scores(row, 1, dimension, column, 1, &alone)
        #expect(alone[0] == together[t * classes + k])
      }
    }
  }
}
