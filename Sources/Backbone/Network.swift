package import CPermafrostKernels
import Tensors

/// A frozen pretrained network: a graph and its weights. Immutable; share it as you like.
public struct Network: Sendable {
  public let architecture: Architecture
  public let graph: Graph
  /// How pictures must be prepared for these weights.
  public let preprocessing: Preprocessing
  private let parameters: Parameters
  private let packed = PackedLayers()

  /// - Parameters:
  ///   - architecture: which graph
  ///   - weights: where the weights are
  ///   - policy: whether every weight must be there; a partial load allows taps that need only what is there
  ///   - preprocessing: what the weights were trained with; `nil`: what the file's metadata says in the
  ///     fields of `Preprocessing.fields`, each behind `preprocessing.`, else torchvision's V1 preset
  /// - Throws: `.io`, `.malformedWeights`, `.weightsMismatch` with every missing, unexpected and misshapen
  ///   tensor, `.invalidGraph` where the preprocessing's picture size is too small for the network,
  ///   `.invalidArgument` where it does not give all pictures one size
  public init(
    _ architecture: Architecture, weights: WeightSource, policy: LoadPolicy = .strict,
    preprocessing: Preprocessing? = nil
  ) throws(BackboneError) {
    self.architecture = architecture
    var weights = weights
    if case .file(let path) = weights { weights = .checkpoint(try Checkpoint(path: path)) }
    let preprocessing = preprocessing ?? weights.preprocessing ?? architecture.preprocessing
    self.preprocessing = preprocessing
    guard let size = preprocessing.outputSize else {
      throw BackboneError(
        .invalidArgument, "the preprocessing gives pictures of many sizes, a network needs one: set a crop")
    }
    graph = try architecture.graph(height: size.height, width: size.width)
    parameters = try weights.load(expected: graph.parameters, policy: policy)
  }

  /// SHA-256 over the sorted (name, type, shape, bytes) of the weights, in hexadecimal.
  public func weightsDigest() throws(BackboneError) -> String { try parameters.digest() }

  /// Bytes of weights that its plans so far have put into the order of the kernels.
  public var packedBytes: Int { packed.bytes }

  /// Compiles the network for a set of taps.
  ///
  /// - Parameters:
  ///   - taps: the layers that are wanted
  ///   - hooks: closures to run on the way
  /// - Throws: `.unknownLayer` with the nearest names, `.hook` for a hook that could never fire,
  ///   `.missingWeights` where a partial load left out what a tap needs
  public func plan(tapping taps: [Tap], hooks: HookSet = HookSet()) throws(BackboneError) -> Plan {
    try plan(tapping: taps, hooks: hooks, isa: pf_isa_best())
  }

  /// The same with kernels of a given instruction set, to compare them.
  package func plan(
    tapping taps: [Tap], hooks: HookSet = HookSet(), isa: pf_isa,
    algorithms: ConvolutionAlgorithm.Choice = .table
  ) throws(BackboneError) -> Plan {
    try Plan(
      graph, taps: taps, hooks: hooks, parameters, packed(for: isa, algorithms), isa: isa,
      algorithms: algorithms)
  }

  /// Packed weights are shared by the plans of the usual instruction set; others pack their own.
  private func packed(for isa: pf_isa, _ algorithms: ConvolutionAlgorithm.Choice) -> PackedLayers {
    isa == pf_isa_best() && algorithms == .table ? packed : PackedLayers()
  }
}
