/// A head's file: safetensors.
///
/// Tensors, all F32: `layers.0.weight` [outputs, inputs] and `layers.0.bias` [outputs], then `layers.1.weight`
/// and so on; between layers stands the activation. Any standardisation of features is folded into `layers.0`.
///
/// Metadata, all strings: `format` is `permafrost-head`, `version` is `1`, or `2` where the head has one of the next
/// two, which readers of version 1 do not know; `activation` is `gelu` or `tanh` (absent: `relu`); `calibration`
/// is a JSON object, {"temperature": T} or {"slopes": [...], "offsets": [...]} (absent: none); `output` is `softmax`, `sigmoid` or
/// `margins`, `normalization` is `none` or `l2` (each feature row is divided by its Euclidean norm first),
/// `classes` is a JSON array of names. Whatever the caller noted stands under `provenance.` and its name.
enum HeadFile {
  static let format = "permafrost-head"
  static let versions = ["1", "2"]
  static let provenancePrefix = "provenance."
}

extension Head {
  /// Writes the head so that readers see the old file or the new one, never a part.
  ///
  /// - Throws: `.io` naming the path.
  public func write(to path: String) throws(HeadsError) {
    do throws(TensorsError) { try AtomicFile.write(try encoded(), to: path) } catch {
      throw HeadsError(error)
    }
  }

  package func encoded() throws(TensorsError) -> [UInt8] {
    var metadata = [
      "format": HeadFile.format, "version": HeadFile.versions[0], "output": output.rawValue,
      "normalization": normalizesRows ? "l2" : "none",
      "classes": JSONValue.array(classes.map { .string($0) }).text(),
    ]
    if layers.count > 1 && activation != .relu { metadata["activation"] = activation.rawValue }
    metadata["calibration"] = calibration?.json.text()
    if metadata["activation"] != nil || metadata["calibration"] != nil {
      metadata["version"] = HeadFile.versions[1]
    }
    for (name, value) in provenance { metadata[HeadFile.provenancePrefix + name] = value }
    let items = layers.enumerated().flatMap { index, layer in
      [
        SafetensorsWriter.Item(
          "layers.\(index).weight", shape: [layer.outputs, layer.inputs], layer.weight),
        SafetensorsWriter.Item("layers.\(index).bias", shape: [layer.outputs], layer.bias),
      ]
    }
    return try SafetensorsWriter.file(items, metadata: metadata)
  }

  /// Reads a head. The file may come from anyone: whatever does not describe one head exactly is refused.
  ///
  /// - Throws: `.io` where the file cannot be read, `.malformed` naming the path and what is wrong.
  public init(path: String) throws(HeadsError) {
    let bytes: FileBytes
    do throws(TensorsError) { bytes = try FileBytes(mapping: path) } catch { throw HeadsError(error) }
    try self.init(bytes)
  }

  package init(_ bytes: FileBytes) throws(HeadsError) {
    func fail(_ what: String) -> HeadsError { HeadsError(.malformed, "\(bytes.name): \(what)") }
    let file: SafetensorsFile
    do throws(TensorsError) { file = try SafetensorsFile(bytes) } catch { throw HeadsError(error) }
    guard file.metadata["format"] == HeadFile.format else { throw fail("is no head of Permafrost") }
    guard let version = file.metadata["version"], HeadFile.versions.contains(version) else {
      throw fail("has version \(file.metadata["version"] ?? "none"), 1 and 2 are understood")
    }
    guard let activation = Activation(rawValue: file.metadata["activation"] ?? "relu") else {
      throw fail("its activation is none of \(Activation.allCases.map(\.rawValue))")
    }
    let calibration = try file.metadata["calibration"].map { text throws(HeadsError) in
      guard let calibration = Calibration(json: text) else { throw fail("its calibration is none") }
      return calibration
    }
    guard let output = file.metadata["output"].flatMap(Output.init(rawValue:)) else {
      throw fail("its output is none of \(Output.allCases.map(\.rawValue))")
    }
    let normalizations = ["none": false, "l2": true]
    guard let normalizesRows = file.metadata["normalization"].flatMap({ normalizations[$0] }) else {
      throw fail("its normalization is neither none nor l2")
    }
    guard let classes = Self.classNames(file.metadata["classes"]) else {
      throw fail("its classes are no JSON array of strings")
    }
    let layers = try Self.layers(of: file, fail)
    let provenance = file.metadata.compactMap { name, value in
      name.hasPrefix(HeadFile.provenancePrefix)
        ? (String(name.dropFirst(HeadFile.provenancePrefix.count)), value) : nil
    }
    do throws(HeadsError) {
      try self.init(
        layers: layers, output: output, classes: classes, normalizesRows: normalizesRows,
        provenance: Dictionary(provenance) { first, _ in first }, activation: activation,
        calibration: calibration)
    } catch { throw fail(error.message) }
  }

  private static func classNames(_ text: String?) -> [String]? {
    guard let text, let json = try? JSONParser.parse(Array(text.utf8)), let array = json.array else {
      return nil
    }
    let names = array.compactMap(\.string)
    return names.count == array.count ? names : nil
  }

  private static func layers(
    of file: SafetensorsFile, _ fail: (String) -> HeadsError
  ) throws(HeadsError) -> [DenseLayer] {
    let count = file.entries.count / 2
    var layers: [DenseLayer] = []
    for index in 0..<count {
      guard let weight = file["layers.\(index).weight"], let bias = file["layers.\(index).bias"],
        weight.type == .float32, bias.type == .float32, weight.shape.count == 2, bias.shape.count == 1
      else { throw fail("has no F32 layer \(index) with a weight and a bias") }
      do throws(TensorsError) {
        let values = (try file.floats(weight), try file.floats(bias))
        do throws(HeadsError) {
          layers.append(
            try DenseLayer(
              inputs: weight.shape[1], outputs: weight.shape[0], weight: values.0, bias: values.1))
        } catch { throw TensorsError(.malformed, error.message) }
      } catch { throw fail("layer \(index): \(error.message)") }
    }
    guard count * 2 == file.entries.count else { throw fail("has a tensor that belongs to no layer") }
    return layers
  }
}

extension Calibration {
  var json: JSONValue {
    switch self {
    case .temperature(let temperature): ["temperature": .number(temperature)]
    case .platt(let slopes, let offsets):
      [
        "slopes": .array(slopes.map { .number($0) }), "offsets": .array(offsets.map { .number($0) }),
      ]
    }
  }

  fileprivate init?(json text: String) {
    guard let json = try? JSONParser.parse(Array(text.utf8)) else { return nil }
    if let temperature = json["temperature"]?.number {
      self = .temperature(temperature)
    } else if let slopes = json["slopes"]?.array, let offsets = json["offsets"]?.array {
      let numbers = (slopes.compactMap(\.number), offsets.compactMap(\.number))
      guard numbers.0.count == slopes.count, numbers.1.count == offsets.count else { return nil }
      self = .platt(slopes: numbers.0, offsets: numbers.1)
    } else {
      return nil
    }
  }
}
