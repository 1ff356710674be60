import Heads

/// How the compared heads would have done with fewer training pictures, on the column that served best before
/// anyone looked at the test part.
struct LearningCurves {
  let column: FeatureColumn
  let lines: [(kind: HeadKind, points: [LearningCurve.Point])]

  /// - Parameter draws: how many times each size is drawn.
  static func measure(
    _ outcomes: [HeadComparison.Outcome], _ split: DataSplit, draws: Int, _ comparison: HeadComparison,
    progress: (_ what: String) -> Void
  ) async throws -> LearningCurves? {
    let searched = outcomes.filter { $0.fit.choice != nil }
    let candidates = searched.isEmpty ? outcomes : searched
    guard let column = candidates.max(by: { $0.validationFigure < $1.validationFigure })?.column else {
      return nil
    }
    let fitted = outcomes.filter { $0.column.title == column.title }
    let training = column.data.selecting(split.training)
    let validation = split.validation.isEmpty ? nil : column.data.selecting(split.validation)
    let sizes = LearningCurve.sizes(upTo: training.count, classes: training.classes.count)
    var curves: [Curve] = []
    for outcome in fitted {
      progress("learning curve of \(outcome.title) on \(column.title)")
      curves.append(
        try await Curve.fit(
          outcome.fit.recipe, training, validation, sizes: sizes,
          seeds: (0..<draws).map { comparison.seed &+ UInt64($0) }, comparison.options))
    }
    // All heads of all curves in one look.
    let evaluations = try await HeldOutFeatures(column.data.selecting(split.test))
      .evaluate(classifiers: curves.flatMap(\.classifiers))
    var start = 0
    let lines = zip(fitted, curves).map { outcome, curve in
      defer { start += curve.classifiers.count }
      return (outcome.kind, curve.points(evaluations[start..<start + curve.classifiers.count]))
    }
    return LearningCurves(column: column, lines: lines)
  }

  /// One kind of head, size by size and draw by draw within.
  private struct Curve {
    let sizes: [Int]
    let draws: Int
    let classifiers: [any Classifier]

    static func fit(
      _ recipe: HeadRecipe, _ training: LabeledFeatures, _ validation: LabeledFeatures?, sizes: [Int],
      seeds: [UInt64], _ options: FitOptions
    ) async throws -> Curve {
      var classifiers: [any Classifier] = []
      if let configuration = recipe.configuration {
        classifiers = try await LearningCurve.fit(
          configuration, training: training, validation: validation, sizes: sizes, seeds: seeds,
          options: options
        ).heads
      } else if case .neighbors(var configuration) = recipe {
        // The same rows as for the other heads.
        let orders = seeds.map { DataSplit.nestedOrder(labels: training.labels, seed: $0) }
        let neighbors = configuration.neighbors
        for size in sizes {
          configuration.neighbors = min(neighbors, size)
          for order in orders {
            let rows = training.selecting(order.prefix(size).sorted())
            classifiers.append(try await configuration.fit(rows, options: options))
          }
        }
      }
      return Curve(sizes: sizes, draws: seeds.count, classifiers: classifiers)
    }

    func points(_ evaluations: ArraySlice<Evaluation>) -> [LearningCurve.Point] {
      let values = evaluations.map(\.accuracy)
      return sizes.enumerated().map { index, size in
        LearningCurve.Point(rows: size, values: Array(values[index * draws..<(index + 1) * draws]))
      }
    }
  }
}

extension HeadComparison.Outcome {
  /// How good the head was on the validation part or by folds, more being better; what has no such figure
  /// stands last.
  var validationFigure: Double {
    if let choice = fit.choice, let best = choice.scores.first(where: { $0.value == choice.chosen }) {
      return choice.criterion == .logLoss ? -best.score : best.score
    }
    let kept = fit.history.compactMap { record in
      record.validationLoss.map { (loss: $0, accuracy: record.validationAccuracy ?? -1) }
    }.min { $0.loss < $1.loss }
    return kept?.accuracy ?? -.infinity
  }
}
