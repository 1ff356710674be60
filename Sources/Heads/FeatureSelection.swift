/// Keeps the features that a linear head uses most, and fits another head to them alone: Head2Toe's selection over
/// the columns of many layers side by side (Evci et al., "Head2Toe: utilizing intermediate representations for
/// better transfer learning", 2022, section 3).
///
/// A feature's score is the norm over the classes of its weights in a head fitted to all features, times the
/// feature's standard deviation, so that units do not matter. (The paper's first head has a group lasso penalty;
/// here it is any linear head.)
public struct FeatureSelection: Hashable, Sendable {
  /// Shares of the features that are tried, as in the paper's appendix.
  public var fractions: [Double]
  public var criterion: RegularizationSearch.Criterion

  public init(
    fractions: [Double] = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1],
    criterion: RegularizationSearch.Criterion = .accuracy
  ) {
    self.fractions = fractions
    self.criterion = criterion
  }

  public struct Selection: Sendable {
    /// The best share; the smallest of equals.
    public var fraction: Double
    /// The columns that were kept, ascending.
    public var columns: [Int]
    /// The criterion on the validation part, one a fraction, ascending in the fraction.
    public var scores: [Double]
    /// A head over all columns, whose weights are 0 where a column was not kept.
    public var result: FitResult
  }

  /// A score a feature: how much a linear head uses it.
  ///
  /// - Parameter features: the rows it was fitted to.
  /// - Throws: `.invalidArgument` where the head has several layers or another dimension, or normalises rows;
  ///   `.io`, `.invalidFeatures`
  public static func scores(
    _ head: Head, _ features: FeatureMatrix, options: FitOptions = FitOptions()
  ) async throws(HeadsError) -> [Double] {
    guard head.layers.count == 1, head.dimension == features.dimension, !head.normalizesRows else {
      throw HeadsError(.invalidArgument, "features are scored by a linear head on rows as they are stored")
    }
    let moments = try await FitContext.run(options) { context throws(HeadsError) in
      try ColumnMoments(TrainingRows(streaming: features, context), context)
    }
    let layer = head.layers[0]
    return (0..<layer.inputs).map { column in
      let squares = (0..<layer.outputs).reduce(0.0) { sum, output in
        let weight = Double(layer.weight[output * layer.inputs + column])
        return sum + weight * weight
      }
      return (squares * moments.variance[column]).squareRoot()
    }
  }

  /// The root mean square of the scores of each range of columns: how much a head uses each layer, where layers
  /// stand side by side. Traps where a range is empty or out of bounds.
  public static func layerScores(_ scores: [Double], _ layers: [Range<Int>]) -> [Double] {
    layers.map { range in
      (scores[range].reduce(0) { $0 + $1 * $1 } / Double(range.count)).squareRoot()
    }
  }

  /// Fits to all features, then for each fraction to the best of them, and keeps the fraction that is best on the
  /// validation part.
  ///
  /// - Throws: `.invalidArgument` where there is no fraction or one is not above 0 and at most 1; else as
  ///   `scores` and `HeadConfiguration.fit`.
  public func select<Configuration: HeadConfiguration>(
    _ configuration: Configuration, training: LabeledFeatures, validation: LabeledFeatures,
    options: FitOptions = FitOptions()
  ) async throws(HeadsError) -> Selection {
    let ordered = Set(fractions).sorted()
    guard let least = ordered.first, let most = ordered.last, least > 0, most <= 1 else {
      throw HeadsError(.invalidArgument, "the shares of the features to try are \(fractions)")
    }
    let whole = try await configuration.fit(training, validation: nil, options: options)
    let scores = try await Self.scores(whole.head, training.features, options: options)
    let ranking = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    var values: [Double] = []
    var best: (index: Int, columns: [Int], result: FitResult)?
    for (index, fraction) in ordered.enumerated() {
      let count = max(1, Int((fraction * Double(scores.count)).rounded()))
      let columns = ranking.prefix(count).sorted()
      let part = try LabeledFeatures(
        training.features.selectingColumns(columns), labels: training.labels, classes: training.classes,
        weights: training.weights)
      let result = try await configuration.fit(part, validation: nil, options: options)
      let decision = try await LongWork.attempt { () throws(HeadsError) in
        try result.head.decision(validation.features.selectingColumns(columns))
      }
      values.append(try criterion.value(result.head, decision: decision, labels: validation.labels))
      if let found = best, !criterion.isBetter(values[index], values[found.index]) { continue }
      best = (index, columns, result)
    }
    guard let best else { throw HeadsError(.invalidArgument, "there is no share to try") }
    let head = try best.result.head.spread(to: best.columns, of: training.features.dimension)
    return Selection(
      fraction: ordered[best.index], columns: best.columns, scores: values,
      result: FitResult(head: head, certificate: best.result.certificate, history: best.result.history))
  }
}

extension Head {
  /// The head that does to rows of `count` columns what this one does to some of them.
  func spread(to columns: [Int], of count: Int) throws(HeadsError) -> Head {
    let first = layers[0]
    var weight = Array(repeating: Float(0), count: first.outputs * count)
    for output in 0..<first.outputs {
      for (index, column) in columns.enumerated() {
        weight[output * count + column] = first.weight[output * first.inputs + index]
      }
    }
    let layer = try DenseLayer(inputs: count, outputs: first.outputs, weight: weight, bias: first.bias)
    return try Head(
      layers: [layer] + layers.dropFirst(), output: output, classes: classes, normalizesRows: normalizesRows,
      provenance: provenance)
  }
}
