import Tensors
import Testing

@Suite struct SymmetricMatrixTests {
  /// 1 + A'A of random numbers.
  private func positiveMatrix(_ order: Int) throws -> SymmetricMatrix {
    var generator = SeededGenerator(seed: UInt64(order))
    let block = (0..<2 * order * order).map { _ in Double.random(in: -1...1, using: &generator) }
    var matrix = try SymmetricMatrix(order: order)
    matrix.addColumnProducts(block, count: 2 * order)
    matrix.addToDiagonal([Double](repeating: 1, count: order))
    return matrix
  }

  /// Orders within a block, of whole blocks, and with a part of one.
  @Test(arguments: [0, 1, 2, 63, 64, 65, 128, 200])
  func oneThreadSolvesWhatLAPACKSolves(_ order: Int) throws {
    let matrix = try positiveMatrix(order)
    let copy = matrix
    guard let factor = matrix.choleskyFactorOnThisThread() else {
      Issue.record("order \(order) has no factor")
      return
    }
    let right = (0..<2 * order).map { Double($0 % 7) - 3 }
    let solution = factor.solve(right, columns: 2)
    for row in 0..<order {
      for column in 0..<2 {
        let product = (0..<order).reduce(0.0) { $0 + copy[row, $1] * solution[2 * $1 + column] }
        #expect(abs(product - right[2 * row + column]) <= 1e-10)
      }
    }
    if order > 0, let reference = copy.choleskyFactor() {
      #expect(abs(factor.diagonalRange.largest - reference.diagonalRange.largest) <= 1e-10)
      #expect(abs(factor.diagonalRange.smallest - reference.diagonalRange.smallest) <= 1e-10)
    }
  }

  @Test(arguments: [1, 64, 100]) func whatIsNotPositiveHasNoFactor(_ order: Int) throws {
    var negative = try positiveMatrix(order)
    var terms = [Double](repeating: 0, count: order)
    terms[order - 1] = -1e6
    negative.addToDiagonal(terms)
    #expect(negative.choleskyFactorOnThisThread() == nil)
  }

  @Test func rowsAreSetUpToTheDiagonal() throws {
    var matrix = try SymmetricMatrix(order: 3)
    matrix.setRows(0..<2, [1, 9, 9, 2, 3, 9], stride: 3)
    matrix.setRows(2..<3, [4, 5, 6], stride: 3)
    #expect((0..<3).map { i in (0..<3).map { matrix[i, $0] } } == [[1, 2, 4], [2, 3, 5], [4, 5, 6]])
  }
}
