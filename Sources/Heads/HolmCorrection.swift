/// Corrections of p values for the number of tests.
public enum MultipleTesting {
  /// Holm's step-down correction (Holm, "A simple sequentially rejective multiple test procedure", 1979) as
  /// adjusted p values, in the order given: all that are at most alpha may be called significant, and the
  /// chance that any of them is wrongly so is at most alpha, however the tests depend on each other. A p that
  /// is NaN counts as a test and stays NaN.
  public static func holm(_ p: [Double]) -> [Double] {
    var adjusted = p
    var largest = 0.0
    let order = p.indices.sorted { p[$0] < p[$1] || (!p[$0].isNaN && p[$1].isNaN) }
    for (rank, index) in order.enumerated() where !p[index].isNaN {
      largest = max(largest, min(1, Double(p.count - rank) * p[index]))
      adjusted[index] = largest
    }
    return adjusted
  }
}
