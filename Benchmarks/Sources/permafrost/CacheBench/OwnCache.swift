@_spi(Benchmarks) import FeatureCache
import Foundation

/// Our own turn at each task.
final class OwnCache {
  private let shape: CacheCase
  private let source: CacheSource
  private let root: String
  private var opened: (store: FeatureStore, matrix: FeatureMatrix)?
  private var batch: [Float] = []
  private var epochs: UInt64 = 0

  private static let column = "rows"
  /// Numbers of a piece of a scan, which should stay in the second cache.
  private static let pieceNumbers = 1 << 16

  init(_ shape: CacheCase, _ source: CacheSource, folder: String) {
    self.shape = shape
    self.source = source
    root = folder + "/permafrost"
  }

  func run(_ task: CacheTask) throws -> CacheRun {
    switch task {
    case .write: try write()
    case .open: try timed(fromNothing: true) { try scan(matrix().selecting([0]), pieces: 1) }
    case .firstScan:
      try timed(fromNothing: true) { try scan(try matrix(), pieces: Self.pieceNumbers / shape.dimension) }
    case .scan: try timed { try scan(try matrix(), pieces: Self.pieceNumbers / shape.dimension) }
    case .epoch: try timed { try scan(try matrix(), pieces: shape.batch) }
    case .shuffled: try timed { try shuffled(try matrix()) }
    case .random: try timed { try look(up: source.indices, in: try matrix()) }
    }
  }

  /// Opening is part of what is timed only `fromNothing`, closing never.
  private func timed(fromNothing: Bool = false, _ body: () throws -> Double) throws -> CacheRun {
    if fromNothing { opened = nil } else { _ = try matrix() }
    var sum = 0.0
    let time = try ContinuousClock().measure { sum = try body() }
    return CacheRun(milliseconds: time / .milliseconds(1), sum: sum)
  }

  private func write() throws -> CacheRun {
    opened = nil
    if FileManager.default.fileExists(atPath: root) { try FileManager.default.removeItem(atPath: root) }
    sync()
    let time = try ContinuousClock().measure {
      let output = OutputDescription(column: Self.column, dimension: shape.dimension)
      try FeatureStore.store(source.dataSet, as: output, storage: shape.storage, into: root) { row in
        source.rows[row % source.rows.count]
      }
    }
    return CacheRun(milliseconds: time / .milliseconds(1), sum: 0)
  }

  private func matrix() throws -> FeatureMatrix {
    if let opened { return opened.matrix }
    let store = try FeatureStore(root)
    let matrix = try store.matrix(Self.column)
    opened = (store, matrix)
    return matrix
  }

  /// Sums all rows, so many at a time.
  private func scan(_ matrix: FeatureMatrix, pieces: Int) throws -> Double {
    var total = 0.0
    let step = max(1, pieces)
    for start in stride(from: 0, to: matrix.rowCount, by: step) {
      let rows = start..<min(start + step, matrix.rowCount)
      try matrix.forEachRun(rows, scratch: &batch) { total += Double(Self.sum($0)) }
    }
    return total
  }

  /// Sums some rows, a batch at a time.
  private func look(up rows: [Int], in matrix: FeatureMatrix) throws -> Double {
    let selected = matrix.selecting(rows)
    return try stride(from: 0, to: rows.count, by: shape.batch).reduce(0) { total, start in
      let range = start..<min(start + shape.batch, rows.count)
      return total + Double(try selected.withRows(range, scratch: &batch, Self.sum))
    }
  }

  /// Sums all rows in blocks in random order, the rows of some of them mixed.
  private func shuffled(_ matrix: FeatureMatrix) throws -> Double {
    epochs += 1
    let order = ShuffledRows(
      rowCount: matrix.rowCount, blockRows: shape.blockRows, runRows: shape.runRows, seed: epochs)
    return try order.reduce(0) { total, chunk in
      try total + scan(matrix.selecting(chunk.rows), pieces: shape.batch)
    }
  }

  /// In an order that keeps vector units busy.
  private static func sum(_ values: Span<Float>) -> Float {
    var sums = (SIMD16<Float>.zero, SIMD16<Float>.zero)
    let whole = values.count / 32 * 32
    let bytes = unsafe values.bytes
    for start in stride(from: 0, to: whole * 4, by: 128) {
      unsafe sums.0 += bytes.unsafeLoadUnaligned(fromByteOffset: start, as: SIMD16<Float>.self)
      unsafe sums.1 += bytes.unsafeLoadUnaligned(fromByteOffset: start + 64, as: SIMD16<Float>.self)
    }
    return (whole..<values.count).reduce((sums.0 + sums.1).sum()) { $0 + values[$1] }
  }
}
