internal import Synchronization

/// A tensor that a network needs.
public struct ParameterSpec: Hashable, Sendable {
  public var name: String
  /// The length of each dimension.
  public var shape: [Int]

  public init(name: String, shape: [Int]) {
    self.name = name
    self.shape = shape
  }
}

/// Whether weights have to fit a network completely.
public enum LoadPolicy: Hashable, Sendable {
  /// The weights are exactly those of the network.
  case strict
  /// Weights may be missing, for layers that are never asked for, and others may be there besides. Those that
  /// both sides name still have to agree in shape.
  case partial
}

/// Weights that fit a network. Elements are read, or made, when a tensor is asked for.
public struct Parameters: Sendable {
  /// Names the network has and the weights lack; empty after a strict load.
  public let missing: [String]
  /// Names the weights have and the network lacks; empty after a strict load.
  public let unexpected: [String]
  /// Where the weights come from, for messages: a path, or `seed:N`.
  public let origin: String
  private let shapes: [String: [Int]]
  private let content: Content
  private let seededDigest = SharedDigest()

  private enum Content: Sendable {
    case checkpoint(Checkpoint)
    case seed(SeededWeights)
  }

  init(_ seeded: SeededWeights, expected: [ParameterSpec]) {
    missing = []
    unexpected = []
    origin = "seed:\(seeded.seed)"
    shapes = Dictionary(expected.map { ($0.name, $0.shape) }) { first, _ in first }
    content = .seed(seeded)
  }

  init(_ checkpoint: Checkpoint, present: [ParameterSpec], missing: [String], unexpected: [String]) {
    self.missing = missing
    self.unexpected = unexpected
    origin = checkpoint.path
    shapes = Dictionary(present.map { ($0.name, $0.shape) }) { first, _ in first }
    content = .checkpoint(checkpoint)
  }

  /// The digest of all the weights, as `Checkpoint.digest`; seeded weights have the digest of a file that
  /// held them.
  public func digest() throws(BackboneError) -> String {
    switch content {
    case .checkpoint(let checkpoint): return checkpoint.digest
    case .seed(let seeded):
      if let known = seededDigest.value.withLock({ $0 }) { return known }
      var digest = WeightsDigest()
      let ordered = shapes.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      for (name, shape) in ordered where !WeightsDigest.leavesOut(name) {
        let floats = try seeded.floats(name, shape: shape)
        unsafe floats.withUnsafeBytes { bytes in
          unsafe digest.add(name: name, type: .float32, shape: shape, bytes: bytes)
        }
      }
      let result = digest.finalized()
      seededDigest.value.withLock { $0 = result }
      return result
    }
  }

  /// The elements of a weight as float32, in row-major order.
  ///
  /// - Throws: `.missingWeights` where a partial load did not find it.
  public func floats(_ name: String) throws(BackboneError) -> [Float] {
    guard let shape = shapes[name] else { throw missingError([name]) }
    switch content {
    case .checkpoint(let checkpoint): return try checkpoint.floats(name)
    case .seed(let seeded): return try seeded.floats(name, shape: shape)
    }
  }

  /// Makes sure that these weights are there.
  ///
  /// - Throws: `.missingWeights` naming every one that is not.
  public func require(_ names: some Sequence<String>) throws(BackboneError) {
    let absent = names.filter { shapes[$0] == nil }
    guard absent.isEmpty else { throw missingError(absent) }
  }

  private func missingError(_ names: [String]) -> BackboneError {
    BackboneError(
      .missingWeights,
      "\(origin) does not hold \(names.count == 1 ? "weight" : "weights") \(names.joined(separator: ", "))")
  }
}

/// A digest that copies of a value share once one of them knows it.
private final class SharedDigest: Sendable {
  let value = Mutex<String?>(nil)
}
