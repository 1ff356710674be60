/// The covariance that all classes of linear discriminant analysis share, A = B'B + diag(D), where B are the rows
/// minus their class's mean times the roots of their shares, and D comes from shrinkage.
struct WithinClassScatter {
  /// p_k
  let shares: [Double]
  /// m_k
  let means: [[Double]]
  /// sum_k p_k m_k
  let center: [Double]
  private let centred: CentredRows
  /// D; `nil` where it is zero, and A perhaps singular.
  private let diagonal: [Double]?

  /// - Throws: `.invalidFeatures` where all rows of each class are equal.
  init(
    _ rows: TrainingRows, labels: [Int], classCount: Int, weights: [Double],
    _ shrinkage: LinearDiscriminantAnalysis.Shrinkage, _ context: FitContext
  ) throws(HeadsError) {
    let dimension = rows.dimension
    // Means, centre and diagonal, and two factors a row.
    context.memory.reserve(8 * ((classCount + 2) * dimension + 2 * rows.count))
    let means = try rows.means(groups: labels, groupCount: classCount, weights: weights, context)
    var sums = [Double](repeating: 0, count: classCount)
    for (label, weight) in zip(labels, weights) { sums[label] += weight }
    let total = sums.reduce(0, +)
    let shares = sums.map { $0 / total }
    var center = [Double](repeating: 0, count: dimension)
    for (share, mean) in zip(shares, means) { BLAS.add(mean, times: share, to: &center) }
    let unit = CentredRows(
      rows: rows, centers: means, groups: labels,
      factors: labels.indices.map { (weights[$0] / sums[labels[$0]]).squareRoot() })
    let moments = try ClassMoments(
      unit, counts: Self.effectiveCounts(labels, weights, sums), wantsFourth: shrinkage == .ledoitWolf,
      context)
    defer { context.memory.release(moments.bytes) }
    guard moments.variances.contains(where: { $0.contains { $0 > 0 } }) else {
      throw HeadsError(.invalidFeatures, "within every class all rows are equal, there is no covariance")
    }
    var kept = [Double](repeating: 1, count: classCount)
    var diagonal = [Double](repeating: 0, count: dimension)
    switch shrinkage {
    case .none: break
    case .fixed(let share):
      kept = kept.map { _ in 1 - share }
      let trace = zip(shares, moments.variances).reduce(0) { $0 + $1.0 * $1.1.reduce(0, +) }
      diagonal = diagonal.map { _ in share * trace / Double(dimension) }
    case .ledoitWolf:
      for label in 0..<classCount {
        let (share, level) = moments.ledoitWolf(label)
        kept[label] = 1 - share
        for column in 0..<dimension {
          let scale = moments.scales[label][column]
          diagonal[column] += shares[label] * share * level * scale * scale
        }
      }
    }
    centred = CentredRows(
      rows: rows, centers: means, groups: labels,
      factors: labels.indices.map { (weights[$0] / total * kept[labels[$0]]).squareRoot() })
    self.diagonal = diagonal.allSatisfy { $0 > 0 } ? diagonal : nil
    (self.shares, self.means, self.center) = (shares, means, center)
  }

  /// How many rows of equal weight those of each class are worth (Kish, "Survey sampling", 1965).
  private static func effectiveCounts(_ labels: [Int], _ weights: [Double], _ sums: [Double]) -> [Double] {
    var squares = sums.map { _ in 0.0 }
    for (label, weight) in zip(labels, weights) {
      let share = weight / sums[label]
      squares[label] += share * share
    }
    return squares.map { 1 / $0 }
  }

  /// X of A X = `right`, both d x `columns`, and the largest component of A X - `right`; `nil` where A was
  /// inverted only where it can be.
  func solve(
    _ right: [Double], columns: Int, _ context: FitContext
  ) throws(HeadsError) -> (solution: [Double], residual: Double?) {
    let isDual = centred.count < centred.dimension
    // The solution and what it is made of, with a row or column of each for every class.
    let bytes = 8 * columns * (2 * centred.dimension + (isDual ? centred.count : 0))
    context.memory.reserve(bytes)
    defer { context.memory.release(bytes) }
    if let diagonal {
      let solution =
        try isDual
        ? solveByRows(right, columns, diagonal, context) : solveByColumns(right, columns, diagonal, context)
      if let solution { return (solution, try residual(solution, right, columns, context)) }
    } else if !isDual {
      let zeros = Array(repeating: 0.0, count: centred.dimension)
      if let solution = try solveByColumns(right, columns, zeros, context) {
        return (solution, try residual(solution, right, columns, context))
      }
    }
    return (try solveWherePossible(right, columns, isDual, context), nil)
  }

  private func solveByColumns(
    _ right: [Double], _ columns: Int, _ diagonal: [Double], _ context: FitContext
  ) throws(HeadsError) -> [Double]? {
    var matrix = try centred.columnProducts(context)
    let bytes = matrix.bytes
    defer { context.memory.release(bytes) }
    matrix.addToDiagonal(diagonal)
    guard let factor = matrix.choleskyFactor(), !factor.isNearlySingular else { return nil }
    return factor.solve(right, columns: columns)
  }

  /// Woodbury's identity in columns divided by the root of D:
  /// (1 + B'B)^-1 X = X - B'(1 + BB')^-1 B X.
  private func solveByRows(
    _ right: [Double], _ columns: Int, _ diagonal: [Double], _ context: FitContext
  ) throws(HeadsError) -> [Double]? {
    var scaled = centred
    let factors = diagonal.map { 1 / $0.squareRoot() }
    scaled.columnFactors = factors
    var matrix = try scaled.rowProducts(context)
    let bytes = matrix.bytes
    defer { context.memory.release(bytes) }
    matrix.addToDiagonal(Array(repeating: 1, count: centred.count))
    guard let factor = matrix.choleskyFactor() else { return nil }
    var solution = right
    for row in factors.indices {
      for column in 0..<columns { solution[row * columns + column] *= factors[row] }
    }
    let inner = factor.solve(try scaled.project(solution, columns: columns, context), columns: columns)
    let outer = try scaled.combine(inner, columns: columns, context)
    for row in factors.indices {
      for column in 0..<columns {
        let index = row * columns + column
        solution[index] = (solution[index] - outer[index]) * factors[row]
      }
    }
    return solution
  }

  /// The pseudo-inverse of B'B: of its eigenvectors, or, with those of BB', B'(BB')^-2 B.
  private func solveWherePossible(
    _ right: [Double], _ columns: Int, _ isDual: Bool, _ context: FitContext
  ) throws(HeadsError) -> [Double] {
    let matrix = try isDual ? centred.rowProducts(context) : centred.columnProducts(context)
    let (bytes, work) = (matrix.bytes, matrix.eigenWorkBytes)
    context.memory.reserve(work)
    defer { context.memory.release(bytes + work) }
    guard let spectrum = matrix.eigenDecomposition() else {
      throw HeadsError(.diverged, "the covariance within classes is not finite")
    }
    var projected = spectrum.project(
      isDual ? try centred.project(right, columns: columns, context) : right, columns: columns)
    let floor = spectrum.rounding
    for (index, value) in spectrum.values.enumerated() {
      let inverse = value > floor ? (isDual ? 1 / value / value : 1 / value) : 0
      for column in index * columns..<(index + 1) * columns { projected[column] *= inverse }
    }
    let solution = spectrum.combine(projected, columns: columns)
    return isDual ? try centred.combine(solution, columns: columns, context) : solution
  }

  private func residual(
    _ solution: [Double], _ right: [Double], _ columns: Int, _ context: FitContext
  ) throws(HeadsError) -> Double {
    let products = try centred.combine(
      try centred.project(solution, columns: columns, context), columns: columns, context)
    var largest = 0.0
    for index in right.indices {
      let own = (diagonal?[index / columns] ?? 0) * solution[index]
      largest = max(largest, abs(products[index] + own - right[index]))
    }
    return largest
  }
}

extension CholeskyFactor {
  /// Whether the matrix is singular but for rounding, as far as the factor's diagonal tells.
  var isNearlySingular: Bool {
    let (smallest, largest) = diagonalRange
    let ratio = smallest / largest
    return ratio * ratio <= 16 * Double(order) * Double.ulpOfOne
  }
}
