extension FeatureMatrix {
  /// Lends rows in their order as float32, some at a time: each run of neighbours where it lies, if that is how and
  /// where rows are stored, and else all of them read into `scratch`, an array that is used again and again. For
  /// whoever looks at row after row and needs no matrix of them: an epoch in random order then copies no row of
  /// float32. Traps where the range is out of bounds.
  ///
  /// - Parameter body: gets one or more whole rows, one after the other.
  /// - Throws: as `row(_:)`; `body` may have seen some rows then.
  public func forEachRun(
    _ range: Range<Int>, scratch: inout [Float], _ body: (Span<Float>) -> Void
  ) throws(TensorsError) {
    precondition(range.lowerBound >= 0 && range.upperBound <= rowCount, "rows out of range")
    var position = range.lowerBound
    if elementType == .float32 {
      while position < range.upperBound {
        let run = run(at: position, upTo: range.upperBound)
        guard try unsafe run.storage.lend(run.rows, { rows in unsafe body(rows.span) }) else { break }
        position += run.rows.count
      }
    }
    guard position < range.upperBound else { return }
    try read(position..<range.upperBound, into: &scratch)
    body(scratch.span)
  }
}
