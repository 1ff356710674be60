extension PerceptronNetwork {
  /// What one batch leaves behind at a layer.
  package struct Pass {
    /// B x outputs: sums first, then what activation and dropout make of them; of the last layer the logits.
    var activation: PanelMatrix
    /// The activation's derivatives; not of ReLU, whose output tells them.
    var slopes: PanelMatrix
    /// What dropout multiplied each activation with; `nil` without it.
    var mask: PanelMatrix?
    /// B x outputs: the loss's derivative by this layer's sums.
    var delta: PanelMatrix
    /// outputs x inputs: the weights as the layer below needs them.
    var transposed: PanelMatrix
    package var biasGradient: [Float] = []
    package var normalization: BatchNormalization.Pass
  }

  package func makePasses() -> [Pass] {
    layers.enumerated().map { index, layer in
      let empty = PanelMatrix(rows: 0, columns: layer.outputs)
      return Pass(
        activation: empty, slopes: empty, mask: nil, delta: empty,
        transposed: PanelMatrix(rows: index == 0 ? 0 : layer.outputs, columns: layer.inputs),
        normalization: .init(normalized: empty))
    }
  }

  /// Leaves a batch's sums in the first pass.
  ///
  /// - Parameter input: B x d
  func start(_ input: PanelMatrix, _ passes: inout [Pass], on pool: WorkerPool) {
    PanelProducts.multiply(input, layers[0].weight, into: &passes[0].activation, on: pool)
  }

  /// Turns the sums in the first pass into logits, B x K, in the last.
  ///
  /// - Parameters:
  ///   - dropout: the probability; 0 when predicting.
  ///   - isTraining: whether units are normalised by this batch.
  func forward(
    _ passes: inout [Pass], dropout: Double, _ generator: inout SeededGenerator, isTraining: Bool,
    on pool: WorkerPool
  ) {
    for (index, layer) in layers.enumerated() {
      if index > 0 {
        let inputs = passes[index - 1].activation
        PanelProducts.multiply(inputs, layer.weight, into: &passes[index].activation, on: pool)
      }
      passes[index].activation.add(layer.bias, on: pool)
      guard index < layers.count - 1 else { return }
      activate(&passes[index], layer, isTraining: isTraining, on: pool)
      passes[index].drop(dropout, &generator, on: pool)
    }
  }

  /// A hidden layer's sums become its output.
  private func activate(_ pass: inout Pass, _ layer: Layer, isTraining: Bool, on pool: WorkerPool) {
    if isTraining {
      layer.normalization?.apply(&pass.activation, &pass.normalization, on: pool)
    } else {
      layer.normalization?.apply(&pass.activation, on: pool)
    }
    activation.apply(&pass.activation, slopes: &pass.slopes, on: pool)
  }

  /// The derivatives of all layers' sums, and the gradients of their biases and normalisations, from the last
  /// pass's `delta` downwards.
  func backward(_ passes: inout [Pass], on pool: WorkerPool) {
    for index in layers.indices.reversed() {
      let layer = layers[index]
      // Normalising takes a bias out again; rounding, which Adam would blow up, is not its gradient.
      passes[index].biasGradient =
        layer.normalization == nil
        ? passes[index].delta.columnSums(on: pool) : Array(repeating: 0, count: layer.outputs)
      guard index > 0 else { break }
      layer.weight.transpose(into: &passes[index].transposed, on: pool)
      let pass = passes[index]
      PanelProducts.multiply(pass.delta, pass.transposed, into: &passes[index - 1].delta, on: pool)
      passToSums(&passes[index - 1], layers[index - 1], on: pool)
    }
  }

  /// Turns the derivatives by a hidden layer's output into those by its sums.
  private func passToSums(_ pass: inout Pass, _ layer: Layer, on pool: WorkerPool) {
    if let mask = pass.mask { pass.delta.multiply(by: mask, on: pool) }
    if activation == .relu {
      // A unit that ReLU or dropout silenced passes nothing on.
      pass.delta.combine(with: pass.activation, on: pool) { delta, output in output > 0 ? delta : 0 }
    } else {
      pass.delta.multiply(by: pass.slopes, on: pool)
    }
    layer.normalization?.backward(&pass.delta, &pass.normalization, on: pool)
  }
}

extension PerceptronNetwork.Pass {
  /// Silences units at random and scales the others up. Numbers are drawn row by row.
  fileprivate mutating func drop(
    _ probability: Double, _ generator: inout SeededGenerator, on pool: WorkerPool
  ) {
    guard probability > 0 else {
      mask = nil
      return
    }
    let kept = Float(1 / (1 - probability))
    var drawn = mask ?? PanelMatrix(rows: 0, columns: activation.columns)
    mask = nil  // one owner, so that writing does not copy
    drawn.resize(rows: activation.rows)
    for row in 0..<drawn.rows {
      for column in 0..<drawn.columns { drawn[row, column] = generator.unit() < probability ? 0 : kept }
    }
    activation.multiply(by: drawn, on: pool)
    mask = drawn
  }
}
