/// The rows that a Hessian consists of, with what each counts.
struct ActiveRows {
  private let problems: MarginProblems
  private let set: MarginProblems.RowFactors<Float>
  /// The rows one after the other where all rows are read from disk but these few fit the memory.
  private let gathered: [Float]
  private let places: [UInt32]

  var bytes: Int { self.set.bytes + 4 * (gathered.count + places.count) }

  init(
    _ problems: MarginProblems, _ set: MarginProblems.RowFactors<Float>, _ scratch: inout [Float],
    _ context: FitContext
  ) throws(HeadsError) {
    self.problems = problems
    self.set = set
    let rows = problems.rows
    var gathered: [Float] = []
    let bytes = set.rows.count * rows.dimension * MemoryLayout<Float>.stride
    if !rows.isResident && bytes <= context.options.rowMemoryBudget {
      gathered.reserveCapacity(set.rows.count * rows.dimension)
      var position = 0
      try problems.forEachTile(of: rows.tileRows, &scratch, context) { range, tile in
        let part = MarginProblems.part(of: set.rows, from: position, below: range.upperBound)
        position = part.upperBound
        for row in set.rows[part] {
          let start = (Int(row) - range.lowerBound) * rows.dimension
          for column in 0..<rows.dimension { gathered.append(tile[start + column]) }
        }
      }
    }
    self.gathered = gathered
    places = gathered.isEmpty ? [] : (0..<set.rows.count).map { UInt32(truncatingIfNeeded: $0) }
  }

  /// sum_i f_i x_i (x_i . vector) in float32, where rows and vector end with the constant feature.
  func product(
    _ vector: [Double], _ scratch: inout [Float], _ context: FitContext
  ) throws(HeadsError) -> [Double] {
    let dimension = problems.rows.dimension
    // Float32 has a short range of exponents.
    let size = vector.largestMagnitude
    guard size > 0 else { return vector }
    let scaled = vector.map { Float($0 / size) }
    let weights = Array(scaled[..<dimension])
    let offset = Float(problems.constant) * scaled[dimension]
    var sums = [Float](repeating: 0, count: dimension)
    var total = 0.0
    if !gathered.isEmpty {
      total = MarginKernels.curvature(
        gathered.span, first: 0, chosen: places, places.indices, factors: set.factors, vector: weights,
        offset: offset, into: &sums)
    } else {
      let rows = problems.rows
      var position = 0
      try problems.forEachTile(of: rows.isResident ? rows.count : rows.tileRows, &scratch, context) {
        range, tile in
        let part = MarginProblems.part(of: set.rows, from: position, below: range.upperBound)
        position = part.upperBound
        total += MarginKernels.curvature(
          tile, first: range.lowerBound, chosen: set.rows, part, factors: set.factors, vector: weights,
          offset: offset, into: &sums)
      }
    }
    return sums.map { Double($0) * size } + [problems.constant * total * size]
  }
}
