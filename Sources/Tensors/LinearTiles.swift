internal import CPermafrostKernels

/// What solvers of smooth linear heads do to a tile of float32 rows, for many outputs at once, in float32.
/// `RowProducts` is the slower float64 form of the products.
///
/// Scores lie output by output: output k of row t is number k x `stride` + t, where `stride` is at least the row
/// count rounded up to `rowMultiple`. Arrays that are too short trap.
package enum LinearTiles {
  static nonisolated(unsafe) let kernels: UnsafePointer<pf_linear_kernels> = {
    let best = unsafe pf_linear_kernels_for(pf_isa_best())
    return unsafe best ?? pf_linear_kernels_for(PF_ISA_PORTABLE)
  }()

  package static let rowMultiple = Int(PF_LINEAR_ROWS)

  package static func stride(rows: Int) -> Int { (rows + rowMultiple - 1) / rowMultiple * rowMultiple }

  /// z[k, t] = row t . weights[k]; `weights` starts with outputs x d numbers.
  package static func scores(
    _ rows: Span<Float>, dimension: Int, weights: Span<Float>, outputs: Int, into z: inout [Float],
    stride: Int
  ) {
    let count = rowCount(rows.count, dimension)
    precondition(weights.count >= outputs * dimension && z.count >= outputs * stride && stride >= count)
    unsafe rows.withUnsafeBufferPointer { rows in
      unsafe weights.withUnsafeBufferPointer { weights in
        guard let x = rows.baseAddress, let w = weights.baseAddress else { return }
        unsafe kernels.pointee.scores(x, count, dimension, w, outputs, &z, stride)
      }
    }
  }

  /// sums[k] += r[k, t] * row t, over all rows; `sums` starts with outputs x d numbers.
  package static func accumulate(
    _ rows: Span<Float>, dimension: Int, residuals: [Float], stride: Int, outputs: Int,
    into sums: inout [Float]
  ) {
    let count = rowCount(rows.count, dimension)
    precondition(residuals.count >= outputs * stride && stride >= count && sums.count >= outputs * dimension)
    unsafe rows.withUnsafeBufferPointer { rows in
      guard let x = rows.baseAddress else { return }
      unsafe kernels.pointee.accumulate(x, count, dimension, residuals, stride, outputs, &sums)
    }
  }

  /// The rows of a tile as one problem sees them. Both arrays have one number a row, and zeros up to `stride`.
  package struct Targets {
    package var shares: [Float]
    package var labels: [Int32]
    package var rows: Int

    package init(stride: Int) {
      shares = Array(repeating: 0, count: stride)
      labels = Array(repeating: 0, count: stride)
      rows = 0
    }
  }

  /// Softmax log-losses of a problem whose outputs start at `first`, with one output sigmoid ones. Writes
  /// probabilities, and residuals over the scores; adds residuals to `sums`.
  ///
  /// - Returns: the sum of share x loss.
  package static func losses(
    _ targets: Targets, bias: [Float], _ z: inout [Float], first: Int, stride: Int, outputs: Int,
    probabilities: inout [Float], sums: inout [Double]
  ) -> Double {
    let range = first * stride..<(first + outputs) * stride
    precondition(z.count >= range.upperBound && probabilities.count >= range.upperBound)
    precondition(bias.count >= first + outputs && sums.count >= first + outputs && first >= 0 && outputs > 0)
    precondition(targets.shares.count >= stride && targets.labels.count >= stride && targets.rows <= stride)
    precondition(stride % rowMultiple == 0)
    return unsafe targets.shares.withUnsafeBufferPointer { shares in
      unsafe targets.labels.withUnsafeBufferPointer { labels in
        unsafe bias.withUnsafeBufferPointer { bias in
          unsafe z.withUnsafeMutableBufferPointer { z in
            unsafe probabilities.withUnsafeMutableBufferPointer { p in
              unsafe sums.withUnsafeMutableBufferPointer { sums in
                guard let b = bias.baseAddress, let z = z.baseAddress, let p = p.baseAddress,
                  let s = sums.baseAddress
                else { return 0 }
                let rows = unsafe pf_linear_targets(
                  shares: shares.baseAddress, labels: labels.baseAddress, rows: targets.rows)
                return unsafe kernels.pointee.losses(
                  rows, b + first, z + range.lowerBound, stride, outputs, p + range.lowerBound, s + first)
              }
            }
          }
        }
      }
    }
  }

  /// sums[j] += row[j] - origin[j] and squares[j] += the same squared, over all rows, in float64.
  package static func moments(
    _ rows: Span<Float>, from origin: [Float], sums: inout [Double], squares: inout [Double]
  ) {
    let count = rowCount(rows.count, origin.count)
    precondition(sums.count >= origin.count && squares.count >= origin.count)
    unsafe rows.withUnsafeBufferPointer { rows in
      guard let x = rows.baseAddress else { return }
      unsafe kernels.pointee.moments(x, count, origin.count, origin, &sums, &squares)
    }
  }

  /// Rows in place: ((x - center) - rest) * factor, column by column.
  package static func standardize(
    _ rows: UnsafeMutableBufferPointer<Float>, center: [Float], rest: [Float], factor: [Float]
  ) {
    let count = rowCount(rows.count, center.count)
    precondition(rest.count == center.count && factor.count == center.count)
    guard let x = rows.baseAddress else { return }
    unsafe kernels.pointee.standardize(x, count, center.count, center, rest, factor)
  }

  private static func rowCount(_ elements: Int, _ dimension: Int) -> Int {
    precondition(dimension > 0 && elements % dimension == 0, "no whole number of rows")
    return elements / dimension
  }
}
