import Heads
import Tensors
import Testing

/// The Hessian of the squared hinge, by which Newton steps find their direction.
@Suite struct HessianTests {
  /// The objective |w|^2 / 2 + sum_i U_i max(0, 1 - y_i (w . x_i + v))^2 in float64, whose last coefficient is v.
  private struct Problem {
    let rows: [[Double]]
    let signs: [Double]
    let costs: [Double]

    init(_ golden: GoldenCase) throws {
      rows = try (0..<golden.data.count).map { try golden.data.features.row($0).map { Double($0) } + [1] }
      signs = golden.data.labels.map { $0 == 0 ? 1 : -1 }
      costs = golden.effectiveWeights(balanced: true).map { $0 / 100 }
    }

    func hinge(_ row: Int, _ point: [Double]) -> Double {
      1 - signs[row] * zip(rows[row], point).reduce(0) { $0 + $1.0 * $1.1 }
    }

    func active(_ point: [Double]) -> [Int] { rows.indices.filter { hinge($0, point) > 0 } }

    func gradient(_ point: [Double]) -> [Double] {
      var gradient = point
      for row in active(point) {
        let factor = 2 * costs[row] * hinge(row, point) * signs[row]
        for column in point.indices { gradient[column] -= factor * rows[row][column] }
      }
      return gradient
    }
  }

  @Test(arguments: ["binary", "multiclass", "imbalanced", "wide"])
  func productsMeetFiniteDifferencesOfTheGradient(_ name: String) throws {
    let golden = try GoldenCase.named(name)
    let problem = try Problem(golden)
    let dimension = golden.data.features.dimension
    var random = SplitMix64(state: 7)
    let point = (0...dimension).map { _ in random.uniform() / Double(dimension) }
    let vector = (0...dimension).map { _ in random.uniform() }
    let active = problem.active(point)
    func moved(_ step: Double) -> [Double] { zip(point, vector).map { $0 + step * $1 } }
    // While the same rows stay within the margin the gradient is linear.
    let step = try #require(
      [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7].first {
        problem.active(moved($0)) == active && problem.active(moved(-$0)) == active
      })
    try #require(active.count > 10)
    let wanted = zip(problem.gradient(moved(step)), problem.gradient(moved(-step))).map {
      ($0 - $1) / (2 * step)
    }

    var sums = [Float](repeating: 0, count: dimension)
    let tile = try golden.data.features.rows(0..<golden.data.count)
    let total = MarginKernels.curvature(
      tile.span, first: 0, chosen: active.map { UInt32($0) }, active.indices,
      factors: active.map { Float(2 * problem.costs[$0]) }, vector: vector.dropLast().map { Float($0) },
      offset: Float(vector[dimension]), into: &sums)
    let product = zip(sums.map { Double($0) } + [total], vector).map { $0 + $1 }
    let largest = wanted.map(abs).max() ?? 0
    for (a, b) in zip(product, wanted) { #expect(abs(a - b) <= 1e-5 * largest) }
  }
}
