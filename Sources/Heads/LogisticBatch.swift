/// Evaluates many logistic regressions in one pass over the rows: their coefficients stand side by side and make
/// one wide product a tile. Products and losses are float32, sums over many tiles float64.
package final class LogisticBatch {
  let rows: TrainingRows
  let problems: [LogisticProblem]
  /// Outputs of each problem: K, or 1 where there are two classes.
  let outputs: Int
  private let labels: [Int32]
  private let context: FitContext
  private var parts: [Part] = []
  /// The direction of the last pass.
  private var isReversed = false

  /// What one problem is evaluated at.
  package struct Job {
    package var problem: Int
    package var point: [Double]
    /// 1 / (C S)
    package var penalty: Double

    package init(problem: Int, point: [Double], penalty: Double) {
      (self.problem, self.point, self.penalty) = (problem, point, penalty)
    }
  }

  /// One thread's sums.
  private final class Part {
    var sums: LogisticSums
    init(_ sums: LogisticSums) { self.sums = sums }
  }

  /// - Parameter rows: as `coordinates` of the problems want them, known to be finite.
  package init(
    _ rows: TrainingRows, _ problems: [LogisticProblem], labels: [Int], outputs: Int, _ context: FitContext
  ) {
    self.rows = rows
    self.problems = problems
    self.outputs = outputs
    self.labels = labels.map { Int32(truncatingIfNeeded: $0) }
    self.context = context
  }

  /// One answer a job, in order.
  package func evaluate(_ jobs: [Job]) throws(HeadsError) -> [LogisticAnswer] {
    let dimension = rows.dimension
    let stride = LinearTiles.stride(rows: rows.tileRows)
    let width = jobs.count * outputs
    let asked = jobs.map { problems[$0.problem] }
    let held = asked.map(\.held.count)
    if parts.first?.sums.held != held {
      context.memory.release(parts.reduce(0) { $0 + $1.sums.bytes })
      parts = (0..<context.pool.threads).map { _ in
        Part(LogisticSums(held: held, outputs: outputs, dimension: dimension, stride: stride))
      }
      context.memory.reserve(parts.reduce(0) { $0 + $1.sums.bytes })
    }
    let stored = context.pool.map(jobs.count) { [problems, outputs] index in
      problems[jobs[index].problem].coordinates.stored(jobs[index].point, outputs: outputs)
    }
    var weights: [Float] = []
    weights.reserveCapacity(width * dimension)
    var offsets: [Float] = []
    for each in stored {
      weights += each.weights
      offsets += each.offsets
    }
    context.memory.reserve(2 * 4 * weights.count)
    defer { context.memory.release(2 * 4 * weights.count) }
    isReversed.toggle()
    try rows.forEachTile(parts, isReversed: isReversed, context) { part, range, tile in
      part.sums.add(
        tile, range, problems: asked, labels: labels, weights: weights.span, offsets: offsets)
    }
    let sums = context.pool.map(parts.count) { parts[$0].sums.take() }
    return context.pool.map(jobs.count) { index in answer(jobs[index], index, sums) }
  }

  private func answer(_ job: Job, _ index: Int, _ sums: [LogisticSums.Total]) -> LogisticAnswer {
    let count = outputs * rows.dimension
    let first = index * count
    let coordinates = problems[job.problem].coordinates
    var gradient = Array(repeating: 0.0, count: count + outputs)
    var residuals = Array(repeating: 0.0, count: outputs)
    var value = 0.0
    var held = Array(repeating: Float(0), count: problems[job.problem].held.count * outputs)
    for part in sums {
      part.addGradient(of: first..<first + count, to: &gradient)
      for output in 0..<outputs { residuals[output] += part.residuals[index * outputs + output] }
      value += part.losses[index]
      for position in held.indices { held[position] += part.held[index][position] }
    }
    coordinates.convert(&gradient, residuals: residuals)
    var squares = 0.0
    for position in 0..<count {
      squares += job.point[position] * job.point[position]
      gradient[position] += job.penalty * job.point[position]
    }
    return LogisticAnswer(
      value: value + 0.5 * job.penalty * squares, gradient: gradient,
      largestComponent: coordinates.largestComponent(gradient, outputs: outputs), held: held)
  }
}
