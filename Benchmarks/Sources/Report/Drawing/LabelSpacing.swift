/// Moves labels apart that would overlap.
package enum LabelSpacing {
  /// Positions near the wished ones, in the same order, at least a distance apart, inside limits where they
  /// fit.
  package static func spread(_ wished: [Double], distance: Double, within limits: ClosedRange<Double>)
    -> [Double]
  {
    let order = wished.indices.sorted { wished[$0] != wished[$1] ? wished[$0] < wished[$1] : $0 < $1 }
    var result = wished
    var next = limits.lowerBound
    for index in order {
      result[index] = max(wished[index].isFinite ? wished[index] : limits.lowerBound, next)
      next = result[index] + distance
    }
    var ceiling = limits.upperBound
    for index in order.reversed() where result[index] > ceiling {
      result[index] = ceiling
      ceiling -= distance
    }
    return result
  }
}
