internal import CPermafrostKernels

/// A block of stored feature rows.
package protocol RowStorage: AnyObject, Sendable {
  var rowCount: Int { get }
  var dimension: Int { get }
  var elementType: ElementType { get }

  /// Reads rows, widened to float32, into a buffer of exactly their size.
  func read(_ rows: Range<Int>, into output: UnsafeMutableBufferPointer<Float>) throws(TensorsError)

  /// Reads some rows in the order given, each less `first`, likewise.
  func gather(
    _ rows: ArraySlice<Int>, from first: Int, into output: UnsafeMutableBufferPointer<Float>
  ) throws(TensorsError)

  /// Whether reading a row again costs no more than copying it from memory.
  var isInMemory: Bool { get }

  /// Says that rows will soon be read, so that the operating system can fetch them meanwhile.
  func willRead(_ rows: Range<Int>)

  /// Lends rows where they lie in memory as float32; calls nothing and returns false where they do not.
  func lend(_ rows: Range<Int>, _ body: (UnsafeBufferPointer<Float>) -> Void) throws(TensorsError) -> Bool
}

extension RowStorage {
  package func gather(
    _ rows: ArraySlice<Int>, from first: Int, into output: UnsafeMutableBufferPointer<Float>
  ) throws(TensorsError) {
    var start = rows.startIndex
    while start < rows.endIndex {
      let end = endOfRun(rows, start)
      let place = start - rows.startIndex..<end - rows.startIndex
      try unsafe read(
        rows[start] - first..<rows[start] - first + place.count,
        into: output.extracting(place.lowerBound * dimension..<place.upperBound * dimension))
      start = end
    }
  }

  package var isInMemory: Bool { false }

  package func willRead(_ rows: Range<Int>) {}

  package func lend(_ rows: Range<Int>, _ body: (UnsafeBufferPointer<Float>) -> Void) -> Bool { false }
}

/// Where the longest run of consecutive rows from `start` on ends; it is read in one piece.
private func endOfRun(_ rows: ArraySlice<Int>, _ start: Int) -> Int {
  var end = start + 1
  while end < rows.endIndex, rows[end] == rows[end - 1] + 1 { end += 1 }
  return end
}

/// Rows that lie one after the other in a file's bytes.
package final class StoredRows: RowStorage {
  package let rowCount: Int
  package let dimension: Int
  package let elementType: ElementType
  private let bytes: FileBytes
  private let offset: Int
  private let scales: [Float]?

  /// - Parameter scales: for int8 rows, what each row is multiplied by.
  /// - Throws: `.shape` where the rows do not lie inside the bytes, or the type stores no features.
  package init(
    _ bytes: FileBytes, at offset: Int, rowCount: Int, dimension: Int, elementType: ElementType,
    scales: [Float]? = nil
  ) throws(TensorsError) {
    let sizes = [rowCount, dimension, elementType.byteCount]
    guard let size = elementCount(of: sizes), offset >= 0, offset <= bytes.count,
      size <= bytes.count - offset, dimension > 0
    else { throw TensorsError(.shape, "\(bytes.name) does not hold \(rowCount) rows of \(dimension)") }
    guard [.float32, .float16, .bfloat16, .int8].contains(elementType),
      (scales?.count ?? rowCount) == rowCount, (scales != nil) == (elementType == .int8)
    else { throw TensorsError(.shape, "\(bytes.name) stores features as \(elementType.rawValue) wrongly") }
    self.bytes = bytes
    self.offset = offset
    self.rowCount = rowCount
    self.dimension = dimension
    self.elementType = elementType
    self.scales = scales
  }

  package func read(_ rows: Range<Int>, into output: UnsafeMutableBufferPointer<Float>) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount, "rows out of range")
    let rowBytes = dimension * elementType.byteCount
    let range = offset + rows.lowerBound * rowBytes..<offset + rows.upperBound * rowBytes
    unsafe bytes.withBytes(range) { bytes in
      guard let scales else { return unsafe RowWidening.widen(bytes, elementType, scale: 1, into: output) }
      for (index, row) in rows.enumerated() {
        let source = index * rowBytes..<(index + 1) * rowBytes
        let target = index * dimension..<(index + 1) * dimension
        unsafe RowWidening.widen(
          UnsafeRawBufferPointer(rebasing: bytes[source]), elementType, scale: scales[row],
          into: output.extracting(target))
      }
    }
  }

  package func gather(
    _ rows: ArraySlice<Int>, from first: Int, into output: UnsafeMutableBufferPointer<Float>
  ) {
    var start = rows.startIndex
    while start < rows.endIndex {
      let end = endOfRun(rows, start)
      // Rows anywhere in memory: the processor does not foresee the next ones, but goes on with a run by itself.
      let next = end - start == 1 ? end + 1 : end
      if next < rows.endIndex { prefetch(rows[next] - first) }
      let place = start - rows.startIndex..<end - rows.startIndex
      unsafe read(
        rows[start] - first..<rows[start] - first + place.count,
        into: output.extracting(place.lowerBound * dimension..<place.upperBound * dimension))
      start = end
    }
  }

  private func prefetch(_ row: Int) {
    let rowBytes = dimension * elementType.byteCount
    let start = offset + row * rowBytes
    unsafe bytes.withBytes(start..<start + rowBytes) { unsafe pf_prefetch($0.baseAddress, $0.count) }
  }

  package var isInMemory: Bool { true }

  package func willRead(_ rows: Range<Int>) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount, "rows out of range")
    let rowBytes = dimension * elementType.byteCount
    bytes.willRead(offset + rows.lowerBound * rowBytes..<offset + rows.upperBound * rowBytes)
  }

  package func lend(_ rows: Range<Int>, _ body: (UnsafeBufferPointer<Float>) -> Void) -> Bool {
    guard elementType == .float32 else { return false }
    precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount, "rows out of range")
    let rowBytes = dimension * elementType.byteCount
    return unsafe bytes.withBytes(offset + rows.lowerBound * rowBytes..<offset + rows.upperBound * rowBytes) {
      bytes in
      guard let address = bytes.baseAddress,
        Int(bitPattern: address) % MemoryLayout<Float>.alignment == 0
      else { return false }
      unsafe body(bytes.assumingMemoryBound(to: Float.self))
      return true
    }
  }
}
