/// A figure with the interval that resampling gave it.
public struct BootstrapInterval: Hashable, Sendable {
  /// The figure on the rows themselves.
  public let value: Double
  public let low: Double
  public let high: Double
  /// Standard deviation over the resamples.
  public let standardError: Double
  /// Resamples on which the figure was not defined (such as an AUROC without positive rows); they are left out.
  public let undefinedResamples: Int
}

/// The difference of a figure between two heads on the same rows.
public struct PairedBootstrap: Hashable, Sendable {
  /// The first head's figure minus the second's.
  public let difference: BootstrapInterval
  /// Twice the share of resamples on the far side of no difference, in which the observed order turns round or
  /// vanishes, the rows themselves counting as one (Davison and Hinkley, "Bootstrap methods and their
  /// application", 1997, section 4.4).
  public let p: Double

  /// Whether the interval lies within -margin...margin.
  public func isWithin(_ margin: Double) -> Bool {
    difference.low >= -margin && difference.high <= margin
  }
}

extension BootstrapInterval {
  /// The quantile of ascending values, linear between neighbours (Hyndman and Fan, "Sample quantiles in
  /// statistical packages", 1996, type 7, which is NumPy's); NaN without any.
  static func quantile(_ share: Double, ofSorted values: [Double]) -> Double {
    guard let last = values.indices.last, !share.isNaN else { return .nan }
    let place = min(max(share, 0), 1) * Double(last)
    let below = Int(place)
    let above = min(below + 1, last)
    return values[below] + (values[above] - values[below]) * (place - Double(below))
  }
}
