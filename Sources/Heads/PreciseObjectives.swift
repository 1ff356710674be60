/// Evaluations in float64 throughout, one problem at a time: for the last steps of a fit whose tolerance is
/// below float32's noise.
final class PreciseObjectives {
  private let plain: TrainingRows
  private let data: LabeledFeatures
  private let outputs: Int
  private let hasIntercept: Bool
  private let context: FitContext
  /// The objective of the problem that was asked for last.
  private var current: (problem: Int, penalty: Double, objective: LogisticObjective)?

  init(
    plain: TrainingRows, data: LabeledFeatures, outputs: Int, hasIntercept: Bool, context: FitContext
  ) {
    self.plain = plain
    self.data = data
    self.outputs = outputs
    self.hasIntercept = hasIntercept
    self.context = context
  }

  func evaluate(
    _ job: LogisticBatch.Job, _ problem: LogisticProblem, _ scaling: Standardization?
  ) throws(HeadsError) -> LogisticAnswer {
    let objective: LogisticObjective
    if let current, current.problem == job.problem, current.penalty == job.penalty {
      objective = current.objective
    } else {
      let rows =
        if let current, current.problem == job.problem { current.objective.rows } else if let scaling {
          try TrainingRows(data.features, scaling: FittedScaling(columns: scaling), context)
        } else { plain }
      objective = LogisticObjective(
        rows, labels: data.labels, weights: problem.weights, classes: data.classes.count,
        penalty: job.penalty, hasIntercept: hasIntercept, context)
      current = (job.problem, job.penalty, objective)
    }
    var gradient: [Double] = []
    let point = problem.coordinates.scaled(job.point, outputs: outputs)
    let value = try objective.evaluate(point, gradient: &gradient)
    let largest = gradient.largestMagnitude
    problem.coordinates.convert(scaledGradient: &gradient, outputs: outputs)
    return LogisticAnswer(
      value: value, gradient: gradient, largestComponent: largest,
      held: try held(problem, objective.rows, point))
  }

  /// Scores of the problem's held rows.
  private func held(
    _ problem: LogisticProblem, _ rows: TrainingRows, _ point: [Double]
  ) throws(HeadsError) -> [Float] {
    var scratch: [Float] = []
    var scores = Array(repeating: 0.0, count: outputs)
    var held: [Float] = []
    for row in problem.held {
      try rows.withRows(row..<row + 1, scratch: &scratch) { values in
        RowProducts.scores(values, dimension: rows.dimension, weights: point, classes: outputs, into: &scores)
      }
      for output in 0..<outputs {
        held.append(Float(scores[output] + point[outputs * rows.dimension + output]))
      }
    }
    return held
  }
}
