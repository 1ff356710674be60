#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Head {
  /// The last layer's numbers: logits or margins, n x K, or n x 1 for two classes (positive: class 1). A row's
  /// numbers do not depend on the other rows.
  ///
  /// - Throws: `.invalidFeatures` where the dimension is another one or a feature is not finite, `.io`.
  public func decision(_ features: FeatureMatrix) throws(HeadsError) -> Tensor {
    guard features.dimension == dimension else {
      throw HeadsError(
        .invalidFeatures, "features have dimension \(features.dimension), the head takes \(dimension)")
    }
    let outputs = layers[layers.count - 1].outputs
    var values: [Float] = []
    values.reserveCapacity(features.rowCount * outputs)
    let weights = layers.map { $0.weight.map { Double($0) } }
    let tileRows = max(1, min(512, (1 << 18) / dimension))
    for first in stride(from: 0, to: features.rowCount, by: tileRows) {
      let range = first..<min(first + tileRows, features.rowCount)
      values += try decision(try rows(features, range), weights)
    }
    do throws(TensorsError) {
      return try Tensor(shape: [features.rowCount, outputs], values: values)
    } catch { throw HeadsError(error) }
  }

  private func rows(_ features: FeatureMatrix, _ range: Range<Int>) throws(HeadsError) -> [Float] {
    var rows: [Float]
    do throws(TensorsError) { rows = try features.rows(range) } catch { throw HeadsError(error) }
    let bad = unsafe rows.withUnsafeBufferPointer { unsafe firstNonFinite($0) }
    if let bad {
      throw HeadsError(
        .invalidFeatures,
        "feature \(bad % dimension) of row \(range.lowerBound + bad / dimension) is \(rows[bad])")
    }
    if normalizesRows {
      unsafe rows.withUnsafeMutableBufferPointer { buffer in
        for start in stride(from: 0, to: buffer.count, by: dimension) {
          unsafe normalizeRow(buffer.extracting(start..<start + dimension))
        }
      }
    }
    return rows
  }

  /// One tile through all layers.
  private func decision(_ rows: [Float], _ weights: [[Double]]) throws(HeadsError) -> [Float] {
    var values = rows
    let count = rows.count / dimension
    for (index, layer) in layers.enumerated() {
      var scores = [Double](repeating: 0, count: count * layer.outputs)
      let inputs = values
      RowProducts.scores(
        inputs.span, dimension: layer.inputs, weights: weights[index], classes: layer.outputs, into: &scores)
      let isLast = index == layers.count - 1
      values = scores.indices.map { position in
        let value = Float(scores[position] + Double(layer.bias[position % layer.outputs]))
        return isLast ? value : activated(value)
      }
    }
    return values
  }

  private func activated(_ value: Float) -> Float {
    activation == .relu ? max(value, 0) : Float(activation.value(Double(value)))
  }

  /// Whether the last layer's numbers say how probable classes are.
  public var hasProbabilities: Bool { output != .margins || calibration != nil }

  /// The probability of each class, n x K; `nil` for a head with margins that is not calibrated.
  ///
  /// - Throws: as `decision(_:)`.
  public func probabilities(_ features: FeatureMatrix) throws(HeadsError) -> Tensor? {
    try probabilities(ofDecision: try decision(features))
  }

  /// The same from what `decision(_:)` returned.
  func probabilities(ofDecision decision: Tensor) throws(HeadsError) -> Tensor? {
    guard hasProbabilities else { return nil }
    let outputs = decision.shape[1]
    let values = stride(from: 0, to: decision.values.count, by: outputs).flatMap { start in
      probabilities(ofScores: decision.values[start..<start + outputs]).map { Float($0) }
    }
    do throws(TensorsError) {
      return try Tensor(shape: [decision.shape[0], classes.count], values: values)
    } catch { throw HeadsError(error) }
  }

  /// The probabilities of one row.
  private func probabilities(ofScores scores: ArraySlice<Float>) -> [Double] {
    var logits = scores.map { Double($0) }
    if let calibration { logits = calibration.logits(logits) }
    guard logits.count > 1 else { return [1 / (1 + exp(logits[0])), 1 / (1 + exp(-logits[0]))] }
    let largest = logits.max() ?? 0
    let exponentials = logits.map { exp($0 - largest) }
    let sum = exponentials.reduce(0, +)
    return exponentials.map { $0 / sum }
  }

  /// The class of each row, an index into `classes`: the one with the largest logit or margin, or, with Platt's
  /// calibration, probability; the lower one of equals.
  ///
  /// - Throws: as `decision(_:)`.
  public func predict(_ features: FeatureMatrix) throws(HeadsError) -> [Int] {
    predictions(ofDecision: try decision(features))
  }

  /// The same from what `decision(_:)` returned.
  func predictions(ofDecision decision: Tensor) -> [Int] {
    let outputs = decision.shape[1]
    return stride(from: 0, to: decision.values.count, by: outputs).map { start in
      let scores = decision.values[start..<start + outputs]
      if case .platt = calibration {
        let shares = probabilities(ofScores: scores)
        return shares.indices.reduce(0) { shares[$1] > shares[$0] ? $1 : $0 }
      }
      guard outputs > 1 else { return decision.values[start] > 0 ? 1 : 0 }
      return scores.indices.reduce(start) { scores[$1] > scores[$0] ? $1 : $0 } - start
    }
  }
}
