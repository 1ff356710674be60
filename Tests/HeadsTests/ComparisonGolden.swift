import Heads
import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What `Goldens/make_comparison.py` wrote, and the numbers it drew.
enum ComparisonGolden {
  static let document: JSONValue = {
    let folder = #filePath.prefix(through: #filePath.lastIndex(of: "/") ?? #filePath.startIndex)
    do {
      return try JSONParser.parse(try FileBytes.read(folder + "Goldens/comparison.json", limit: 1 << 20))
    } catch { return .null }
  }()

  static func cases(_ name: String) -> [JSONValue] { document[name]?.array ?? [] }

  /// Lists of numbers, as the tables of small functions are.
  static func lines(_ name: String) -> [[Double]] {
    cases(name).map { $0.array?.compactMap(\.number) ?? [] }
  }

  /// Labels, logits in steps, and their softmax.
  static func predictions(
    seed: Int, rows: Int, classes: Int, steps: Int
  ) throws -> (labels: [Int], logits: Tensor, probabilities: Tensor) {
    var random = SplitMix64(state: UInt64(seed))
    let labels = (0..<rows).map { _ in Int((random.uniform() + 1) / 2 * Double(classes)) }
    var logits: [Float] = []
    var probabilities: [Float] = []
    for label in labels {
      var z = (0..<classes).map { _ in (random.uniform() * Double(steps)).rounded(.down) / Double(steps) }
      z[label] += 0.75
      let exponentials = z.map { exp($0) }
      let sum = exponentials.reduce(0, +)
      logits += z.map { Float($0) }
      probabilities += exponentials.map { Float($0 / sum) }
    }
    let shape = [rows, classes]
    return (
      labels, try Tensor(shape: shape, values: logits), try Tensor(shape: shape, values: probabilities)
    )
  }
}

extension JSONValue {
  func number(_ name: String) -> Double { self[name]?.number ?? .nan }
  func integer(_ name: String) -> Int { self[name]?.integer ?? -1 }
  func numbers(_ name: String) -> [Double] { self[name]?.array?.compactMap(\.number) ?? [] }
}

extension Tensor {
  /// The column of largest value of each row, the first of equals.
  var winners: [Int] {
    (0..<shape[0]).map { row in
      (0..<shape[1]).reduce(0) { self[row, $1] > self[row, $0] ? $1 : $0 }
    }
  }
}
