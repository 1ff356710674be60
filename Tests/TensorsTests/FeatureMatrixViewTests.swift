import Tensors
import Testing

@Suite struct FeatureMatrixViewTests {
  private func matrix(_ rows: Int, _ dimension: Int, from start: Float = 0) throws -> FeatureMatrix {
    try FeatureMatrix((0..<rows * dimension).map { start + Float($0) }, dimension: dimension)
  }

  @Test func columnsSideBySide() throws {
    let (a, b) = (try matrix(5, 2), try matrix(5, 3, from: 100).selecting([4, 3, 2, 1, 0]))
    let both = try FeatureMatrix.concatenatingColumns([a, b, a])
    #expect((both.rowCount, both.dimension) == (5, 7))
    #expect(try both.row(1) == [2, 3, 109, 110, 111, 2, 3])
    #expect(try both.selecting([3, 0]).rows(0..<2) == both.row(3) + both.row(0))
    #expect(throws: TensorsError.self) { try FeatureMatrix.concatenatingColumns([a, matrix(4, 1)]) }
    #expect(throws: TensorsError.self) { try FeatureMatrix.concatenatingColumns([]) }
  }

  @Test func rowsOfUnitLength() throws {
    let rows = try FeatureMatrix([3, 4, 0, 0, 1e30, 1e30, -1e-30, 0], dimension: 2).normalized()
    let half = Float(0.5).squareRoot()
    #expect(try rows.rows(0..<4) == [0.6, 0.8, 0, 0, half, half, -1, 0])
  }

  /// Where they lie, or read: the numbers are the same.
  @Test func rowsAreLent() throws {
    let whole = try matrix(6, 3)
    let views = [
      whole, whole.selecting([2, 3, 4, 5, 0, 1]), whole.selecting([5, 0, 5, 1, 1, 4]), whole.normalized(),
    ]
    var scratch: [Float] = []
    for view in views {
      for range in [0..<6, 1..<4, 3..<3, 5..<6] {
        let lent = try view.withRows(range, scratch: &scratch) { rows in rows.indices.map { rows[$0] } }
        #expect(try lent == view.rows(range))
      }
    }
    scratch = []
    _ = try whole.withRows(1..<5, scratch: &scratch) { $0.count }
    #expect(scratch.isEmpty, "rows in memory are not copied")
  }

  /// Run by run, or all at once: the rows are the same, in their order.
  @Test func runsAreLent() throws {
    let whole = try matrix(6, 3)
    let stacked = try whole.appending(matrix(5, 3, from: 100))
    let views: [(FeatureMatrix, calls: Int)] = [
      (whole, 1), (whole.selecting([2, 3, 4, 5, 0, 1]), 2), (whole.selecting([5, 0, 5, 1, 1, 4]), 6),
      (whole.normalized(), 1), (stacked.selecting([4, 5, 6, 7, 1, 0]), 4),
    ]
    for (view, calls) in views {
      var scratch: [Float] = []
      var (seen, count) = ([Float](), 0)
      try view.forEachRun(0..<6, scratch: &scratch) { rows in
        count += 1
        for index in rows.indices { seen.append(rows[index]) }
      }
      #expect(try seen == view.rows(0..<6) && count == calls)
      try view.forEachRun(3..<3, scratch: &scratch) { _ in Issue.record("no rows, but a call") }
    }
  }

  @Test func standardizedColumns() throws {
    let rows = try matrix(2, 3).standardized(mean: [1, 1, 1], scale: [2, 0, 0.5])
    #expect(try rows.rows(0..<2) == [-0.5, 0, 2, 1, 3, 8])
    #expect(throws: TensorsError.self) { try matrix(2, 3).standardized(mean: [1, 1], scale: [1, 1, 1]) }
  }

  @Test(arguments: [0, 1, 7, 100, 1003], [1, 3, 8, 20])
  func runsStayTogetherForOneEpochOnly(count: Int, runRows: Int) {
    func neighbours(_ seed: UInt64) -> Set<Int> {
      let rows = ShuffledRows(rowCount: count, blockRows: 50, runRows: runRows, seed: seed).flatMap(\.rows)
      #expect(rows.sorted() == Array(0..<count))
      return Set(zip(rows, rows.dropFirst()).filter { $1 == $0 + 1 }.map(\.0))
    }
    let (first, second) = (neighbours(1), neighbours(2))
    guard count == 1003 else { return }
    // Of every run of r rows r - 1 are followed by their neighbour, and a few more by chance.
    let share = Double(first.count) / Double(count)
    #expect(abs(share - Double(runRows - 1) / Double(runRows)) < 0.12)
    #expect(first != second)
  }

  @Test(arguments: [0, 1, 7, 100, 1003])
  func anEpochIsEveryRowOnce(count: Int) {
    let order = ShuffledRows(rowCount: count, blockRows: 8, blocksTogether: 3, seed: 5)
    let chunks = Array(order)
    #expect(chunks.flatMap(\.rows).sorted() == Array(0..<count))
    for chunk in chunks {
      #expect(chunk.rows.count <= 24)
      #expect(Set(chunk.ranges.flatMap(Array.init)) == Set(chunk.rows))
    }
    #expect(Array(order).map(\.rows) == chunks.map(\.rows))
    guard count > 50 else { return }
    let other = ShuffledRows(rowCount: count, blockRows: 8, blocksTogether: 3, seed: 6)
    #expect(other.flatMap(\.rows) != chunks.flatMap(\.rows))
    #expect(chunks.flatMap(\.rows) != Array(0..<count))
  }
}
