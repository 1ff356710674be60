extension FeatureMatrix {
  /// The rows of this matrix and then those of another one; no feature is copied.
  ///
  /// - Throws: `.shape` where the other has another dimension or element type.
  public func appending(_ other: FeatureMatrix) throws(TensorsError) -> FeatureMatrix {
    let stored = blocks.map(\.storage)
    let all = try FeatureMatrix(
      blocks: stored + other.blocks.map(\.storage), dimension: dimension, elementType: elementType)
    guard selection != nil || other.selection != nil else { return all }
    let storedCount = stored.reduce(0) { $0 + $1.rowCount }
    return all.selecting(
      (selection ?? Array(0..<rowCount))
        + (other.selection ?? Array(0..<other.rowCount)).map { $0 + storedCount })
  }
}
