/// How a convolution is computed. Chosen by the layer's shape alone: a layer has one order of sums for every
/// batch, thread count and set of taps.
package enum ConvolutionAlgorithm: Hashable, Sendable {
  /// A blocked matrix product that reads the picture in place.
  case implicitProduct
  /// Each channel by itself.
  case depthwise
  /// Winograd's minimal filtering with tiles of two sizes.
  case winograd(Tiles)

  /// Outputs of the larger and the smaller tile, a side.
  package enum Tiles: Hashable, Sendable {
    /// 6 and 4 outputs of 3 x 3 filters: up to 5.06 times fewer products, errors of some 1e-5 of the largest.
    case sixAndFour
    /// 4 and 3 outputs of 3 x 3 filters: up to 4 times fewer products, errors of some 1e-6.
    case fourAndThree
    /// 4 outputs of 5 x 5 filters: 6.25 times fewer products, errors of some 3e-6.
    case fourByFive
  }

  /// What a plan goes by.
  package enum Choice: Hashable, Sendable {
    /// The cost table.
    case table
    /// One algorithm wherever it is able to compute the layer, to test it.
    case forced(ConvolutionAlgorithm)
  }

  /// The cost table. The first row that fits a layer has been the fastest for its like.
  package init(
    _ layer: Operation.Convolution, input: FeatureShape, output: FeatureShape, _ choice: Choice = .table
  ) {
    if layer.isDepthwise(over: input) {
      self = .depthwise
      return
    }
    if case .forced(let wanted) = choice {
      self = wanted.canCompute(layer, input: input) ? wanted : .implicitProduct
      return
    }
    let side = min(output.height, output.width)
    let channels = min(input.channels, layer.channels) / layer.groups
    let rows: [(ConvolutionAlgorithm, when: Bool)] = [
      (.winograd(.sixAndFour), (side >= 24 && channels >= 128) || (side >= 14 && channels >= 512)),
      (.winograd(.fourAndThree), side >= 6 && channels >= 32),
      (.winograd(.fourByFive), side >= 12 && channels >= 32),
    ]
    self = rows.first { $0.when && $0.0.canCompute(layer, input: input) }?.0 ?? .implicitProduct
  }

  private func canCompute(_ layer: Operation.Convolution, input: FeatureShape) -> Bool {
    guard case .winograd(let tiles) = self else { return self == .implicitProduct }
    let channels = input.channels / layer.groups
    let outputs = layer.channels / layer.groups
    return layer.kernel == tiles.taps && layer.stride == 1 && layer.dilation == 1 && channels % 16 == 0
      && outputs % 16 == 0
  }

  /// Numbers that the packed weights hold for each of the layer's own.
  var growth: Double {
    guard case .winograd(let tiles) = self else { return 1 }
    return Double(tiles.points * tiles.points) / Double(tiles.taps * tiles.taps)
  }

  /// How many times fewer products than the definition needs, where tiles fit evenly.
  var saving: Double {
    guard case .winograd(let tiles) = self else { return 1 }
    let outputs = tiles.points - tiles.taps + 1
    return Double(outputs * outputs * tiles.taps * tiles.taps) / Double(tiles.points * tiles.points)
  }
}

extension ConvolutionAlgorithm.Tiles {
  var taps: Int { self == .fourByFive ? 5 : 3 }
  /// Products a side of the larger tile.
  var points: Int { self == .fourAndThree ? 6 : 8 }

  /// Whether tiles of an output of this size begin at even places, so that a 2 x 2 pool stays within them.
  func areEven(_ output: FeatureShape) -> Bool {
    self != .fourAndThree || (output.height % 4 == 0 && output.width % 4 == 0)
  }
}

extension ConvolutionAlgorithm: CustomStringConvertible {
  package var description: String {
    switch self {
    case .implicitProduct: "implicit GEMM"
    case .depthwise: "depthwise, channels in vectors"
    case .winograd(.sixAndFour): "Winograd F(6x6 + 4x4, 3x3)"
    case .winograd(.fourAndThree): "Winograd F(4x4 + 3x3, 3x3)"
    case .winograd(.fourByFive): "Winograd F(4x4, 5x5)"
    }
  }
}
