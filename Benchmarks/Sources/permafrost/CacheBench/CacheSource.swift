import Backbone
import FeatureCache
import Foundation

/// The rows that everyone stores, and the numbers of those that everyone looks up.
struct CacheSource {
  /// Numbers from 0 to 4.
  let rows: [[Float]]
  let indices: [Int]
  /// Samples for the rows, as the cache wants some.
  let dataSet: DataSet

  static let lookups = 10_000

  init(_ shape: CacheCase) throws {
    let shapeOfRows = [shape.sourceRows, shape.dimension]
    let values = try SeededWeights(seed: 1).floats("rows", shape: shapeOfRows).map { $0 * 100 + 2 }
    rows = (0..<shape.sourceRows).map { row in
      Array(values[row * shape.dimension..<(row + 1) * shape.dimension])
    }
    var generator = SplitMix64(state: 2)
    indices = (0..<Self.lookups).map { _ in Int.random(in: 0..<shape.rows, using: &generator) }
    dataSet = try DataSet(
      samples: (0..<shape.rows).map { Sample(key: "\($0)", path: "rows/\($0)") }, folder: "rows")
  }

  /// Writes them for the peers.
  func write(rowsTo rowPath: String, indicesTo indexPath: String) throws {
    var data = Data(capacity: rows.count * (rows.first?.count ?? 0) * 4)
    for row in rows { unsafe row.withUnsafeBytes { unsafe data.append(contentsOf: $0) } }
    try writeFile(data, to: rowPath)
    try writeFile(unsafe indices.withUnsafeBytes { unsafe Data($0) }, to: indexPath)
  }
}

/// Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014: the system's own generator would
/// take a good part of an epoch in random order.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
