/// The equations of ridge regression on one set of rows, for any penalty: (B'B + alpha) W = B'T, or, where rows
/// are fewer than columns, W = B'C with (BB' + alpha) C = T. B are the centred rows times the roots of their
/// weights, T the targets likewise.
struct RidgeSystem {
  struct Solution {
    /// K x d by rows.
    var weight: [Double]
    var bias: [Double]
    var objective: Double
    /// Largest absolute component of the objective's gradient by W.
    var gradientMaximum: Double
    /// Whether that is as small as rounding allows.
    var isExact: Bool
  }

  private enum Form {
    case gram(SymmetricMatrix)
    /// With the targets in its coordinates.
    case spectrum(EigenDecomposition, [Double])
  }

  private let centred: CentredRows
  private let outputs: Int
  /// n x outputs
  private let targets: [Double]
  private let targetMeans: [Double]
  /// B'T, d x outputs.
  private let moments: [Double]
  private let isDual: Bool
  private let form: Form

  init(
    _ rows: TrainingRows, labels: [Int], classCount: Int, weights: [Double], hasIntercept: Bool,
    pathLength: Int, _ context: FitContext
  ) throws(HeadsError) {
    let outputs = classCount == 2 ? 1 : classCount
    // Targets and moments; the row's weight, its root and its group; the centre.
    context.memory.reserve(
      8 * (outputs * (rows.count + rows.dimension) + 3 * rows.count + rows.dimension))
    let total = weights.reduce(0, +)
    func target(_ label: Int, _ output: Int) -> Double {
      label == (outputs == 1 ? 1 : output) ? 1 : -1
    }
    var targetMeans = [Double](repeating: 0, count: outputs)
    var center = [Double](repeating: 0, count: rows.dimension)
    if hasIntercept {
      for (label, weight) in zip(labels, weights) {
        for output in 0..<outputs { targetMeans[output] += weight / total * target(label, output) }
      }
      center = try rows.means(
        groups: Array(repeating: 0, count: rows.count), groupCount: 1, weights: weights, context)[0]
    }
    let roots = weights.map { $0.squareRoot() }
    centred = CentredRows(
      rows: rows, centers: [center], groups: Array(repeating: 0, count: rows.count), factors: roots)
    targets = labels.indices.flatMap { row in
      (0..<outputs).map { roots[row] * (target(labels[row], $0) - targetMeans[$0]) }
    }
    moments = try centred.combine(targets, columns: outputs, context)
    self.outputs = outputs
    self.targetMeans = targetMeans
    isDual = rows.count < rows.dimension
    let matrix = try isDual ? centred.rowProducts(context) : centred.columnProducts(context)
    // An eigendecomposition costs about as much as 30 factorisations.
    if pathLength > 30 {
      let spectrum = try Self.spectrum(matrix, context)
      context.memory.reserve(8 * outputs * matrix.order)
      form = .spectrum(spectrum, spectrum.project(isDual ? targets : moments, columns: outputs))
    } else {
      form = .gram(matrix)
    }
  }

  func solve(alpha: Double, _ context: FitContext) throws(HeadsError) -> Solution {
    try context.checkCancellation()
    let right = isDual ? targets : moments
    let solved: [Double]
    // The solution twice, predictions and residuals.
    let bytes = 8 * outputs * (2 * centred.dimension + 2 * centred.count)
    context.memory.reserve(bytes)
    defer { context.memory.release(bytes) }
    switch form {
    case .gram(let matrix):
      context.memory.reserve(matrix.bytes)
      defer { context.memory.release(matrix.bytes) }
      var shifted = matrix
      shifted.addToDiagonal(Array(repeating: alpha, count: matrix.order))
      if let factor = shifted.choleskyFactor() {
        solved = factor.solve(right, columns: outputs)
      } else {
        let spectrum = try Self.spectrum(matrix, context)
        solved = Self.divide(spectrum, spectrum.project(right, columns: outputs), by: alpha, outputs)
      }
    case .spectrum(let spectrum, let projected):
      solved = Self.divide(spectrum, projected, by: alpha, outputs)
    }
    return try solution(
      isDual ? try centred.combine(solved, columns: outputs, context) : solved, alpha, context)
  }

  /// Of a matrix that stays, so that the eigenvectors are another one.
  private static func spectrum(
    _ matrix: SymmetricMatrix, _ context: FitContext
  ) throws(HeadsError) -> EigenDecomposition {
    let bytes = matrix.bytes + matrix.eigenWorkBytes
    context.memory.reserve(bytes)
    defer { context.memory.release(bytes) }
    guard let spectrum = matrix.eigenDecomposition() else {
      throw HeadsError(.diverged, "the rows' products are not finite")
    }
    return spectrum
  }

  /// (A + alpha)^-1, without the directions in which A + alpha is nothing but rounding.
  private static func divide(
    _ spectrum: EigenDecomposition, _ projected: [Double], by alpha: Double, _ outputs: Int
  ) -> [Double] {
    var scaled = projected
    let floor = spectrum.rounding
    for (index, value) in spectrum.values.enumerated() {
      let sum = max(value, 0) + alpha
      for output in index * outputs..<(index + 1) * outputs {
        scaled[output] = sum > floor ? scaled[output] / sum : 0
      }
    }
    return spectrum.combine(scaled, columns: outputs)
  }

  /// W as d x outputs with its bias and what it is worth.
  private func solution(
    _ weight: [Double], _ alpha: Double, _ context: FitContext
  ) throws(HeadsError) -> Solution {
    let predictions = try centred.project(weight, columns: outputs, context)
    var residuals = targets
    for index in residuals.indices { residuals[index] -= predictions[index] }
    let products = try centred.combine(residuals, columns: outputs, context)
    var gradient = 0.0
    for (product, weight) in zip(products, weight) {
      gradient = max(gradient, abs(2 * (alpha * weight - product)))
    }
    let objective = BLAS.dot(residuals, residuals) + alpha * BLAS.dot(weight, weight)
    guard objective.isFinite else { throw HeadsError(.diverged, "the objective is \(objective)") }
    let scale = moments.reduce(0) { max($0, abs($1)) }
    let dimension = centred.dimension
    var byClass = weight
    for output in 0..<outputs {
      for column in 0..<dimension { byClass[output * dimension + column] = weight[column * outputs + output] }
    }
    let center = centred.centers[0]
    let bias = (0..<outputs).map { output in
      targetMeans[output]
        - center.indices.reduce(0) { $0 + center[$1] * byClass[output * dimension + $1] }
    }
    return Solution(
      weight: byClass, bias: bias, objective: objective, gradientMaximum: gradient,
      isExact: gradient <= 1e-8 * max(scale, .leastNormalMagnitude))
  }
}

extension EigenDecomposition {
  /// Eigenvalues up to here are rounding of the largest.
  var rounding: Double { Double(values.count) * Double.ulpOfOne * max(values.last ?? 0, 0) }
}
