/// Feature rows: n x d numbers, stored as float32, float16, bfloat16, or int8 with a scale a row; in memory or
/// mapped from disk; in one block or many. A value: views share the rows they show.
public struct FeatureMatrix: Sendable {
  /// Number of rows, n.
  public var rowCount: Int { selection?.count ?? blocks.last.map { $0.firstRow + $0.storage.rowCount } ?? 0 }
  /// Numbers a row, d.
  public let dimension: Int
  /// How numbers are stored. They are read as float32 whatever it is.
  public let elementType: ElementType

  struct Block: Sendable {
    let firstRow: Int
    let storage: any RowStorage
  }

  let blocks: [Block]
  /// The rows shown, where they are not all of them in order.
  let selection: [Int]?

  /// Rows in memory: `values` holds them one after the other.
  ///
  /// - Throws: `.shape` where `values` is no whole number of rows.
  public init(_ values: [Float], dimension: Int) throws(TensorsError) {
    guard dimension > 0, values.count % dimension == 0 else {
      throw TensorsError(
        .shape, "\(values.count) values are no whole number of rows of dimension \(dimension)")
    }
    let bytes = unsafe values.withUnsafeBytes { unsafe FileBytes(copying: $0, name: "features in memory") }
    try self.init(
      blocks: [
        StoredRows(
          bytes, at: 0, rowCount: values.count / dimension, dimension: dimension, elementType: .float32)
      ],
      dimension: dimension, elementType: .float32)
  }

  /// Blocks of rows, one after the other.
  ///
  /// - Throws: `.shape` where a block has another dimension or type.
  package init(
    blocks: [any RowStorage], dimension: Int, elementType: ElementType
  ) throws(TensorsError) {
    self.dimension = dimension
    self.elementType = elementType
    selection = nil
    var firstRow = 0
    var numbered: [Block] = []
    for storage in blocks {
      guard storage.dimension == dimension, storage.elementType == elementType else {
        throw TensorsError(
          .shape,
          "a block of \(storage.elementType.rawValue) rows of dimension \(storage.dimension) "
            + "does not fit \(elementType.rawValue) rows of dimension \(dimension)")
      }
      numbered.append(Block(firstRow: firstRow, storage: storage))
      firstRow += storage.rowCount
    }
    self.blocks = numbered
  }

  /// One block.
  init(single storage: any RowStorage) {
    dimension = storage.dimension
    elementType = storage.elementType
    selection = nil
    blocks = [Block(firstRow: 0, storage: storage)]
  }

  private init(_ other: FeatureMatrix, selection: [Int]) {
    dimension = other.dimension
    elementType = other.elementType
    blocks = other.blocks
    self.selection = selection
  }

  /// A view of some rows, in the order given; no feature is copied.
  ///
  /// Traps where an index is out of range.
  public func selecting(_ rows: [Int]) -> FeatureMatrix {
    let count = rowCount
    precondition(rows.allSatisfy { $0 >= 0 && $0 < count }, "row out of range")
    guard let selection else { return FeatureMatrix(self, selection: rows) }
    return FeatureMatrix(self, selection: rows.map { selection[$0] })
  }

  /// One row, widened to float32. Traps where `index` is out of range.
  ///
  /// - Throws: `.io` or `.malformed` where the row cannot be read or fails its checksum.
  public func row(_ index: Int) throws(TensorsError) -> [Float] {
    try rows(index..<index + 1)
  }

  /// Rows one after the other, widened to float32. Traps where the range is out of bounds.
  ///
  /// - Throws: as `row(_:)`.
  public func rows(_ range: Range<Int>) throws(TensorsError) -> [Float] {
    var output: [Float] = []
    try read(range, into: &output)
    return output
  }

  /// The same into an array that is used again and again, which spares asking for memory each time. It is
  /// made to hold exactly these rows; after an error its numbers mean nothing.
  ///
  /// - Throws: as `row(_:)`.
  public func read(_ range: Range<Int>, into output: inout [Float]) throws(TensorsError) {
    let count = range.count * dimension
    if output.count > count {
      output.removeLast(output.count - count)
    } else if output.count < count {
      output.append(contentsOf: repeatElement(0, count: count - output.count))
    }
    var failure: TensorsError?
    unsafe output.withUnsafeMutableBufferPointer { buffer in
      do throws(TensorsError) { try unsafe read(range, into: buffer) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Lends rows one after the other as float32: where they lie, if that is how and where they are stored, and else
  /// read into `scratch`, an array that is used again and again. For whoever wants to look at rows and not to keep
  /// them: rows of float32 in a mapped file are not copied. Traps where the range is out of bounds.
  ///
  /// - Throws: as `row(_:)`.
  public func withRows<Value>(
    _ range: Range<Int>, scratch: inout [Float], _ body: (Span<Float>) -> Value
  ) throws(TensorsError) -> Value {
    var value: Value?
    let isLent = try unsafe lend(range) { rows in value = unsafe body(rows.span) }
    if isLent, let value { return value }
    try read(range, into: &scratch)
    return body(scratch.span)
  }

  /// Reads rows, widened to float32, into a buffer of exactly their size. Traps where the range is out of
  /// bounds.
  package func read(
    _ range: Range<Int>, into output: UnsafeMutableBufferPointer<Float>
  ) throws(TensorsError) {
    precondition(range.lowerBound >= 0 && range.upperBound <= rowCount, "rows out of range")
    precondition(output.count == range.count * dimension, "buffer of another size")
    var position = range.lowerBound
    while position < range.upperBound {
      let block = blocks[blockIndex(of: selection?[position] ?? position)]
      let blockRows = block.firstRow..<block.firstRow + block.storage.rowCount
      let start = (position - range.lowerBound) * dimension
      let end: Int
      if let selection {
        let inBlock = selection[position..<range.upperBound].prefix { blockRows.contains($0) }
        end = inBlock.endIndex
        let part = output.extracting(start..<start + inBlock.count * dimension)
        try unsafe block.storage.gather(inBlock, from: block.firstRow, into: part)
      } else {
        end = min(range.upperBound, blockRows.upperBound)
        let part = output.extracting(start..<start + (end - position) * dimension)
        try unsafe block.storage.read(position - block.firstRow..<end - block.firstRow, into: part)
      }
      position = end
    }
  }

  /// Whether all rows lie in memory or are mapped, so that reading them again costs no more than a copy.
  package var isInMemory: Bool { blocks.allSatisfy(\.storage.isInMemory) }

  /// Says that rows will soon be read one after the other. Traps where the range is out of bounds.
  package func willRead(_ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= rowCount, "rows out of range")
    guard !range.isEmpty else { return }
    // Selected rows ascend as a rule, and then those between them are few.
    let ends = selection.map { ($0[range.lowerBound], $0[range.upperBound - 1]) }
    let (first, last) = ends ?? (range.lowerBound, range.upperBound - 1)
    guard first <= last, last - first < 4 * range.count else { return }
    for block in blocks[blockIndex(of: first)...blockIndex(of: last)] {
      let rows = (first - block.firstRow..<last + 1 - block.firstRow).clamped(to: 0..<block.storage.rowCount)
      block.storage.willRead(rows)
    }
  }

  /// Lends rows where they lie one after the other in memory as float32; calls nothing and returns false where
  /// they do not. Traps where the range is out of bounds.
  package func lend(
    _ range: Range<Int>, _ body: (UnsafeBufferPointer<Float>) -> Void
  ) throws(TensorsError) -> Bool {
    precondition(range.lowerBound >= 0 && range.upperBound <= rowCount, "rows out of range")
    guard elementType == .float32, !range.isEmpty else { return false }
    let run = run(at: range.lowerBound, upTo: range.upperBound)
    guard run.rows.count == range.count else { return false }
    return try unsafe run.storage.lend(run.rows, body)
  }

  /// The longest run of neighbours in one block that the rows from a position on begin with, as the block counts
  /// them.
  func run(at position: Int, upTo end: Int) -> (storage: any RowStorage, rows: Range<Int>) {
    let first = selection?[position] ?? position
    let block = blocks[blockIndex(of: first)]
    let start = first - block.firstRow
    let limit = min(end - position, block.storage.rowCount - start)
    guard let selection else { return (block.storage, start..<start + limit) }
    var count = 1
    while count < limit, selection[position + count] == first + count { count += 1 }
    return (block.storage, start..<start + count)
  }

  private func blockIndex(of row: Int) -> Int {
    var low = 0
    var high = blocks.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if blocks[middle].firstRow <= row { low = middle } else { high = middle }
    }
    return low
  }
}
