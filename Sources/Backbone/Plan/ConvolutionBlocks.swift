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

  init(rows: Int, chunks: Int, weightBytes: Int, threads: Int) {
    self.rows = rows
    self.chunks = chunks
    let pieces = threads == 1 ? 1 : threads * 4
    let isHeavy = weightBytes > 512 * 1024
    if isHeavy || rows < pieces * 8 {
      chunksEach = max(1, chunks / pieces)
      rowsEach = max(1, min(rows, 1024))
    } else {
      chunksEach = max(1, chunks)
      rowsEach = max(1, min(384, (rows + pieces - 1) / pieces))
    }
  }

  private var rowBlocks: Int { (rows + rowsEach - 1) / rowsEach }
  private var chunkBlocks: Int { (chunks + chunksEach - 1) / chunksEach }

  var count: Int { rowBlocks * chunkBlocks }

  subscript(item: Int) -> (rows: Range<Int>, chunks: Range<Int>) {
    let row = item % rowBlocks * rowsEach
    let chunk = item / rowBlocks * chunksEach
    return (row..<min(rows, row + rowsEach), chunk..<min(chunks, chunk + chunksEach))
  }
}
