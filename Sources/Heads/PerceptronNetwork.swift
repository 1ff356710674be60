#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The weights of a multilayer perceptron in training, and its forward and backward pass over one batch.
package struct PerceptronNetwork {
  package struct Layer {
    package let inputs: Int
    package let outputs: Int
    /// outputs x inputs
    package var weight: [Float]
    package var bias: [Float]
    /// Between the sums and the activation; never of the last layer.
    package var normalization: BatchNormalization?
  }

  /// What one batch leaves behind at a layer.
  package struct Pass {
    /// B x outputs: after activation and dropout, or the logits of the last layer.
    var activation: [Float] = []
    /// The activation's derivatives; empty for ReLU, whose output tells them.
    var slopes: [Float] = []
    /// What dropout multiplied each activation with; empty without it.
    var mask: [Float] = []
    /// B x outputs: the loss's derivative by this layer's sums.
    var delta: [Float] = []
    package var weightGradient: [Float] = []
    package var biasGradient: [Float] = []
    package var normalization = BatchNormalization.Pass()
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
      func draw(_ count: Int) -> [Float] {
        (0..<count).map { _ in Float((2 * generator.unit() - 1) * bound) }
      }
      return Layer(
        inputs: widths.0, outputs: widths.1, weight: draw(widths.0 * widths.1), bias: draw(widths.1))
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
      let (weight, bias) =
        layer.normalization?.folded(weight: layer.weight, bias: layer.bias, inputs: layer.inputs)
        ?? (layer.weight.map { Double($0) }, layer.bias.map { Double($0) })
      return try DenseLayer(
        folding: weight, bias: bias, inputs: layer.inputs, index == 0 ? columns : nil)
    }
  }

  package func makePasses() -> [Pass] {
    layers.map { layer in
      Pass(
        weightGradient: [Float](repeating: 0, count: layer.weight.count),
        biasGradient: [Float](repeating: 0, count: layer.outputs))
    }
  }

  /// Leaves the logits, B x K, in the last pass.
  ///
  /// - Parameters:
  ///   - input: B x d, of which the first `count` rows are used.
  ///   - dropout: the probability; 0 when predicting.
  ///   - isTraining: whether units are normalised by this batch.
  func forward(
    _ input: [Float], count: Int, _ passes: inout [Pass], dropout: Double, _ generator: inout SeededGenerator,
    isTraining: Bool
  ) {
    for (index, layer) in layers.enumerated() {
      let isLast = index == layers.count - 1
      let size = count * layer.outputs
      if passes[index].activation.count < size {
        passes[index].activation = [Float](repeating: 0, count: size)
      }
      BLAS.gemm(
        transposeB: true, m: count, n: layer.outputs, k: layer.inputs,
        index == 0 ? input : passes[index - 1].activation, layer.weight, into: &passes[index].activation)
      for row in 0..<count {
        for output in 0..<layer.outputs {
          let position = row * layer.outputs + output
          passes[index].activation[position] += layer.bias[output]
        }
      }
      guard !isLast else { continue }
      activate(&passes[index], layer, count: count, isTraining: isTraining)
      guard dropout > 0 else { continue }
      let kept = Float(1 / (1 - dropout))
      passes[index].mask = (0..<size).map { _ in generator.unit() < dropout ? 0 : kept }
      for position in 0..<size { passes[index].activation[position] *= passes[index].mask[position] }
    }
  }

  /// A hidden layer's sums become its output.
  private func activate(_ pass: inout Pass, _ layer: Layer, count: Int, isTraining: Bool) {
    if isTraining {
      layer.normalization?.apply(&pass.activation, count: count, &pass.normalization)
    } else {
      layer.normalization?.apply(&pass.activation, count: count)
    }
    activation.apply(&pass.activation, count: count * layer.outputs, slopes: &pass.slopes)
  }

  /// Loss and right answers of the logits, and, in the last pass's `delta`, the derivative of
  /// sum_i s_i loss_i / sum_i s_i by them.
  ///
  /// - Returns: sum_i s_i loss_i and how many rows are right.
  func loss(
    _ passes: inout [Pass], labels: [Int], weights: [Double]
  ) -> (loss: Double, right: Int) {
    let last = layers.count - 1
    let outputs = layers[last].outputs
    let weightSum = weights.reduce(0, +)
    var delta = [Float](repeating: 0, count: labels.count * outputs)
    var total = 0.0
    var right = 0
    for (row, label) in labels.enumerated() {
      let logits = passes[last].activation[row * outputs..<(row + 1) * outputs]
      var best = logits.startIndex
      for index in logits.indices where logits[index] > logits[best] { best = index }
      if best - logits.startIndex == label { right += 1 }
      let largest = Double(logits[best])
      let exponentials = logits.map { exp(Double($0) - largest) }
      let sum = exponentials.reduce(0, +)
      total += weights[row] * (largest + log(sum) - Double(logits[logits.startIndex + label]))
      guard weightSum > 0 else { continue }
      for output in 0..<outputs {
        let error = exponentials[output] / sum - (output == label ? 1 : 0)
        delta[row * outputs + output] = Float(weights[row] / weightSum * error)
      }
    }
    passes[last].delta = delta
    return (total, right)
  }

  /// The gradients of all layers, from the last pass's `delta` downwards.
  func backward(_ input: [Float], count: Int, _ passes: inout [Pass]) {
    for index in layers.indices.reversed() {
      let layer = layers[index]
      BLAS.gemm(
        transposeA: true, m: layer.outputs, n: layer.inputs, k: count, passes[index].delta,
        index == 0 ? input : passes[index - 1].activation, into: &passes[index].weightGradient)
      for output in 0..<layer.outputs {
        // Normalising takes a bias out again; rounding, which Adam would blow up, is not its gradient.
        passes[index].biasGradient[output] =
          layer.normalization != nil
          ? 0 : (0..<count).reduce(0) { $0 + passes[index].delta[$1 * layer.outputs + output] }
      }
      guard index > 0 else { break }
      let size = count * layer.inputs
      if passes[index - 1].delta.count < size {
        passes[index - 1].delta = [Float](repeating: 0, count: size)
      }
      BLAS.gemm(
        m: count, n: layer.inputs, k: layer.outputs, passes[index].delta, layer.weight,
        into: &passes[index - 1].delta)
      passToSums(&passes[index - 1], layers[index - 1], count: count)
    }
  }

  /// Turns the derivatives by a hidden layer's output into those by its sums.
  private func passToSums(_ pass: inout Pass, _ layer: Layer, count: Int) {
    let size = count * layer.outputs
    let hasMask = !pass.mask.isEmpty
    if activation == .relu {
      // A unit that ReLU or dropout silenced passes nothing on.
      for position in 0..<size {
        if pass.activation[position] <= 0 {
          pass.delta[position] = 0
        } else if hasMask {
          pass.delta[position] *= pass.mask[position]
        }
      }
    } else {
      for position in 0..<size { pass.delta[position] *= pass.slopes[position] }
      if hasMask {
        for position in 0..<size { pass.delta[position] *= pass.mask[position] }
      }
    }
    layer.normalization?.backward(&pass.delta, count: count, &pass.normalization)
  }

  /// Loss and gradients of one batch without dropout; returns sum_i s_i loss_i / sum_i s_i.
  @discardableResult
  package func gradients(
    _ input: [Float], labels: [Int], weights: [Double], _ passes: inout [Pass]
  ) -> Double {
    var generator = SeededGenerator(seed: 0)
    forward(input, count: labels.count, &passes, dropout: 0, &generator, isTraining: true)
    let outcome = loss(&passes, labels: labels, weights: weights)
    backward(input, count: labels.count, &passes)
    return outcome.loss / weights.reduce(0, +)
  }
}
