/// Evaluates many logistic regressions in one pass over the rows: their coefficients stand side by side and make
/// one wide product a tile. Products and losses are float32, sums over many tiles float64.
final class LogisticBatch {
  let rows: TrainingRows
  let problems: [LogisticProblem]
  /// Outputs of each problem: K, or 1 where there are two classes.
  let outputs: Int
  private let labels: [Int32]
  private let context: FitContext
  private var parts: [Part] = []

  /// What one problem is evaluated at.
  struct Job {
    var problem: Int
    var point: [Double]
    /// 1 / (C S)
    var penalty: Double
  }

  /// One thread's sums.
  private final class Part {
    var z: [Float]
    var probabilities: [Float]
    /// Over the tiles since `flush`; float32 sums over few rows lose little.
    var recent: [Float]
    var recentRows = 0
    var sums: [Double]
    var residuals: [Double]
    var losses: [Double]
    var held: [[Float]]
    var targets: LinearTiles.Targets

    init(outputs: Int, jobs: Int, dimension: Int, stride: Int) {
      z = Array(repeating: 0, count: outputs * stride)
      probabilities = z
      recent = Array(repeating: 0, count: outputs * dimension)
      sums = Array(repeating: 0, count: outputs * dimension)
      residuals = Array(repeating: 0, count: outputs)
      losses = Array(repeating: 0, count: jobs)
      held = Array(repeating: [], count: jobs)
      targets = LinearTiles.Targets(stride: stride)
    }

    var bytes: Int { 4 * (2 * z.count + recent.count) + 8 * sums.count }

    func flush() {
      for index in sums.indices {
        sums[index] += Double(recent[index])
        recent[index] = 0
      }
      recentRows = 0
    }
  }

  /// Rows whose gradients are summed in float32.
  private static let flushRows = 1024

  /// - Parameter rows: as `coordinates` of the problems want them, known to be finite.
  init(
    _ rows: TrainingRows, _ problems: [LogisticProblem], labels: [Int], outputs: Int, _ context: FitContext
  ) {
    self.rows = rows
    self.problems = problems
    self.outputs = outputs
    self.labels = labels.map { Int32(truncatingIfNeeded: $0) }
    self.context = context
  }

  /// One answer a job, in order.
  func evaluate(_ jobs: [Job]) throws(HeadsError) -> [LogisticAnswer] {
    let dimension = rows.dimension
    let stride = LinearTiles.stride(rows: rows.tileRows)
    let width = jobs.count * outputs
    if parts.first?.losses.count != jobs.count {
      context.memory.release(parts.reduce(0) { $0 + $1.bytes })
      parts = (0..<context.pool.threads).map { _ in
        Part(outputs: width, jobs: jobs.count, dimension: dimension, stride: stride)
      }
      context.memory.reserve(parts.reduce(0) { $0 + $1.bytes })
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
    try rows.forEachTile(parts, context) { part, range, tile in
      LinearTiles.scores(
        tile, dimension: dimension, weights: weights.span, outputs: width, into: &part.z, stride: stride)
      for (index, job) in jobs.enumerated() {
        addLosses(of: problems[job.problem], index, range, offsets, stride, part)
      }
      LinearTiles.accumulate(
        tile, dimension: dimension, residuals: part.z, stride: stride, outputs: width, into: &part.recent)
      part.recentRows += range.count
      if part.recentRows >= Self.flushRows { part.flush() }
    }
    defer { reset() }
    return context.pool.map(jobs.count) { index in answer(jobs[index], index) }
  }

  private func addLosses(
    of problem: LogisticProblem, _ index: Int, _ range: Range<Int>, _ offsets: [Float], _ stride: Int,
    _ part: Part
  ) {
    let first = index * outputs
    for (position, row) in range.enumerated() {
      part.targets.shares[position] = problem.shares[row]
      part.targets.labels[position] = labels[row]
    }
    part.targets.rows = range.count
    // The lanes that a last vector has beyond the rows count nothing, but must be numbers.
    for position in range.count..<LinearTiles.stride(rows: range.count) {
      part.targets.shares[position] = 0
      part.targets.labels[position] = 0
      for output in first..<first + outputs { part.z[output * stride + position] = 0 }
    }
    var next = problem.held.firstIndex(atLeast: range.lowerBound)
    while next < problem.held.count, problem.held[next] < range.upperBound {
      let position = problem.held[next] - range.lowerBound
      for output in first..<first + outputs {
        part.held[index].append(part.z[output * stride + position] + offsets[output])
      }
      next += 1
    }
    part.losses[index] += LinearTiles.losses(
      part.targets, bias: offsets, &part.z, first: first, stride: stride, outputs: outputs,
      probabilities: &part.probabilities, sums: &part.residuals)
  }

  private func answer(_ job: Job, _ index: Int) -> LogisticAnswer {
    let count = outputs * rows.dimension
    let first = index * count
    let coordinates = problems[job.problem].coordinates
    var gradient = Array(repeating: 0.0, count: count + outputs)
    var residuals = Array(repeating: 0.0, count: outputs)
    var value = 0.0
    var held: [Float] = []
    for part in parts {
      for position in 0..<count {
        gradient[position] += part.sums[first + position] + Double(part.recent[first + position])
      }
      for output in 0..<outputs { residuals[output] += part.residuals[index * outputs + output] }
      value += part.losses[index]
      held += part.held[index]
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

  private func reset() {
    for part in parts {
      for index in part.sums.indices {
        part.sums[index] = 0
        part.recent[index] = 0
      }
      part.recentRows = 0
      for index in part.residuals.indices { part.residuals[index] = 0 }
      for index in part.losses.indices {
        part.losses[index] = 0
        part.held[index].removeAll(keepingCapacity: true)
      }
    }
  }
}

extension [Int] {
  /// The first position whose element is not less; the elements ascend.
  func firstIndex(atLeast element: Int) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < element { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
