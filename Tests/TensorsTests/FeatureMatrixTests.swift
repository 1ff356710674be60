import Tensors
import TestSupport
import Testing

@Suite struct FeatureMatrixTests {
  private static func matrix() throws(TensorsError) -> FeatureMatrix {
    try FeatureMatrix((0..<12).map { Float($0) }, dimension: 3)
  }

  @Test func rowsAndViews() throws {
    let matrix = try Self.matrix()
    #expect(matrix.rowCount == 4 && matrix.dimension == 3)
    #expect(try matrix.row(2) == [6, 7, 8])
    let view = matrix.selecting([3, 0, 1])
    #expect(try view.rows(0..<3) == [9, 10, 11, 0, 1, 2, 3, 4, 5])
    #expect(try view.selecting([2, 2]).rows(0..<2) == [3, 4, 5, 3, 4, 5])
    #expect(throws: TensorsError.self) { try FeatureMatrix([1, 2], dimension: 3) }
    #expect(throws: TensorsError.self) { try FeatureMatrix([], dimension: 0) }
  }

  @Test func blocksReadAsOne() throws {
    func block(_ first: Int, rows: Int) throws(TensorsError) -> StoredRows {
      let values = (0..<rows * 2).map { Float(first * 2 + $0) }
      let bytes = FileBytes(copying: [9, 9, 9, 9] + bytesInMemory(values), name: "block")
      return try StoredRows(bytes, at: 4, rowCount: rows, dimension: 2, elementType: .float32)
    }
    let blocks = [try block(0, rows: 3), try block(3, rows: 1), try block(4, rows: 5)]
    let matrix = try FeatureMatrix(blocks: blocks, dimension: 2, elementType: .float32)
    #expect(try matrix.rows(0..<9) == (0..<18).map { Float($0) })
    #expect(try matrix.selecting([8, 3, 4, 2]).rows(0..<4) == [16, 17, 6, 7, 8, 9, 4, 5])
    let order = [7, 7, 0, 1, 2, 3, 8, 5, 6, 4]
    #expect(
      try matrix.selecting(order).rows(1..<10) == order[1...].flatMap { [Float(2 * $0), Float(2 * $0 + 1)] })
  }

  @Test func anArrayIsUsedAgain() throws {
    let matrix = try Self.matrix()
    var rows: [Float] = [100]
    try matrix.read(1..<4, into: &rows)
    #expect(rows == [3, 4, 5, 6, 7, 8, 9, 10, 11])
    try matrix.selecting([3, 0]).read(1..<2, into: &rows)
    #expect(rows == [0, 1, 2])
    try matrix.read(2..<2, into: &rows)
    #expect(rows.isEmpty)
  }

  @Test func narrowTypesWiden() throws {
    let half = FileBytes(copying: bytesInMemory([UInt16(0x3c00), 0xc000, 0x7bff, 0x0001]), name: "f16")
    let rows = try StoredRows(half, at: 0, rowCount: 2, dimension: 2, elementType: .float16)
    let matrix = try FeatureMatrix(blocks: [rows], dimension: 2, elementType: .float16)
    #expect(try matrix.rows(0..<2) == [1, -2, 65504, 0x1p-24])
    let bytes = FileBytes(copying: bytesInMemory([Int8(127), -127, 64, 0]), name: "int8")
    let scaled = try StoredRows(
      bytes, at: 0, rowCount: 2, dimension: 2, elementType: .int8, scales: [2, 0.5])
    let quantised = try FeatureMatrix(blocks: [scaled], dimension: 2, elementType: .int8)
    #expect(try quantised.rows(0..<2) == [254, -254, 32, 0])
  }

  @Test func rowsOutsideTheirBytesAreRefused() throws {
    let bytes = FileBytes(copying: [UInt8](repeating: 0, count: 16), name: "short")
    for (offset, rows, dimension) in [(0, 5, 1), (4, 4, 1), (0, .max, 2), (-4, 1, 1), (0, -1, 4), (32, 0, 1)]
    {
      #expect(throws: TensorsError.self) {
        try StoredRows(
          bytes, at: offset, rowCount: rows, dimension: dimension, elementType: .float32)
      }
    }
  }

  @Test func everyItemOfALoopRunsOnce() throws {
    for threads in [1, 2, 5] {
      let pool = try WorkerPool(threads: threads)
      for count in [0, 1, 2, 7, 1000] {
        var runs = [Int](repeating: 0, count: count)
        var workers = [Int](repeating: -1, count: count)
        unsafe runs.withUnsafeMutableBufferPointer { runs in
          unsafe workers.withUnsafeMutableBufferPointer { workers in
            pool.forEach(count) { item, worker in
              unsafe runs[item] += 1
              unsafe workers[item] = worker
            }
          }
        }
        #expect(runs == Array(repeating: 1, count: count))
        #expect(workers.allSatisfy { (0..<threads).contains($0) })
      }
    }
    #expect(throws: TensorsError.self) { try WorkerPool(threads: 0) }
  }

  @Test func aFileIsReplacedWholeOrNotAtAll() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      try AtomicFile.write([1, 2, 3], to: path)
      let mapped = try FileBytes(mapping: path)
      try AtomicFile.write([4, 5], to: path)
      #expect(mapped.copy(0..<3) == [1, 2, 3])  // what was open stays what it was
      #expect(try FileBytes.read(path, limit: 10) == [4, 5])
      let error = #expect(throws: TensorsError.self) {
        try AtomicFile.write([6], to: folder + "/missing/file")
      }
      #expect(error?.code == .io)
      #expect(throws: TensorsError.self) { try FileBytes(mapping: folder) }
      #expect(throws: TensorsError.self) { try FileBytes.read(path, limit: 1) }
    }
  }
}
