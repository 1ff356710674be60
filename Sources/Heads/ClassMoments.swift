/// Variances of each class's rows, and what Ledoit and Wolf's shrinkage is computed from.
struct ClassMoments {
  /// K vectors of d variances, divided by the class's weight.
  let variances: [[Double]]
  /// Their roots; 1 for a column that is constant in the class.
  let scales: [[Double]]
  private let counts: [Double]
  /// Of the variances and their roots; whoever drops the moments releases them.
  let bytes: Int
  private var fourthMoments: [Double] = []
  private var squaredNorms: [Double] = []

  /// - Parameters:
  ///   - centred: rows minus their class's mean, times the root of their share of it.
  ///   - counts: how many rows each class has, or is worth.
  init(
    _ centred: CentredRows, counts: [Double], wantsFourth: Bool, _ context: FitContext
  ) throws(HeadsError) {
    let dimension = centred.dimension
    let groups = centred.groups
    bytes = 2 * centred.centers.count * dimension * 8
    context.memory.reserve(bytes)
    var sums = centred.centers.map { _ in [Double](repeating: 0, count: dimension) }
    try centred.forEachBlock(upTo: centred.count, context) { range, block throws(HeadsError) in
      for (position, row) in range.enumerated() {
        let start = position * dimension
        for column in 0..<dimension {
          sums[groups[row]][column] += block[start + column] * block[start + column]
        }
      }
    }
    // scikit-learn's criterion of a constant column: its spread is the rounding of its mean.
    let epsilon = Double.ulpOfOne
    variances = sums.enumerated().map { group, sums in
      zip(sums, centred.centers[group]).map { variance, mean in
        let rounding = counts[group] * mean * epsilon
        return variance <= counts[group] * epsilon * variance + rounding * rounding ? 0 : variance
      }
    }
    scales = variances.map { $0.map { $0 > 0 ? $0.squareRoot() : 1 } }
    self.counts = counts
    guard wantsFourth, dimension > 1 else { return }
    for group in variances.indices {
      var own = centred
      own.members = groups.indices.filter { groups[$0] == group && centred.factors[$0] > 0 }
      own.columnFactors = zip(scales[group], variances[group]).map { $1 > 0 ? 1 / $0 : 0 }
      let products =
        try own.count < dimension ? own.rowProducts(context) : own.columnProducts(context)
      defer { context.memory.release(products.bytes) }
      squaredNorms.append(products.squaredNorm)
      fourthMoments.append(try Self.fourthMoment(own, context))
    }
  }

  /// The weighted mean of |z|^4 over the class's standardised rows z.
  private static func fourthMoment(_ own: CentredRows, _ context: FitContext) throws(HeadsError) -> Double {
    let members = own.members ?? []
    var sum = 0.0
    try own.forEachBlock(upTo: own.count, context) { range, block throws(HeadsError) in
      for (position, member) in range.enumerated() {
        let start = position * own.dimension
        let square = block[start..<start + own.dimension].reduce(0) { $0 + $1 * $1 }
        let share = own.factors[members[member]]
        sum += square * square / (share * share)
      }
    }
    return sum
  }

  /// The share of shrinkage, and the mean variance of the class's standardised columns.
  func ledoitWolf(_ group: Int) -> (share: Double, level: Double) {
    let dimension = Double(variances[group].count)
    let level = Double(variances[group].count { $0 > 0 }) / dimension
    guard fourthMoments.indices.contains(group) else { return (0, level) }
    let square = squaredNorms[group]
    let distance = (square - dimension * level * level) / dimension
    let error = (fourthMoments[group] - square) / (dimension * counts[group])
    let share = min(error, distance) / distance
    return (share > 0 ? share : 0, level)
  }
}
