/// Weights of a plain hinge as float32. At its minimum many margins are exactly 1, the corner of the loss, where
/// rounding pushes half of them over: each costs C s_i times what it moved. A little more length, at most two
/// millionths, lifts them back, and its own cost is that part of the penalty.
struct MarginRounding {
  let problems: MarginProblems
  let columns: Standardization?

  /// Parts by which weights may become longer: units of float32's rounding.
  private static let lengthenings = [0, 1, 2, 4, 8, 16, 32].map { Double($0) * 0x1p-24 }

  /// The layer of some solutions, each lengthened by what makes the objective of its rounded weights smallest.
  ///
  /// - Parameter positives: by solution, the label that is held against the rest.
  func layer(
    _ points: [MarginProblems.Point], _ positives: [Int], _ context: FitContext
  ) throws(HeadsError) -> DenseLayer {
    guard problems.loss == .hinge else { return try layer(points) }
    var best = points
    var lowest = [Double](repeating: .infinity, count: points.count)
    var scratch: [Float] = []
    for part in Self.lengthenings {
      let longer = points.map { $0.scaled(1 + part) }
      let rounded = rounded(try layer(longer))
      let scores = try problems.scores(rounded, &scratch, context)
      let count = problems.rows.count
      for (index, point) in rounded.enumerated() {
        let value = try problems.primal(
          point, scores[index * count..<(index + 1) * count], positives[index])
        if value < lowest[index] { (best[index], lowest[index]) = (longer[index], value) }
      }
    }
    return try layer(best)
  }

  private func layer(_ points: [MarginProblems.Point]) throws(HeadsError) -> DenseLayer {
    try DenseLayer(
      folding: points.flatMap(\.weights), bias: points.map { $0.intercept * problems.constant },
      inputs: problems.rows.dimension, columns)
  }

  /// A layer's numbers as they act on scaled rows.
  private func rounded(_ layer: DenseLayer) -> [MarginProblems.Point] {
    let (weight, bias) = layer.unfolded(columns)
    return bias.indices.map { output in
      MarginProblems.Point(
        weights: Array(weight[output * layer.inputs..<(output + 1) * layer.inputs]),
        intercept: problems.constant > 0 ? bias[output] / problems.constant : 0)
    }
  }
}

extension MarginProblems.Point {
  fileprivate func scaled(_ factor: Double) -> MarginProblems.Point {
    MarginProblems.Point(weights: weights.map { factor * $0 }, intercept: factor * intercept)
  }
}
