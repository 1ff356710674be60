/// What one thread sums over its tiles, for several problems whose coefficients stand side by side.
struct LogisticSums {
  /// What is known after a pass.
  struct Total {
    /// Sums of residuals times rows, outputs x d.
    var gradient: [Double]
    var residuals: [Double]
    var losses: [Double]
    /// Scores of each problem's held rows; zeros for those of other threads.
    var held: [[Float]]

    func addGradient(of range: Range<Int>, to sums: inout [Double]) {
      for (index, position) in range.enumerated() { sums[index] += gradient[position] }
    }
  }

  private let outputs: Int
  private let dimension: Int
  private let stride: Int
  private var z: [Float]
  private var probabilities: [Float]
  /// Sums over the tiles since `flush`; over few rows float32 loses little.
  private var recent: [Float]
  private var recentRows = 0
  private var total: Total
  private var targets: LinearTiles.Targets

  private static let flushRows = 1024

  /// - Parameter held: how many held rows each problem has.
  init(held: [Int], outputs: Int, dimension: Int, stride: Int) {
    let jobs = held.count
    self.outputs = outputs
    self.dimension = dimension
    self.stride = stride
    z = Array(repeating: 0, count: jobs * outputs * stride)
    probabilities = z
    recent = Array(repeating: 0, count: jobs * outputs * dimension)
    total = Self.zero(held, outputs, dimension)
    targets = LinearTiles.Targets(stride: stride)
  }

  private static func zero(_ held: [Int], _ outputs: Int, _ dimension: Int) -> Total {
    let jobs = held.count
    return Total(
      gradient: Array(repeating: 0, count: jobs * outputs * dimension),
      residuals: Array(repeating: 0, count: jobs * outputs), losses: Array(repeating: 0, count: jobs),
      held: held.map { Array(repeating: 0, count: $0 * outputs) })
  }

  /// How many held rows each problem has.
  var held: [Int] { total.held.map { $0.count / outputs } }
  var bytes: Int { 4 * (2 * z.count + recent.count) + 2 * 8 * total.gradient.count }

  /// Adds one tile: scores, losses, gradients.
  mutating func add(
    _ tile: Span<Float>, _ range: Range<Int>, problems: [LogisticProblem], labels: [Int32],
    weights: Span<Float>, offsets: [Float]
  ) {
    let width = problems.count * outputs
    LinearTiles.scores(
      tile, dimension: dimension, weights: weights, outputs: width, into: &z, stride: stride)
    for (index, problem) in problems.enumerated() {
      collectHeld(problem, index, range, offsets)
      setTargets(problem, index, range, labels)
      total.losses[index] += LinearTiles.losses(
        targets, bias: offsets, &z, first: index * outputs, stride: stride, outputs: outputs,
        probabilities: &probabilities, sums: &total.residuals)
    }
    LinearTiles.accumulate(
      tile, dimension: dimension, residuals: z, stride: stride, outputs: width, into: &recent)
    recentRows += range.count
    if recentRows >= Self.flushRows { flush() }
  }

  private mutating func collectHeld(
    _ problem: LogisticProblem, _ index: Int, _ range: Range<Int>, _ offsets: [Float]
  ) {
    var next = problem.held.firstIndex(atLeast: range.lowerBound)
    while next < problem.held.count, problem.held[next] < range.upperBound {
      let position = problem.held[next] - range.lowerBound
      for output in index * outputs..<(index + 1) * outputs {
        total.held[index][next * outputs + output - index * outputs] =
          z[output * stride + position] + offsets[output]
      }
      next += 1
    }
  }

  private mutating func setTargets(
    _ problem: LogisticProblem, _ index: Int, _ range: Range<Int>, _ labels: [Int32]
  ) {
    for (position, row) in range.enumerated() {
      targets.shares[position] = problem.shares[row]
      targets.labels[position] = labels[row]
    }
    targets.rows = range.count
    // The lanes that a last vector has beyond the rows count nothing, but must be numbers.
    for position in range.count..<LinearTiles.stride(rows: range.count) {
      targets.shares[position] = 0
      targets.labels[position] = 0
      for output in index * outputs..<(index + 1) * outputs { z[output * stride + position] = 0 }
    }
  }

  private mutating func flush() {
    for index in recent.indices {
      total.gradient[index] += Double(recent[index])
      recent[index] = 0
    }
    recentRows = 0
  }

  /// The sums of the pass; the next one starts at nothing.
  mutating func take() -> Total {
    flush()
    defer { total = Self.zero(total.held.map { $0.count / outputs }, outputs, dimension) }
    return total
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
