/// How a convolution's output is cut into pieces of work: blocks of rows by blocks of column chunks.
///
/// Light weights stay in a core's cache, so rows are cut and each piece computes all columns. Heavy weights
/// come from memory: columns are cut first, so that each weight is read once for many rows. The cut changes no
/// bit of the result.
struct ConvolutionBlocks {
  let rows: Int
  let chunks: Int
  let rowsEach: Int
  let chunksEach: Int

  /// Rows that a kernel call works on at once, so that a small rest does not read all weights again.
  private static let rowsAtBest = 384
  /// About what a core keeps of the weights while it works.
  private static let lightBytes = 512 * 1024

  /// - Parameters:
  ///   - rows: output pixels of all pictures
  ///   - width: output pixels of a line; pieces of whole lines are kinder to layers that read by lines
  ///   - chunks: parts into which the output channels can be cut
  ///   - weightBytes: size of the packed weights
  init(rows: Int, width: Int, chunks: Int, weightBytes: Int, threads: Int) {
    self.rows = rows
    self.chunks = chunks
    let pieces = threads == 1 ? 1 : threads * 4
    if weightBytes > Self.lightBytes || rows < pieces * 8 {
      chunksEach = max(1, chunks / pieces)
      rowsEach = Self.even(rows, into: (rows + 4 * Self.rowsAtBest - 1) / (4 * Self.rowsAtBest))
    } else {
      chunksEach = max(1, chunks)
      let count = max(pieces, (rows + Self.rowsAtBest - 1) / Self.rowsAtBest)
      let each = Self.even(rows, into: count)
      rowsEach = each < width ? each : (each + width - 1) / width * width
    }
  }

  private static func even(_ rows: Int, into count: Int) -> Int { max(1, (rows + count - 1) / max(count, 1)) }

  private var rowBlocks: Int { (rows + rowsEach - 1) / rowsEach }
  private var chunkBlocks: Int { (chunks + chunksEach - 1) / chunksEach }

  var count: Int { rowBlocks * chunkBlocks }

  subscript(item: Int) -> (rows: Range<Int>, chunks: Range<Int>) {
    let row = item % rowBlocks * rowsEach
    let chunk = item / rowBlocks * chunksEach
    return (row..<min(rows, row + rowsEach), chunk..<min(chunks, chunk + chunksEach))
  }
}
