import Heads
import Tensors

/// One data set of `Goldens/make_heads.py`, generated anew, and what the peers answered on it.
struct GoldenCase: Sendable, CustomStringConvertible {
  let name: String
  let json: JSONValue
  let data: LabeledFeatures

  var description: String { name }
  var classCount: Int { data.classes.count }

  static let document = Goldens.json("heads.json")

  /// Empty where the golden file cannot be read, which `goldensAreRead` notices.
  static let all: [GoldenCase] = (document["cases"]?.array ?? []).compactMap { try? GoldenCase($0) }

  static func named(_ name: String) throws -> GoldenCase {
    guard let found = all.first(where: { $0.name == name }) else { throw Missing(what: name) }
    return found
  }

  struct Missing: Error { let what: String }

  /// - Parameter json: how `make_heads.py` describes a case.
  init(_ json: JSONValue) throws {
    func integer(_ name: String) throws -> Int {
      guard let value = json[name]?.integer else { throw Missing(what: name) }
      return value
    }
    func number(_ name: String) throws -> Double {
      guard let value = json[name]?.number else { throw Missing(what: name) }
      return value
    }
    guard let name = json["name"]?.string else { throw Missing(what: "name") }
    self.name = name
    self.json = json
    let (rows, dimension) = (try integer("rows"), try integer("dimension"))
    let (classes, latent) = (try integer("classes"), try integer("latent"))
    let (spread, noise, offset) = (try number("spread"), try number("noise"), try number("offset"))
    let shares = json["shares"]?.array?.compactMap(\.number)
    var random = SplitMix64(state: UInt64(try integer("seed")))
    func draw(_ count: Int) -> [Double] { (0..<count).map { _ in random.uniform() } }
    let centers = (0..<classes).map { _ in draw(latent).map { spread * $0 } }
    let loadings = (0..<latent).map { _ in draw(dimension) }
    var features: [Float] = []
    var labels: [Int] = []
    for row in 0..<rows {
      var label = row % classes
      if let shares {
        let u = (random.uniform() + 1) / 2
        label = shares.firstIndex { u < $0 } ?? classes - 1
      }
      let z = draw(latent).enumerated().map { centers[label][$0] + $1 }
      let noises = draw(dimension)
      for column in 0..<dimension {
        let signal = (0..<latent).reduce(0.0) { $0 + z[$1] * loadings[$1][column] }
        features.append(Float(signal + noise * noises[column] + offset))
      }
      labels.append(label)
    }
    let weights = json["weighted"]?.bool == true ? (0..<rows).map { 0.5 + Double($0 % 4) / 2 } : nil
    data = try LabeledFeatures(
      FeatureMatrix(features, dimension: dimension), labels: labels,
      classes: (0..<classes).map { "class \($0)" }, weights: weights)
  }

  /// Rows as float64, standardised with the peer's own means and scales where wanted.
  func rows(standardized: Bool) throws -> [[Double]] {
    let mean = json["mean"]?.array?.compactMap(\.number) ?? []
    let scale = json["scale"]?.array?.compactMap(\.number) ?? []
    return try (0..<data.count).map { index in
      let row = try data.features.row(index).map { Double($0) }
      return standardized ? row.indices.map { (row[$0] - mean[$0]) / scale[$0] } : row
    }
  }

  /// s_i, computed here and not by the library.
  func effectiveWeights(balanced: Bool) -> [Double] {
    let rowWeights = data.weights ?? Array(repeating: 1, count: data.count)
    guard balanced else { return rowWeights }
    let total = rowWeights.reduce(0, +)
    return data.labels.indices.map { row in
      let own = data.labels.indices.reduce(0.0) {
        $0 + (data.labels[$1] == data.labels[row] ? rowWeights[$1] : 0)
      }
      return rowWeights[row] * total / (Double(classCount) * own)
    }
  }

  /// W and b of a fitted linear head as they act on rows that are standardised or not, in float64.
  func coefficients(_ head: Head, standardized: Bool) -> (weight: [[Double]], bias: [Double]) {
    let layer = head.layers[0]
    var bias = layer.bias.map { Double($0) }
    let mean = json["mean"]?.array?.compactMap(\.number) ?? []
    let scale = json["scale"]?.array?.compactMap(\.number) ?? []
    let weight = (0..<layer.outputs).map { output in
      (0..<layer.inputs).map { column in
        let value = Double(layer.weight[output * layer.inputs + column])
        guard standardized else { return value }
        bias[output] += mean[column] * value
        return value * scale[column]
      }
    }
    return (weight, bias)
  }
}

/// The files beside the golden scripts.
enum Goldens {
  static let folder =
    #filePath.prefix(through: #filePath.lastIndex(of: "/") ?? #filePath.startIndex) + "Goldens/"

  /// Null where the file cannot be read, which the tests that count cases notice.
  static func json(_ name: String) -> JSONValue {
    (try? JSONParser.parse(try FileBytes.read(folder + name, limit: 1 << 21))) ?? .null
  }
}

/// SplitMix64, as the golden script has it.
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-52 - 1 }
}
