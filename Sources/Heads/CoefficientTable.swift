/// A head as a table of coefficients that scikit-learn's classes accept: a JSON object with
///
///     format         "permafrost-coefficients"
///     version        1
///     estimator      "LogisticRegression" (softmax, sigmoid), "LinearSVC" (margins) or "MLPClassifier"
///     normalization  "none", or "l2": rows have to go through `Normalizer` first
///     classes        `classes_`, names
///     coef           `coef_`, K x d, or 1 x d for two classes; of an MLPClassifier `coefs_`, one matrix a layer,
///                    inputs x outputs
///     intercept      `intercept_`, or `intercepts_`
///     activation     of an MLPClassifier: "relu" or "tanh"
///     calibration    where there is one: as in a head's file
///
/// Standardisation is in the coefficients. A softmax of two classes becomes one output, the difference of the head's. Numbers are exact.
extension Head {
  /// - Throws: `.invalidArgument` for hidden layers with GELU, which the peer does not know.
  public func coefficientTable() throws(HeadsError) -> String {
    var members: [JSONMember] = [
      JSONMember("format", "permafrost-coefficients"), JSONMember("version", 1),
    ]
    func add(_ name: String, _ value: JSONValue) { members.append(JSONMember(name, value)) }
    let isLinear = layers.count == 1
    let estimator = isLinear ? (output == .margins ? "LinearSVC" : "LogisticRegression") : "MLPClassifier"
    add("estimator", .string(estimator))
    add("normalization", normalizesRows ? "l2" : "none")
    add("classes", .array(classes.map { .string($0) }))
    let last = try Self.peerOutput(layers[layers.count - 1], output)
    if isLinear {
      add("coef", Self.rows(last.weight, of: last.inputs))
      add("intercept", Self.numbers(last.bias))
    } else {
      guard activation != .gelu else {
        throw HeadsError(.invalidArgument, "scikit-learn's MLPClassifier has no activation gelu")
      }
      let own = layers.dropLast() + [last]
      add("coef", .array(own.map { Self.rows(Self.transposed($0), of: $0.outputs) }))
      add("intercept", .array(own.map { Self.numbers($0.bias) }))
      add("activation", .string(activation.rawValue))
    }
    if let calibration { add("calibration", calibration.json) }
    return JSONValue.object(members).text()
  }

  /// Writes the table so that readers see the old file or the new one, never a part.
  ///
  /// - Throws: as `coefficientTable()`, and `.io` naming the path.
  public func write(coefficients path: String) throws(HeadsError) {
    let text = try coefficientTable() + "\n"
    do throws(TensorsError) { try AtomicFile.write(Array(text.utf8), to: path) } catch {
      throw HeadsError(error)
    }
  }

  /// The softmax of two logits is the sigmoid of their difference.
  private static func peerOutput(_ layer: DenseLayer, _ output: Output) throws(HeadsError) -> DenseLayer {
    guard output == .softmax, layer.outputs == 2 else { return layer }
    return try DenseLayer(
      inputs: layer.inputs, outputs: 1,
      weight: (0..<layer.inputs).map { layer.weight[layer.inputs + $0] - layer.weight[$0] },
      bias: [layer.bias[1] - layer.bias[0]])
  }

  private static func transposed(_ layer: DenseLayer) -> [Float] {
    (0..<layer.inputs).flatMap { input in
      (0..<layer.outputs).map { layer.weight[$0 * layer.inputs + input] }
    }
  }

  private static func rows(_ values: [Float], of length: Int) -> JSONValue {
    .array(
      stride(from: 0, to: values.count, by: length).map { numbers(Array(values[$0..<$0 + length])) })
  }

  private static func numbers(_ values: [Float]) -> JSONValue { .array(values.map { .number(Double($0)) }) }
}
