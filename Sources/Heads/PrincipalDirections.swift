/// The directions in which feature rows vary most, estimated from a few hundred of them. They need not be exact:
/// they precondition a solver.
struct PrincipalDirections: Sendable {
  /// r x d, orthonormal.
  let directions: [Float]
  /// Variance along each, descending.
  let variances: [Double]
  /// Of the rows, as they were centred and scaled: the mean variance of a direction at right angles to all.
  let rest: Double
  let dimension: Int

  var count: Int { variances.count }

  private static let rowLimit = 512
  private static let directionLimit = 64
  private static let rounds = 4

  /// - Parameter columnVariances: of all rows in the coordinates.
  init(
    _ rows: TrainingRows, _ coordinates: LinearCoordinates, columnVariances: [Double], _ context: FitContext
  ) throws(HeadsError) {
    dimension = rows.dimension
    let total = columnVariances.reduce(0, +)
    let count = min(Self.rowLimit, rows.count)
    let transient = 4 * count * (dimension + 3 * LinearTiles.stride(rows: count))
    context.memory.reserve(transient)
    defer { context.memory.release(transient) }
    let sample = try Self.sample(rows, coordinates, count: count)
    let gram = Self.gram(sample, count: count, dimension: dimension, context)
    let wanted = min(Self.directionLimit, count / 4, dimension / 4)
    let (values, vectors) = Self.leading(gram, count: count, wanted: wanted)
    // Numerically nothing is left beyond the rank of the sample.
    let floor = (values.first ?? 0) * 1e-5
    let kept = values.prefix { $0 > floor && $0 > 0 }.count
    variances = values.prefix(kept).map { $0 / Double(count) }
    let stride = LinearTiles.stride(rows: count)
    var factors = Array(repeating: Float(0), count: kept * stride)
    for index in 0..<kept {
      let scale = 1 / values[index].squareRoot()
      for row in 0..<count { factors[index * stride + row] = Float(vectors[index][row] * scale) }
    }
    var directions = Array(repeating: Float(0), count: kept * dimension)
    LinearTiles.accumulate(
      sample.span, dimension: dimension, residuals: factors, stride: stride, outputs: kept, into: &directions)
    self.directions = directions
    let left = max(0, total - variances.reduce(0, +)) / Double(max(1, dimension - kept))
    // Few rows in many dimensions lie along fewer directions, which then vary the more (Marchenko and Pastur,
    // 1967): the upper edge, taken to the first power, serves as what is typical of those that matter.
    rest = left * (1 + (Double(dimension) / Double(rows.count)).squareRoot())
    context.memory.reserve(directions.count * 4)
  }

  /// Rows spread evenly, centred and scaled.
  private static func sample(
    _ rows: TrainingRows, _ coordinates: LinearCoordinates, count: Int
  ) throws(HeadsError) -> [Float] {
    let dimension = rows.dimension
    var sample: [Float] = []
    sample.reserveCapacity(count * dimension)
    var scratch: [Float] = []
    for index in 0..<count {
      let row = index * rows.count / count
      try rows.withRows(row..<row + 1, scratch: &scratch) { values in
        for column in 0..<dimension {
          sample.append(
            Float((Double(values[column]) - coordinates.mean[column]) * coordinates.factor[column]))
        }
      }
    }
    return sample
  }

  /// Products of all pairs of rows.
  private static func gram(
    _ sample: [Float], count: Int, dimension: Int, _ context: FitContext
  ) -> [Float] {
    let stride = LinearTiles.stride(rows: count)
    let blocks = (count + 31) / 32
    // Only what is on and below the diagonal is computed.
    let bands = context.pool.map(blocks) { index in
      let block = blocks - 1 - index
      let first = block * 32
      let rows = min(count, first + 32) - first
      var band = Array(repeating: Float(0), count: rows * stride)
      let part = sample.span.extracting(first * dimension..<(first + rows) * dimension)
      LinearTiles.scores(
        sample.span.extracting(0..<(first + rows) * dimension), dimension: dimension, weights: part,
        outputs: rows, into: &band, stride: stride)
      return band
    }
    var gram = Array(repeating: Float(0), count: count * stride)
    for row in 0..<count {
      let band = bands[blocks - 1 - row / 32]
      for column in 0...row {
        let value = band[row % 32 * stride + column]
        gram[row * stride + column] = value
        gram[column * stride + row] = value
      }
    }
    return gram
  }

  /// The largest eigenvalues, by subspace iteration.
  private static func leading(
    _ gram: [Float], count: Int, wanted: Int
  ) -> (values: [Double], vectors: [[Double]]) {
    let stride = LinearTiles.stride(rows: count)
    let width = min(count, wanted + 8)
    var generator = SeededGenerator(seed: 0)
    var basis = (0..<width).map { _ in
      (0..<count).map { _ in Double.random(in: -1...1, using: &generator) }
    }
    orthonormalize(&basis)
    var image: [[Double]] = []
    for round in 0...rounds {
      image = product(gram, basis, count: count, stride: stride)
      guard round < rounds else { break }
      basis = image
      orthonormalize(&basis)
    }
    let small = basis.flatMap { row in image.map { BLAS.dot(row, $0) } }
    let (values, rotations) = symmetricEigenvalues(
      (0..<width * width).map { (small[$0] + small[$0 % width * width + $0 / width]) / 2 }, count: width)
    let vectors = rotations.prefix(wanted).map { rotation in
      var vector = Array(repeating: 0.0, count: count)
      for (factor, row) in zip(rotation, basis) { BLAS.add(row, times: factor, to: &vector) }
      return vector
    }
    return (Array(values.prefix(wanted)), vectors)
  }

  private static func product(
    _ gram: [Float], _ basis: [[Double]], count: Int, stride: Int
  ) -> [[Double]] {
    var padded = Array(repeating: Float(0), count: basis.count * stride)
    for (index, row) in basis.enumerated() {
      for column in 0..<count { padded[index * stride + column] = Float(row[column]) }
    }
    var scores = Array(repeating: Float(0), count: basis.count * stride)
    LinearTiles.scores(
      gram.span, dimension: stride, weights: padded.span, outputs: basis.count, into: &scores, stride: stride)
    return basis.indices.map { index in (0..<count).map { Double(scores[index * stride + $0]) } }
  }

  /// Gram and Schmidt's, twice over; what vanishes becomes zero.
  private static func orthonormalize(_ basis: inout [[Double]]) {
    for index in basis.indices {
      let before = BLAS.dot(basis[index], basis[index]).squareRoot()
      for _ in 0..<2 {
        for other in 0..<index {
          let share = BLAS.dot(basis[other], basis[index])
          BLAS.add(basis[other], times: -share, to: &basis[index])
        }
      }
      let norm = BLAS.dot(basis[index], basis[index]).squareRoot()
      BLAS.scale(&basis[index], by: norm > 1e-10 * before && norm > 0 ? 1 / norm : 0)
    }
  }
}

/// The inverse of the Hessian that a linear head would have if its loss bent equally everywhere: along the
/// principal directions of the rows with their variance, elsewhere with the mean of the rest.
struct SpectralCurvature: InverseCurvature {
  let directions: PrincipalDirections
  let outputs: Int
  let penalty: Double
  /// The loss's second derivative by a score.
  let bend: Double

  func times(_ vector: [Double]) -> [Double] {
    let dimension = directions.dimension
    let count = directions.count
    let common = 1 / (max(bend * directions.rest, 1e-12) + penalty)
    var result = vector
    for index in 0..<outputs * dimension { result[index] *= common }
    for index in outputs * dimension..<result.count { result[index] /= bend }
    guard count > 0 else { return result }
    let weights = vector.prefix(outputs * dimension).map { Float($0) }
    let stride = LinearTiles.stride(rows: count)
    var components = Array(repeating: Float(0), count: outputs * stride)
    LinearTiles.scores(
      directions.directions.span, dimension: dimension, weights: weights.span, outputs: outputs,
      into: &components, stride: stride)
    for (index, variance) in directions.variances.enumerated() {
      let change = Float(1 / (max(bend * variance, 1e-12) + penalty) - common)
      for output in 0..<outputs { components[output * stride + index] *= change }
    }
    var sums = Array(repeating: Float(0), count: outputs * dimension)
    LinearTiles.accumulate(
      directions.directions.span, dimension: dimension, residuals: components, stride: stride,
      outputs: outputs, into: &sums)
    for index in sums.indices { result[index] += Double(sums[index]) }
    return result
  }
}
