/// The weights of a multilayer perceptron in training.
package struct PerceptronNetwork {
  package struct Layer {
    package let inputs: Int
    package let outputs: Int
    /// inputs x outputs
    package var weight: PanelMatrix
    package var bias: [Float]
    /// Between the sums and the activation; never of the last layer.
    package var normalization: BatchNormalization?
  }

  package var layers: [Layer]
  let activation: Activation

  package init(
    widths: [Int], seed: UInt64, activation: Activation = .relu, hasBatchNormalization: Bool = false
  ) {
    self.activation = activation
    layers = zip(widths, widths.dropFirst()).enumerated().map { index, widths in
      var generator = SeededGenerator(seed: seed, stream: 1 << 32 + UInt64(index))
      let bound = 1 / Double(widths.0).squareRoot()
      func draw() -> Float { Float((2 * generator.unit() - 1) * bound) }
      let drawn = (0..<widths.0 * widths.1).map { _ in draw() }
      let weight = PanelMatrix(rows: widths.0, columns: widths.1, transposing: drawn)
      return Layer(
        inputs: widths.0, outputs: widths.1, weight: weight, bias: (0..<widths.1).map { _ in draw() })
    }
    if hasBatchNormalization {
      for index in layers.indices.dropLast() {
        layers[index].normalization = BatchNormalization(units: layers[index].outputs)
      }
    }
  }

  /// The layers that do the same to rows that are not standardised, with running averages folded in.
  func denseLayers(_ columns: Standardization?) throws(HeadsError) -> [DenseLayer] {
    try layers.enumerated().map { index, layer throws(HeadsError) in
      let columns = index == 0 ? columns : nil
      guard columns != nil || layer.normalization != nil else {
        return try DenseLayer(
          inputs: layer.inputs, outputs: layer.outputs, weight: layer.rowMajorWeight, bias: layer.bias)
      }
      let (weight, bias) = layer.folded()
      return try DenseLayer(folding: weight, bias: bias, inputs: layer.inputs, columns)
    }
  }
}

extension PerceptronNetwork.Layer {
  /// outputs x inputs, row by row
  fileprivate var rowMajorWeight: [Float] { weight.transposedValues() }

  /// Starts from weights that lie outputs x inputs, row by row.
  mutating func start(weight rowMajor: [Double], bias: [Double]) {
    weight = PanelMatrix(rows: inputs, columns: outputs, transposing: rowMajor.map { Float($0) })
    self.bias = bias.map { Float($0) }
  }

  /// Weights, outputs x inputs row by row, and biases that do the same without normalisation.
  func folded() -> (weight: [Double], bias: [Double]) {
    var weight = rowMajorWeight.map { Double($0) }
    var bias = bias.map { Double($0) }
    if let normalization {
      for output in 0..<outputs {
        let (factor, shifted) = normalization.folded(output, bias: bias[output])
        for index in output * inputs..<(output + 1) * inputs { weight[index] *= factor }
        bias[output] = shifted
      }
    }
    return (weight, bias)
  }
}
