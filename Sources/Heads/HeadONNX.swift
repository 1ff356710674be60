/// A head as an ONNX model of opset 13.
///
/// Input `features`, float32 n x d, as rows are stored. Outputs: `label`, int64 n, indices into the classes;
/// `decision`, float32 n x K or n x 1, the last layer's numbers; and, where the head has probabilities,
/// `probabilities`, float32 n x K. Rows that a head normalises are normalised in the model, standardisation is in
/// the first layer's weights, and a calibration is part of the probabilities.
///
/// Metadata: `classes`, a JSON array of names; `output`, `normalization` and `provenance.` entries as in a head's
/// file.
extension Head {
  /// The model's bytes.
  ///
  /// - Throws: `.invalidArgument` where they would be more than the format's 2 GiB.
  public func onnx() throws(HeadsError) -> [UInt8] {
    let size = layers.reduce(0) { $0 + 4 * ($1.weight.count + $1.bias.count) }
    guard size < (1 << 31) - (1 << 20) else {
      throw HeadsError(.invalidArgument, "\(size) bytes of weights are too many for an ONNX file")
    }
    var graph = ONNXGraph()
    var x = "features"
    if normalizesRows { x = Self.normalize(x, &graph) }
    for (index, layer) in layers.enumerated() {
      let isLast = index == layers.count - 1
      let weight = graph.constant(
        "layers.\(index).weight", shape: [layer.outputs, layer.inputs], layer.weight)
      let bias = graph.constant("layers.\(index).bias", shape: [layer.outputs], layer.bias)
      x = graph.node(
        "Gemm", [x, weight, bias], name: isLast ? "decision" : "layers.\(index)", integers: [("transB", 1)])
      if !isLast { x = activate(x, name: "layers.\(index).activation", &graph) }
    }
    let width = layers[layers.count - 1].outputs
    var logits = calibrate(x, width, &graph)
    if width == 1 {
      // Two columns, of which the first is the larger at 0, as everywhere in this module.
      let negative = graph.node("Neg", [logits], name: "negative")
      logits = graph.node("Concat", [negative, logits], name: "both", integers: [("axis", 1)])
    }
    _ = graph.node("ArgMax", [logits], name: "label", integers: [("axis", 1), ("keepdims", 0)])
    graph.labelOutput("label")
    graph.output("decision", width: width)
    if hasProbabilities {
      _ =
        width == 1
        ? graph.node("Sigmoid", [logits], name: "probabilities")
        : graph.node("Softmax", [logits], name: "probabilities", integers: [("axis", 1)])
      graph.output("probabilities", width: classes.count)
    }
    let noted = provenance.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return graph.model(
      input: "features", width: dimension,
      metadata: [
        ("classes", JSONValue.array(classes.map { .string($0) }).text()), ("output", output.rawValue),
        ("normalization", normalizesRows ? "l2" : "none"),
      ] + noted.map { (HeadFile.provenancePrefix + $0.key, $0.value) })
  }

  /// Writes the model so that readers see the old file or the new one, never a part.
  ///
  /// - Throws: as `onnx()`, and `.io` naming the path.
  public func write(onnx path: String) throws(HeadsError) {
    let bytes = try onnx()
    do throws(TensorsError) { try AtomicFile.write(bytes, to: path) } catch { throw HeadsError(error) }
  }

  /// Rows divided by their norms; zeros stay.
  private static func normalize(_ x: String, _ graph: inout ONNXGraph) -> String {
    let norm = graph.node(
      "ReduceL2", [x], name: "norm", integers: [("keepdims", 1)], integerLists: [("axes", [1])])
    let least = graph.constant("least", shape: [1], [.leastNormalMagnitude])
    let divisor = graph.node("Max", [norm, least], name: "divisor")
    return graph.node("Div", [x, divisor], name: "normalized")
  }

  private func activate(_ x: String, name: String, _ graph: inout ONNXGraph) -> String {
    switch activation {
    case .relu: return graph.node("Relu", [x], name: name)
    case .tanh: return graph.node("Tanh", [x], name: name)
    case .gelu:
      // The operator Gelu is of opset 20.
      let root = graph.constant("\(name).root", shape: [1], [Float(0.5.squareRoot())])
      let one = graph.constant("\(name).one", shape: [1], [1])
      let half = graph.constant("\(name).half", shape: [1], [0.5])
      let scaled = graph.node("Mul", [x, root], name: "\(name).scaled")
      let erf = graph.node("Erf", [scaled], name: "\(name).erf")
      let sum = graph.node("Add", [erf, one], name: "\(name).sum")
      let product = graph.node("Mul", [x, sum], name: "\(name).product")
      return graph.node("Mul", [product, half], name: name)
    }
  }

  private func calibrate(_ x: String, _ width: Int, _ graph: inout ONNXGraph) -> String {
    switch calibration {
    case nil: return x
    case .temperature(let temperature):
      let inverse = graph.constant("inverse_temperature", shape: [1], [Float(1 / temperature)])
      return graph.node("Mul", [x, inverse], name: "tempered")
    case .platt(let slopes, let offsets):
      let slope = graph.constant("slopes", shape: [width], slopes.map { Float($0) })
      let offset = graph.constant("offsets", shape: [width], offsets.map { Float($0) })
      let product = graph.node("Mul", [x, slope], name: "sloped")
      let sum = graph.node("Add", [product, offset], name: "shifted")
      guard width > 1 else { return sum }
      // log sigmoid(z) = -softplus(-z)
      let negative = graph.node("Neg", [sum], name: "shifted.negative")
      let softplus = graph.node("Softplus", [negative], name: "softplus")
      return graph.node("Neg", [softplus], name: "log_sigmoid")
    }
  }
}
