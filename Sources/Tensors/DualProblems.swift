internal import CPermafrostKernels

/// Several one-vs-rest problems of linear support vector machines in the dual, with their variables and weights,
/// and the kernels that work on them. See pf_margins.h for what they minimise. Belongs to one thread.
@safe package final class DualProblems {
  package let rowCount: Int
  package let dimension: Int
  package let count: Int
  private let numbers: UnsafeMutablePointer<Double>
  private let floats: UnsafeMutablePointer<Float>
  private let integers: UnsafeMutablePointer<UInt32>
  private let still: UnsafeMutablePointer<UInt8>
  private let preciseWeights: UnsafeMutablePointer<Double>
  private let raw: pf_dual
  /// Of everything that it holds.
  package let bytes: Int

  /// - Parameters:
  ///   - costs: U_i, or with `squared` those of which D_i = 1 / (2 U_i); n numbers.
  ///   - squaredNorms: of the rows, the constant feature included; n numbers.
  ///   - positives: by problem, the label whose rows have y = 1.
  package init(
    dimension: Int, costs: [Double], squaredNorms: [Double], labels: [Int], positives: [Int],
    constant: Double, squared: Bool
  ) {
    let (rows, problems) = (costs.count, positives.count)
    precondition(squaredNorms.count == rows && labels.count == rows)
    (rowCount, self.dimension, count) = (rows, dimension, problems)
    // Costs, norms, variables, and five numbers a problem.
    let wanted = 2 * rows + rows * problems + 5 * problems
    let numbers = UnsafeMutablePointer<Double>.allocate(capacity: wanted)
    unsafe numbers.initialize(repeating: 0, count: wanted)
    let floats = UnsafeMutablePointer<Float>.allocate(capacity: problems * dimension)
    unsafe floats.initialize(repeating: 0, count: problems * dimension)
    let integers = UnsafeMutablePointer<UInt32>.allocate(capacity: rows + problems)
    let still = UnsafeMutablePointer<UInt8>.allocate(capacity: rows * problems)
    unsafe still.initialize(repeating: 0, count: rows * problems)
    let precise = UnsafeMutablePointer<Double>.allocate(capacity: problems * dimension)
    unsafe precise.initialize(repeating: 0, count: problems * dimension)
    bytes =
      8 * (wanted + problems * dimension) + 4 * (problems * dimension + rows + problems) + rows * problems
    for row in 0..<rows {
      unsafe numbers[row] = costs[row]
      unsafe numbers[rows + row] = squaredNorms[row]
      unsafe integers[row] = UInt32(truncatingIfNeeded: labels[row])
    }
    for problem in 0..<problems {
      unsafe integers[rows + problem] = UInt32(truncatingIfNeeded: positives[problem])
    }
    let byProblem = unsafe numbers + 2 * rows + rows * problems
    unsafe raw = pf_dual(
      d: dimension, problems: problems, constant: constant, squared: squared ? 1 : 0, costs: numbers,
      norms: numbers + rows, labels: integers, positives: integers + rows, alpha: numbers + 2 * rows,
      still: still, intercepts: byProblem, above: byProblem + problems, below: byProblem + 2 * problems,
      largest: byProblem + 3 * problems, smallest: byProblem + 4 * problems)
    unsafe (self.numbers, self.floats, self.integers) = (numbers, floats, integers)
    unsafe (self.still, preciseWeights) = (still, precise)
    for problem in 0..<problems { setBounds(problem, above: .infinity, below: -.infinity) }
  }

  deinit {
    unsafe numbers.deallocate()
    unsafe floats.deallocate()
    unsafe integers.deallocate()
    unsafe still.deallocate()
    unsafe preciseWeights.deallocate()
  }

  /// Minimises over one variable after the other.
  ///
  /// - Parameters:
  ///   - tile: rows from `first` on.
  ///   - order: which of them, counted from `first`.
  ///   - chosen: the problems, for each of the rows.
  ///   - precisely: with float64 weights and sums.
  package func descend(
    _ tile: Span<Float>, first: Int, order: [UInt32], chosen: [UInt32], precisely: Bool
  ) {
    let tileRows = tile.count / dimension
    precondition(first >= 0 && first + tileRows <= rowCount)
    precondition(order.allSatisfy { $0 < tileRows } && chosen.allSatisfy { $0 < count })
    guard !chosen.isEmpty else { return }
    let kernels = unsafe MarginKernels.table
    unsafe withUnsafePointer(to: raw) { dual in
      unsafe tile.withUnsafeBufferPointer { tile in
        guard let x = tile.baseAddress else { return }
        if precisely {
          unsafe kernels.pointee.descend_precisely(
            dual, x, first, order, order.count, chosen, chosen.count, preciseWeights)
        } else {
          unsafe kernels.pointee.descend(dual, x, first, order, order.count, chosen, chosen.count, floats)
        }
      }
    }
  }

  /// a_i of a problem.
  package func variable(_ row: Int, _ problem: Int) -> Double {
    precondition((0..<rowCount).contains(row) && (0..<count).contains(problem))
    return unsafe raw.alpha[row * count + problem]
  }

  package func setVariable(_ row: Int, _ problem: Int, to value: Double) {
    precondition((0..<rowCount).contains(row) && (0..<count).contains(problem))
    unsafe raw.alpha[row * count + problem] = value
  }

  package func intercept(_ problem: Int) -> Double {
    precondition((0..<count).contains(problem))
    return unsafe raw.intercepts[problem]
  }

  /// w as the float32 kernel left it.
  package func weights(_ problem: Int) -> [Double] {
    precondition((0..<count).contains(problem))
    return (0..<dimension).map { unsafe Double(floats[problem * dimension + $0]) }
  }

  /// Replaces w, for both kernels, and the constant's coefficient.
  package func setWeights(_ weights: [Double], intercept: Double, of problem: Int) {
    precondition((0..<count).contains(problem) && weights.count == dimension)
    for (index, weight) in weights.enumerated() {
      unsafe floats[problem * dimension + index] = Float(weight)
      unsafe preciseWeights[problem * dimension + index] = weight
    }
    unsafe raw.intercepts[problem] = intercept
  }

  /// Gradients beyond which variables at a bound are left out from now on, and forgets the extremes so far.
  package func setBounds(_ problem: Int, above: Double, below: Double) {
    precondition((0..<count).contains(problem))
    let byProblem = unsafe numbers + 2 * rowCount + rowCount * count
    unsafe byProblem[count + problem] = above
    unsafe byProblem[2 * count + problem] = below
    unsafe raw.largest[problem] = -.infinity
    unsafe raw.smallest[problem] = .infinity
  }

  /// The extremes of the projected gradients since `setBounds`.
  package func extremes(_ problem: Int) -> (smallest: Double, largest: Double) {
    precondition((0..<count).contains(problem))
    return unsafe (raw.smallest[problem], raw.largest[problem])
  }

  /// Takes the variables that were left out in again.
  package func takeAllIn(_ problem: Int) {
    precondition((0..<count).contains(problem))
    for row in 0..<rowCount { unsafe still[row * count + problem] = 0 }
  }
}
