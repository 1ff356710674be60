/// An order of rows for training: blocks of neighbouring rows in random order, and the rows of a few blocks mixed
/// with one another. Storage is read in long pieces, which a disk and a cache of pages like as much as a scan.
///
/// Short rows are mixed in runs of a few neighbours, which the processor fetches faster than rows one by one. Runs
/// begin elsewhere with every seed, so that no two rows stay together for good.
public struct ShuffledRows: Sequence, Sendable {
  /// Rows that are read and mixed together.
  public struct Chunk: Sendable {
    /// Ranges of rows, in the order in which they are read.
    public var ranges: [Range<Int>]
    /// All of their rows, mixed.
    public var rows: [Int]
  }

  private let rowCount: Int
  private let blockRows: Int
  private let runRows: Int
  private let blocksTogether: Int
  private let seed: UInt64

  /// - Parameters:
  ///   - rowCount: rows of the matrix.
  ///   - blockRows: neighbouring rows that stay together on disk; some megabytes of them are best.
  ///   - runRows: neighbouring rows that are not mixed with others; 1 mixes rows one by one. With runs of sixteen
  ///     kilobytes an epoch takes hardly longer than reading in order.
  ///   - blocksTogether: blocks whose rows are mixed with one another.
  ///   - seed: another seed, as for another epoch, is another order.
  public init(
    rowCount: Int, blockRows: Int, runRows: Int = 1, blocksTogether: Int = 4, seed: UInt64
  ) {
    precondition(
      rowCount >= 0 && blockRows > 0 && runRows > 0 && blocksTogether > 0,
      "rows and blocks are counted from 1")
    self.rowCount = rowCount
    self.blockRows = blockRows
    self.runRows = runRows
    self.blocksTogether = blocksTogether
    self.seed = seed
  }

  public func makeIterator() -> AnyIterator<Chunk> {
    var generator = SeededGenerator(seed: seed)
    let blockCount = (rowCount + blockRows - 1) / blockRows
    var blocks = Array(0..<blockCount)
    generator.shuffle(&blocks)
    let firstRun = 1 + generator.below(runRows)
    var next = 0
    return AnyIterator {
      guard next < blocks.count else { return nil }
      let taken = blocks[next..<Swift.min(next + blocksTogether, blocks.count)]
      next = taken.endIndex
      let ranges = taken.map { $0 * blockRows..<Swift.min(($0 + 1) * blockRows, rowCount) }
      var runs = ranges.flatMap { cut($0, first: firstRun) }
      generator.shuffle(&runs)
      var rows: [Int] = []
      rows.reserveCapacity(ranges.reduce(0) { $0 + $1.count })
      for run in runs { rows += run }
      return Chunk(ranges: ranges, rows: rows)
    }
  }

  /// A range cut into runs, of which the first has so many rows.
  private func cut(_ range: Range<Int>, first: Int) -> [Range<Int>] {
    let starts =
      [range.lowerBound] + stride(from: range.lowerBound + first, to: range.upperBound, by: runRows)
    return starts.indices.map { index in
      starts[index]..<(index + 1 < starts.count ? starts[index + 1] : range.upperBound)
    }
  }
}
