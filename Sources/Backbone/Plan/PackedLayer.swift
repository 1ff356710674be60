internal import CPermafrostKernels
import Synchronization

/// Weights in the order in which a kernel reads them, with their bias.
final class PackedLayer: Sendable {
  let weights: AlignedFloats
  let bias: AlignedFloats?

  init(weights: AlignedFloats, bias: [Float]?) {
    self.weights = weights
    self.bias = bias.map { AlignedFloats($0) }
  }
}

/// The packed layers of one network, made when a plan first needs them and shared by all its plans.
final class PackedLayers: Sendable {
  private struct Key: Hashable {
    let layer: String
    let folded: Bool
    /// A linear layer's order depends on the map it reads.
    let input: FeatureShape
  }

  private let layers = Mutex<[Key: PackedLayer]>([:])

  /// What all of them hold.
  var bytes: Int {
    layers.withLock { layers in
      layers.values.reduce(0) { $0 + ($1.weights.count + ($1.bias?.count ?? 0)) * MemoryLayout<Float>.stride }
    }
  }

  /// - Throws: `.missingWeights`
  func layer(
    _ node: Graph.Node, batchNorm: Graph.Node?, input: FeatureShape, _ parameters: Parameters,
    pack: (LayerWeights) -> AlignedFloats
  ) throws(BackboneError) -> PackedLayer {
    try layer(
      Key(layer: node.name, folded: batchNorm != nil, input: input), pack: pack
    ) { () throws(BackboneError) in
      try LayerWeights(node, batchNorm: batchNorm, input: input, parameters)
    }
  }

  /// One of several layers that a node is made of, for inputs of this shape.
  ///
  /// - Parameter name: what its weights' names begin with
  /// - Throws: what `weights` throws
  func layer(
    named name: String, input: FeatureShape, pack: (LayerWeights) -> AlignedFloats,
    weights: () throws(BackboneError) -> LayerWeights
  ) throws(BackboneError) -> PackedLayer {
    try layer(Key(layer: name, folded: false, input: input), pack: pack, weights: weights)
  }

  private func layer(
    _ key: Key, pack: (LayerWeights) -> AlignedFloats,
    weights: () throws(BackboneError) -> LayerWeights
  ) throws(BackboneError) -> PackedLayer {
    if let packed = layers.withLock({ $0[key] }) { return packed }
    let weights = try weights()
    let packed = PackedLayer(weights: pack(weights), bias: weights.bias)
    layers.withLock { $0[key] = packed }
    return packed
  }
}
