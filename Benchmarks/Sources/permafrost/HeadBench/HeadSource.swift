@_spi(Benchmarks) import FeatureCache
import Foundation
import Heads

/// Seeded rows of a shape: 64 latent numbers, of which the first weigh most, drawn around the class's centre,
/// mixed, lowered and rectified, so that over half of the features are zero and many go together.
struct HeadRows {
  let shape: HeadShape
  private let centers: [[Float]]
  private let mixing: [[Float]]

  private static let latent = 64

  init(_ shape: HeadShape) {
    self.shape = shape
    var random = Gaussian(state: 1)
    let scales = (0..<Self.latent).map { 1 / Float($0 + 1).squareRoot() }
    let length = scales.reduce(0) { $0 + $1 * $1 }.squareRoot()
    centers = (0..<shape.classes).map { _ in
      (0..<Self.latent).map { _ in Float(shape.spread) * random.next() }
    }
    mixing = (0..<Self.latent).map { index in
      (0..<shape.dimension).map { _ in random.next() * scales[index] / length }
    }
  }

  /// Training rows and then test rows.
  var count: Int { shape.rows + shape.testRows }

  func label(_ index: Int) -> Int {
    if index < shape.classes { return index }  // none is missing
    var bits = SplitMix64(state: UInt64(index))
    return Int(bits.next() % UInt64(shape.classes))
  }

  func row(_ index: Int) -> [Float] {
    var random = Gaussian(state: UInt64(index) << 20)
    let center = centers[label(index)]
    var row = [Float](repeating: 0, count: shape.dimension)
    for column in row.indices { row[column] = 0.5 * random.rough() - 0.7 }
    for factor in 0..<Self.latent {
      let z = center[factor] + random.next()
      let mix = mixing[factor]
      for column in row.indices { row[column] += z * mix[column] }
    }
    for column in row.indices { row[column] = max(row[column], 0) }
    return row
  }
}

/// All rows of a shape in memory.
struct HeadSource {
  let training: LabeledFeatures
  let test: LabeledFeatures
  private let values: [Float]

  init(_ shape: HeadShape) throws {
    let rows = HeadRows(shape)
    var values: [Float] = []
    values.reserveCapacity(rows.count * shape.dimension)
    for index in 0..<rows.count { values.append(contentsOf: rows.row(index)) }
    self.values = values
    let matrix = try FeatureMatrix(values, dimension: shape.dimension)
    (training, test) = try Self.parts(of: matrix, rows)
  }

  /// Rows of a cache into which they were written.
  init(mapping shape: HeadShape, into root: String) throws {
    let rows = HeadRows(shape)
    let samples = try DataSet(
      samples: (0..<rows.count).map { index in
        Sample(
          key: "\(index)", label: rows.label(index), split: index < shape.rows ? .train : .test,
          path: "rows/\(index)")
      }, classes: (0..<shape.classes).map { "\($0)" }, folder: "rows")
    let output = OutputDescription(column: "rows", dimension: shape.dimension)
    try FeatureStore.store(samples, as: output, storage: .float16, into: root) { rows.row($0) }
    values = []
    (training, test) = try Self.parts(of: try FeatureStore(root).matrix("rows"), rows)
  }

  private static func parts(
    of matrix: FeatureMatrix, _ rows: HeadRows
  ) throws -> (LabeledFeatures, LabeledFeatures) {
    let all = try LabeledFeatures(
      matrix, labels: (0..<rows.count).map(rows.label),
      classes: (0..<rows.shape.classes).map { "class \($0)" })
    return (
      all.selecting(Array(0..<rows.shape.rows)), all.selecting(Array(rows.shape.rows..<rows.count))
    )
  }

  /// Writes them for the peers.
  func write(to folder: String) throws {
    let labels = training.labels + test.labels
    try writeFile(unsafe values.withUnsafeBytes { unsafe Data($0) }, to: folder + "/rows.f32")
    try writeFile(unsafe labels.withUnsafeBytes { unsafe Data($0) }, to: folder + "/labels.i64")
  }
}

/// Normally distributed numbers.
private struct Gaussian {
  private var bits: SplitMix64

  init(state: UInt64) { bits = SplitMix64(state: state) }

  /// Box and Muller's.
  mutating func next() -> Float {
    let u = (Double(bits.next() >> 11) + 1) * 0x1p-53
    let v = Double(bits.next() >> 11) * 0x1p-53
    return Float((-2 * log(u)).squareRoot() * cos(2 * .pi * v))
  }

  /// Nearly so, and many times faster: four uniform numbers of 16 bits added up, with variance 1.
  mutating func rough() -> Float {
    let word = bits.next()
    let sum = (word & 0xffff) + (word >> 16 & 0xffff) + (word >> 32 & 0xffff) + (word >> 48)
    return (Float(sum) / 65536 - 2) * 1.732_050_8
  }
}
