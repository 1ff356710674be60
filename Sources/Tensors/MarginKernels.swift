internal import CPermafrostKernels

/// Sums over some rows of a tile.
package enum MarginKernels {
  static nonisolated(unsafe) let table: UnsafePointer<pf_margin_kernels> = {
    let best = unsafe pf_margin_kernels_for(pf_isa_best())
    return unsafe best ?? pf_margin_kernels_for(PF_ISA_PORTABLE)
  }()

  /// result[j] += sum_t factors[t] q_t row_t[j] with q_t = row_t . vector + offset, in float32, over the rows
  /// `chosen[range]` of the tile, counted from `first`. Adds row by row, so that one call gives the bits of
  /// several for parts of the rows.
  ///
  /// - Returns: sum_t factors[t] q_t
  package static func curvature(
    _ tile: Span<Float>, first: Int, chosen: [UInt32], _ range: Range<Int>, factors: [Float],
    vector: [Float], offset: Float, into result: inout [Float]
  ) -> Double {
    let dimension = vector.count
    check(tile, first, chosen, range, dimension)
    precondition(factors.count == chosen.count && result.count == dimension)
    var total = 0.0
    unsafe tile.withUnsafeBufferPointer { tile in
      unsafe chosen.withUnsafeBufferPointer { chosen in
        unsafe factors.withUnsafeBufferPointer { factors in
          guard let x = tile.baseAddress, let rows = chosen.baseAddress, let factor = factors.baseAddress
          else { return }
          total = unsafe table.pointee.curvature(
            x, first, rows + range.lowerBound, range.count, dimension, factor + range.lowerBound, vector,
            offset, &result)
        }
      }
    }
    return total
  }

  /// sums[j] += sum_t factors[t] row_t[j], in float64, over the rows `chosen[range]`.
  package static func combine(
    _ tile: Span<Float>, first: Int, chosen: [UInt32], _ range: Range<Int>, factors: [Double],
    into sums: inout [Double]
  ) {
    check(tile, first, chosen, range, sums.count)
    precondition(factors.count == chosen.count)
    let dimension = sums.count
    unsafe tile.withUnsafeBufferPointer { tile in
      unsafe chosen.withUnsafeBufferPointer { chosen in
        unsafe factors.withUnsafeBufferPointer { factors in
          guard let x = tile.baseAddress, let rows = chosen.baseAddress, let factor = factors.baseAddress
          else { return }
          unsafe table.pointee.combine(
            x, first, rows + range.lowerBound, range.count, dimension, factor + range.lowerBound, &sums)
        }
      }
    }
  }

  /// The squared Euclidean norm of each row of a tile, in float64.
  package static func squaredNorms(_ tile: Span<Float>, dimension: Int) -> [Double] {
    precondition(dimension > 0 && tile.count % dimension == 0, "no whole number of rows")
    var norms = [Double](repeating: 0, count: tile.count / dimension)
    unsafe tile.withUnsafeBufferPointer { tile in
      guard let x = tile.baseAddress else { return }
      unsafe table.pointee.squared_norms(x, tile.count / dimension, dimension, &norms)
    }
    return norms
  }

  private static func check(
    _ tile: Span<Float>, _ first: Int, _ chosen: [UInt32], _ range: Range<Int>, _ dimension: Int
  ) {
    precondition(dimension > 0 && range.lowerBound >= 0 && range.upperBound <= chosen.count)
    let end = first + tile.count / dimension
    precondition(chosen[range].allSatisfy { $0 >= first && $0 < end }, "row out of the tile")
  }
}
