/// Where a network's weights come from.
public enum WeightSource: Sendable {
  /// A safetensors file or a PyTorch checkpoint.
  case file(String)
  /// Weights out of a number, see `SeededWeights`.
  case seed(UInt64)
  case checkpoint(Checkpoint)

  /// What a command line says: `seed:N`, else a path.
  ///
  /// - Throws: `.invalidArgument` where `seed:` is not followed by a number from 0 to 2^64 - 1.
  public init(_ text: String) throws(BackboneError) {
    guard text.hasPrefix("seed:") else {
      self = .file(text)
      return
    }
    let digits = text.dropFirst("seed:".count)
    guard let seed = UInt64(digits), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw BackboneError(.invalidArgument, "\(text) is no seed: expected seed:N with N from 0 to 2^64 - 1")
    }
    self = .seed(seed)
  }

  /// Opens the source and checks that it fits a network.
  ///
  /// - Parameter expected: every weight of the network, each once.
  /// - Throws: what `Checkpoint.init(path:)` and `Checkpoint.load(expected:policy:)` throw.
  public func load(
    expected: [ParameterSpec], policy: LoadPolicy = .strict
  ) throws(BackboneError) -> Parameters {
    switch self {
    case .file(let path): try Checkpoint(path: path).load(expected: expected, policy: policy)
    case .checkpoint(let checkpoint): try checkpoint.load(expected: expected, policy: policy)
    case .seed(let seed): Parameters(SeededWeights(seed: seed), expected: expected)
    }
  }
}

extension WeightSource {
  /// What the file itself says about the pictures it was trained on; `nil` where it says nothing, or nothing
  /// complete.
  var preprocessing: Preprocessing? {
    guard case .checkpoint(let checkpoint) = self else { return nil }
    let prefix = "preprocessing."
    let fields = checkpoint.metadata.filter { $0.key.hasPrefix(prefix) }.map {
      (String($0.key.dropFirst(prefix.count)), $0.value)
    }
    return Preprocessing(fields: Dictionary(fields) { first, _ in first })
  }
}

extension Checkpoint {
  /// Checks that the weights fit a network.
  ///
  /// `num_batches_tracked`, a counter that only training uses, may be there or not.
  ///
  /// - Throws: `.weightsMismatch`, whose one message names every weight that is missing, unexpected, of
  ///   another shape or not of a float type.
  public func load(
    expected: [ParameterSpec], policy: LoadPolicy = .strict
  ) throws(BackboneError) -> Parameters {
    var present: [ParameterSpec] = []
    var missing: [String] = []
    var problems: [String] = []
    for spec in expected where !WeightsDigest.leavesOut(spec.name) {
      guard let entry = entry(spec.name) else {
        missing.append(spec.name)
        continue
      }
      present.append(spec)
      if entry.shape != spec.shape {
        problems.append("weight \(spec.name) has shape \(entry.shape), expected \(spec.shape)")
      }
      if !entry.type.isFloat {
        problems.append("weight \(spec.name) has type \(entry.type.rawValue), expected a float type")
      }
    }
    let known = Set(expected.map(\.name))
    let unexpected = tensors.map(\.name).filter { !known.contains($0) && !WeightsDigest.leavesOut($0) }
    if policy == .strict || present.isEmpty {
      problems += missing.map { "weight \($0) is missing" }
      problems += unexpected.map { "weight \($0) is unexpected" }
    }
    guard problems.isEmpty else {
      throw BackboneError(
        .weightsMismatch, "\(path) does not fit the network: \(problems.joined(separator: "; "))")
    }
    return Parameters(self, present: present, missing: missing, unexpected: unexpected)
  }
}

extension ElementType {
  fileprivate var isFloat: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }
}
