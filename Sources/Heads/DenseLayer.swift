/// y = W x + b.
public struct DenseLayer: Hashable, Sendable {
  /// Numbers in x.
  public let inputs: Int
  /// Numbers in y.
  public let outputs: Int
  /// W, outputs x inputs, row by row.
  public let weight: [Float]
  /// b
  public let bias: [Float]

  /// - Throws: `.malformed` where the counts do not fit, or a number is not finite.
  public init(inputs: Int, outputs: Int, weight: [Float], bias: [Float]) throws(HeadsError) {
    guard inputs > 0, outputs > 0, elementCount(of: [outputs, inputs]) == weight.count, bias.count == outputs
    else {
      throw HeadsError(
        .malformed,
        "a layer from \(inputs) to \(outputs) has \(weight.count) weights and \(bias.count) biases")
    }
    guard weight.allSatisfy(\.isFinite), bias.allSatisfy(\.isFinite) else {
      throw HeadsError(.diverged, "a layer from \(inputs) to \(outputs) has weights that are not finite")
    }
    self.inputs = inputs
    self.outputs = outputs
    self.weight = weight
    self.bias = bias
  }

  /// The layer that does to rows as they are stored what W and b do to standardised ones.
  ///
  /// - Throws: `.diverged` where a number is not finite.
  init(
    folding weight: [Double], bias: [Double], inputs: Int, _ columns: Standardization?
  ) throws(HeadsError) {
    var weight = weight
    var bias = bias
    if let columns {
      for output in bias.indices {
        for column in 0..<inputs {
          let index = output * inputs + column
          weight[index] /= columns.scale[column]
          bias[output] -= columns.mean[column] * weight[index]
        }
      }
    }
    try self.init(
      inputs: inputs, outputs: bias.count, weight: weight.map { Float($0) }, bias: bias.map { Float($0) })
  }

  /// W and b as they act on standardised rows: the inverse of folding.
  func unfolded(_ columns: Standardization?) -> (weight: [Double], bias: [Double]) {
    var weight = weight.map { Double($0) }
    var bias = bias.map { Double($0) }
    if let columns {
      for output in 0..<outputs {
        for column in 0..<inputs {
          let index = output * inputs + column
          bias[output] += columns.mean[column] * weight[index]
          weight[index] *= columns.scale[column]
        }
      }
    }
    return (weight, bias)
  }
}
