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
    let searched = outcomes.filter { $0.fit.selection != nil }
    let candidates = searched.isEmpty ? outcomes : searched
    guard let column = candidates.max(by: { $0.validationFigure < $1.validationFigure })?.column else {
      return nil
    }
    let fitted = outcomes.filter { $0.column.title == column.title }
    let training = column.data.selecting(split.training)
    let validation = split.validation.isEmpty ? nil : column.data.selecting(split.validation)
    let sizes = LearningCurve.sizes(upTo: training.count, classes: training.classes.count)
    var curves: [LearningCurve] = []
    for outcome in fitted {
      progress("learning curve of \(outcome.title) on \(column.title)")
      curves.append(
        try await LearningCurve.fit(
          outcome.fit.configuration, training: training, validation: validation, sizes: sizes,
          seeds: (0..<draws).map { comparison.seed &+ UInt64($0) }, options: comparison.options))
    }
    // All heads of all curves in one look.
    let evaluations = try HeldOutFeatures(column.data.selecting(split.test)).evaluate(curves.flatMap(\.heads))
    var start = 0
    let lines = zip(fitted, curves).map { outcome, curve in
      defer { start += curve.fits.count }
      return (outcome.kind, curve.points(Array(evaluations[start..<start + curve.fits.count])))
    }
    return LearningCurves(column: column, lines: lines)
  }
}

extension HeadComparison.Outcome {
  /// How good the head was on the validation part or by folds, more being better; what has no such figure
  /// stands last.
  var validationFigure: Double {
    if let selection = fit.selection, let best = selection.scores.first(where: { $0.c == selection.c }) {
      return fit.criterion == .logLoss ? -best.value : best.value
    }
    guard fit.criterion == .accuracy else { return -.infinity }
    let kept = result.history.compactMap { record in
      record.validationLoss.map { (loss: $0, accuracy: record.validationAccuracy ?? -1) }
    }.min { $0.loss < $1.loss }
    return kept?.accuracy ?? -.infinity
  }
}
