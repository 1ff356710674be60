import Heads
import Tensors
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One classification problem of `Goldens/make_parity.py`: rows, labels, and what the peers answered.
struct ParityProblem: Sendable, CustomStringConvertible {
  let name: String
  let data: LabeledFeatures
  let checksum: Double
  let fits: [String: [Fit]]
  /// n x d, row by row.
  private let rows: [Double]
  /// Column means and standard deviations; 1 for a constant column.
  private let mean: [Double]
  private let scale: [Double]

  var description: String { name }
  private var dimension: Int { data.features.dimension }

  /// What a peer answered under some settings.
  struct Fit: Sendable {
    let json: JSONValue
    /// Every `stride`-th number of its coefficients, K x d.
    let weights: [Float]
    let stride: Int
    let largestWeight: Double
    let intercepts: [Double]
    /// Probabilities or margins of every `answerStride`-th row.
    let answers: [Float]
    let answerStride: Int
    let objective: Double
    let c: Double
    let isBalanced: Bool
    let hasIntercept: Bool
    let isStandardized: Bool

    init(_ json: JSONValue, _ tensors: SafetensorsFile) throws {
      let key = try #require(json["key"]?.string)
      weights = try tensors.floats(try #require(tensors[key + "/weights"]))
      answers = try tensors.floats(try #require(tensors[key + "/answers"]))
      stride = try #require(json["stride"]?.integer)
      answerStride = try #require(json["answerStride"]?.integer)
      largestWeight = try #require(json["largestWeight"]?.number)
      intercepts = try #require(json["intercepts"]?.array).compactMap(\.number)
      objective = try #require(json["objective"]?.number)
      c = try #require(json["c"]?.number)
      isBalanced = json["balanced"]?.bool == true
      hasIntercept = json["intercept"]?.bool == true
      isStandardized = json["standardized"]?.bool == true
      self.json = json
    }

    var scaling: FeatureScaling { isStandardized ? .standardize : .none }
    var classWeights: ClassWeights { isBalanced ? .balanced : .uniform }
  }

  /// Empty where the golden files cannot be read, which `goldensAreRead` notices.
  static let all: [ParityProblem] = {
    guard let tensors = try? SafetensorsFile(path: Goldens.folder + "parity.safetensors") else { return [] }
    return (Goldens.json("parity.json")["sets"]?.array ?? []).flatMap { set in
      (try? problems(set, tensors)) ?? []
    }
  }()

  private static func problems(_ set: JSONValue, _ tensors: SafetensorsFile) throws -> [ParityProblem] {
    let name = try #require(set["name"]?.string)
    let all: LabeledFeatures
    if let entry = tensors[name + "/features"] {
      let labels = try #require(set["labels"]?.array).compactMap(\.integer)
      let stored = try StoredRows(
        tensors.bytes, at: entry.range.lowerBound, rowCount: entry.shape[0], dimension: entry.shape[1],
        elementType: entry.type)
      all = try LabeledFeatures(
        FeatureMatrix(blocks: [stored], dimension: entry.shape[1], elementType: entry.type), labels: labels,
        classes: (0..<(try #require(set["classes"]?.integer))).map { "class \($0)" })
    } else {
      all = try GoldenCase(set).data
    }
    return try (set["problems"]?.array ?? []).map { problem in
      try ParityProblem(
        name, try selection(all, problem["pair"]?.array?.compactMap(\.integer)), problem, tensors)
    }
  }

  /// The rows of two classes as a problem of their own.
  private static func selection(_ all: LabeledFeatures, _ pair: [Int]?) throws -> LabeledFeatures {
    guard let pair else { return all }
    let rows = all.labels.indices.filter { pair.contains(all.labels[$0]) }
    let part = all.selecting(rows)
    return try LabeledFeatures(
      part.features, labels: part.labels.map { $0 == pair[1] ? 1 : 0 }, classes: ["first", "second"],
      weights: part.weights)
  }

  private init(
    _ name: String, _ data: LabeledFeatures, _ json: JSONValue, _ tensors: SafetensorsFile
  ) throws {
    self.name = "\(name), \(data.classes.count) classes"
    self.data = data
    checksum = try #require(json["checksum"]?.number)
    var fits: [String: [Fit]] = [:]
    for kind in ["logistic", "svm"] {
      fits[kind] = try #require(json[kind]?.array).map { try Fit($0, tensors) }
    }
    self.fits = fits
    let (n, d) = (data.count, data.features.dimension)
    let rows = try data.features.rows(0..<n).map { Double($0) }
    var mean: [Double] = []
    var scale: [Double] = []
    for column in 0..<d {
      let values = (0..<n).map { rows[$0 * d + column] }
      let average = values.reduce(0, +) / Double(n)
      let deviation = (values.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(n)).squareRoot()
      mean.append(average)
      scale.append(deviation < 1e-12 * abs(average) || deviation == 0 ? 1 : deviation)
    }
    (self.rows, self.mean, self.scale) = (rows, mean, scale)
  }

  /// The sum of all features' magnitudes.
  var magnitude: Double { rows.reduce(0) { $0 + abs($1) } }

  /// s_i, computed here and not by the library.
  func rowWeights(balanced: Bool) -> [Double] {
    let own = data.weights ?? Array(repeating: 1, count: data.count)
    guard balanced else { return own }
    var sums = Array(repeating: 0.0, count: data.classes.count)
    for (label, weight) in zip(data.labels, own) { sums[label] += weight }
    let total = own.reduce(0, +)
    return zip(data.labels, own).map { $1 * total / (Double(sums.count) * sums[$0]) }
  }

  /// A linear head in float64, as it acts on the rows that the peer was given.
  func coefficients(_ head: Head, _ fit: Fit) -> (weight: [Double], bias: [Double]) {
    let layer = head.layers[0]
    var weight = layer.weight.map { Double($0) }
    var bias = layer.bias.map { Double($0) }
    guard fit.isStandardized else { return (weight, bias) }
    for index in weight.indices {
      bias[index / dimension] += mean[index % dimension] * weight[index]
      weight[index] *= scale[index % dimension]
    }
    return (weight, bias)
  }

  /// W x + b for every row, n x outputs, in float64 from the head's own numbers.
  func scores(_ head: Head) -> [[Double]] {
    let layer = head.layers[0]
    let weight = layer.weight.map { Double($0) }
    return (0..<data.count).map { row in
      (0..<layer.outputs).map { output in
        var sum = 0.0
        for column in 0..<dimension {
          sum += rows[row * dimension + column] * weight[output * dimension + column]
        }
        return sum + Double(layer.bias[output])
      }
    }
  }

  /// scikit-learn's objective of logistic regression, by its definition, in float64.
  func logisticObjective(_ head: Head, _ fit: Fit) -> Double {
    let weights = rowWeights(balanced: fit.isBalanced)
    var loss = 0.0
    for (row, z) in scores(head).enumerated() {
      let label = data.labels[row]
      if z.count == 1 {
        loss += weights[row] * (max(z[0], 0) - Double(label) * z[0] + log1p(exp(-abs(z[0]))))
      } else {
        let largest = z.max() ?? 0
        loss += weights[row] * (largest + log(z.reduce(0) { $0 + exp($1 - largest) }) - z[label])
      }
    }
    let total = weights.reduce(0, +)
    let squares = coefficients(head, fit).weight.reduce(0) { $0 + $1 * $1 }
    return loss / total + squares / (2 * fit.c * total)
  }

  /// liblinear's primal objective summed over the problems, by its definition, in float64.
  func svmObjective(_ head: Head, _ fit: Fit, _ svm: LinearSVM) -> Double {
    let weights = rowWeights(balanced: fit.isBalanced)
    let (weight, bias) = coefficients(head, fit)
    var total = 0.5 * weight.reduce(0) { $0 + $1 * $1 }
    for b in bias { total += 0.5 * (b / svm.interceptScaling) * (b / svm.interceptScaling) }
    for (row, scores) in scores(head).enumerated() {
      for (k, score) in scores.enumerated() {
        let sign = data.labels[row] == (scores.count == 1 ? 1 : k) ? 1.0 : -1.0
        let hinge = max(0, 1 - sign * score)
        total += fit.c * weights[row] * (svm.loss == .squaredHinge ? hinge * hinge : hinge)
      }
    }
    return total
  }
}
