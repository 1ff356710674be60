internal import CPermafrostKernels

/// Products of float32 rows with float64 coefficients, every sum in float64. For the few columns a head has
/// they run at the speed of memory, where a general matrix product does not.
///
/// Each sum has one order on one machine, however many rows or classes a call has.
package enum RowProducts {
  private nonisolated(unsafe) static let kernels: UnsafePointer<pf_product_kernels> = {
    let best = unsafe pf_product_kernels_for(pf_isa_best())
    return unsafe best ?? pf_product_kernels_for(PF_ISA_PORTABLE)
  }()

  /// scores[t, k] = row t . weights[k]; `rows` is n x d, `weights` starts with classes x d numbers and
  /// `scores` with n x classes; what follows stays. Traps where an array is too short, here and below.
  package static func scores(
    _ rows: Span<Float>, dimension: Int, weights: [Double], classes: Int,
    into scores: inout [Double]
  ) {
    let count = rowCount(rows.count, dimension)
    precondition(weights.count >= classes * dimension && scores.count >= count * classes)
    unsafe rows.withUnsafeBufferPointer { rows in
      unsafe weights.withUnsafeBufferPointer { weights in
        unsafe scores.withUnsafeMutableBufferPointer { scores in
          guard let x = rows.baseAddress, let w = weights.baseAddress, let z = scores.baseAddress else {
            return
          }
          unsafe kernels.pointee.scores(x, count, dimension, w, classes, z)
        }
      }
    }
  }

  /// sums[k] += factors[t, k] * row t, over all rows; `factors` starts with n x classes numbers,
  /// `sums` with classes x d.
  package static func accumulate(
    _ rows: Span<Float>, dimension: Int, factors: [Double], classes: Int,
    into sums: inout [Double]
  ) {
    let count = rowCount(rows.count, dimension)
    precondition(factors.count >= count * classes && sums.count >= classes * dimension)
    unsafe rows.withUnsafeBufferPointer { rows in
      unsafe factors.withUnsafeBufferPointer { factors in
        unsafe sums.withUnsafeMutableBufferPointer { sums in
          guard let x = rows.baseAddress, let r = factors.baseAddress, let g = sums.baseAddress else {
            return
          }
          unsafe kernels.pointee.accumulate(x, count, dimension, r, classes, g)
        }
      }
    }
  }

  private static func rowCount(_ elements: Int, _ dimension: Int) -> Int {
    precondition(dimension > 0 && elements % dimension == 0, "no whole number of rows")
    return elements / dimension
  }
}
