#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension PerceptronNetwork {
  /// Loss and right answers of the logits, and, in the last pass's `delta`, the derivative of
  /// sum_i s_i loss_i / sum_i s_i by them.
  ///
  /// - Returns: sum_i s_i loss_i and how many rows are right.
  func loss(_ passes: inout [Pass], labels: [Int], weights: [Double]) -> (loss: Double, right: Int) {
    let last = layers.count - 1
    let logits = passes[last].activation
    let weightSum = weights.reduce(0, +)
    passes[last].delta.resize(rows: labels.count)
    var exponentials = [Double](repeating: 0, count: logits.columns)
    var total = 0.0
    var right = 0
    for (row, label) in labels.enumerated() {
      var best = 0
      for output in 0..<logits.columns where logits[row, output] > logits[row, best] { best = output }
      if best == label { right += 1 }
      let largest = Double(logits[row, best])
      var sum = 0.0
      for output in exponentials.indices {
        exponentials[output] = exp(Double(logits[row, output]) - largest)
        sum += exponentials[output]
      }
      total += weights[row] * (largest + log(sum) - Double(logits[row, label]))
      for output in exponentials.indices {
        let error = exponentials[output] / sum - (output == label ? 1 : 0)
        passes[last].delta[row, output] = weightSum > 0 ? Float(weights[row] / weightSum * error) : 0
      }
    }
    return (total, right)
  }

  /// Loss and gradients of one batch without dropout. Those of biases and normalisations stay in `passes`.
  ///
  /// - Returns: sum_i s_i loss_i / sum_i s_i and, for each layer, its derivative by the weights, inputs x outputs.
  package func gradients(
    _ input: PanelMatrix, labels: [Int], weights: [Double], _ passes: inout [Pass], on pool: WorkerPool
  ) -> (loss: Double, weights: [PanelMatrix]) {
    var generator = SeededGenerator(seed: 0)
    start(input, &passes, on: pool)
    forward(&passes, dropout: 0, &generator, isTraining: true, on: pool)
    let outcome = loss(&passes, labels: labels, weights: weights)
    backward(&passes, on: pool)
    let gradients = layers.enumerated().map { index, layer in
      var weight = layer.weight
      var gradient = PanelProducts.Moments(of: weight, hasSecond: false)
      var sums = PanelMatrix(rows: 0, columns: layer.outputs)
      PanelProducts.step(
        OptimizerStep(.none), &weight, &gradient, inputs: index == 0 ? input : passes[index - 1].activation,
        delta: passes[index].delta, next: nil, sums: &sums, on: pool)
      return gradient.first
    }
    return (outcome.loss / weights.reduce(0, +), gradients)
  }
}
