import Heads
import Tensors
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The files in `Goldens/exports` have been run by `Goldens/check_exports.py` in ONNX Runtime and scikit-learn.
/// Exported heads must be these bytes. To make them anew, name another folder in PERMAFROST_EXPORTS, run these
/// tests, and give the folder to the script.
@Suite struct ExportTests {
  static let goldens =
    #filePath.prefix(through: #filePath.lastIndex(of: "/") ?? #filePath.startIndex)
    + "Goldens/exports"

  /// Heads of every kind, with weights from a generator.
  private func heads() throws -> [(name: String, head: Head)] {
    var random = SplitMix64(state: 41)
    func layer(_ inputs: Int, _ outputs: Int) throws -> DenseLayer {
      func draw(_ count: Int) -> [Float] { (0..<count).map { _ in Float(random.uniform()) } }
      let weight = draw(inputs * outputs)
      return try DenseLayer(inputs: inputs, outputs: outputs, weight: weight, bias: draw(outputs))
    }
    let three = ["a", "b \"c\"", "\u{e9}"]
    let two = ["no", "yes"]
    let linear = try layer(6, 3)
    let vector = try layer(6, 1)
    let platt = Calibration.platt(slopes: [2, -0.5, 1.25], offsets: [-0.25, 0.5, 0])
    var heads: [(String, Head)] = [
      (
        "softmax",
        try Head(layers: [linear], output: .softmax, classes: three, provenance: ["layer": "layer4.1"])
      ),
      ("softmax2", try Head(layers: [layer(6, 2)], output: .softmax, classes: two)),
      ("sigmoid", try Head(layers: [vector], output: .sigmoid, classes: two)),
      ("margins", try Head(layers: [linear], output: .margins, classes: three)),
      ("margins2", try Head(layers: [vector], output: .margins, classes: two)),
      ("normalized", try Head(layers: [linear], output: .softmax, classes: three, normalizesRows: true)),
      (
        "tempered",
        try Head(layers: [linear], output: .margins, classes: three, calibration: .temperature(0.37))
      ),
      (
        "tempered2",
        try Head(layers: [vector], output: .sigmoid, classes: two, calibration: .temperature(2.5))
      ),
      ("platt", try Head(layers: [linear], output: .margins, classes: three, calibration: platt)),
      (
        "platt2",
        try Head(
          layers: [vector], output: .margins, classes: two, calibration: .platt(slopes: [1.5], offsets: [0.4])
        )
      ),
    ]
    for activation in Activation.allCases {
      let layers = [try layer(6, 5), try layer(5, 4), try layer(4, 3)]
      heads.append(
        (
          "deep-\(activation.rawValue)",
          try Head(layers: layers, output: .softmax, classes: three, activation: activation)
        ))
    }
    heads.append(
      (
        "deep2",
        try Head(
          layers: [layer(6, 4), layer(4, 2)], output: .softmax, classes: two, normalizesRows: true,
          activation: .tanh)
      ))
    return heads
  }

  /// Rows of several sizes, one of zeros, which has no norm.
  private func features() throws -> FeatureMatrix {
    var random = SplitMix64(state: 43)
    var values = (0..<9 * 6).map { _ in Float(3 * random.uniform()) }
    for index in 12..<18 { values[index] *= 40 }
    return try FeatureMatrix(values + Array(repeating: 0, count: 6), dimension: 6)
  }

  private func expectation(_ head: Head) throws -> JSONValue {
    let features = try features()
    func rows(_ tensor: Tensor?) -> JSONValue {
      guard let tensor else { return .null }
      return .array(
        (0..<tensor.shape[0]).map { row in
          .array((0..<tensor.shape[1]).map { .number(Double(tensor[row, $0])) })
        })
    }
    return [
      "features": rows(try Tensor(shape: [10, 6], values: features.rows(0..<10))),
      "labels": .array(try head.predict(features).map { .integer($0) }),
      "decision": rows(try head.decision(features)),
      "probabilities": rows(try head.probabilities(features)),
      "classes": .array(head.classes.map { .string($0) }),
    ]
  }

  @Test func exportsAreThoseThatThePeersHaveRun() throws {
    let heads = try heads()
    #expect(heads.count == 14)
    try withTemporaryFolder { temporary in
      let wanted = unsafe getenv("PERMAFROST_EXPORTS").map { unsafe String(cString: $0) }
      let folder = wanted ?? temporary
      for (name, head) in heads {
        try head.write(onnx: "\(folder)/\(name).onnx")
        if head.activation != .gelu { try head.write(coefficients: "\(folder)/\(name).json") }
        let text = try expectation(head).text() + "\n"
        try AtomicFile.write(Array(text.utf8), to: "\(folder)/\(name).expected.json")
        guard wanted == nil else { continue }
        for file in head.activation == .gelu ? ["onnx"] : ["onnx", "json"] {
          let own = try FileBytes.read("\(folder)/\(name).\(file)", limit: 1 << 20)
          #expect(
            own == (try FileBytes.read("\(Self.goldens)/\(name).\(file)", limit: 1 << 20)), "\(name).\(file)")
        }
        let expected = try JSONParser.parse(
          try FileBytes.read("\(Self.goldens)/\(name).expected.json", limit: 1 << 20))
        #expect(
          distance(flat(try expectation(head)["decision"]).map { Float($0) }, flat(expected["decision"]))
            < 1e-6)
      }
    }
  }

  @Test func whatCannotBeExportedIsRefused() throws {
    let layer = try DenseLayer(inputs: 2, outputs: 2, weight: [1, 2, 3, 4], bias: [0, 0])
    let head = try Head(layers: [layer, layer], output: .softmax, classes: ["a", "b"], activation: .gelu)
    let error = #expect(throws: HeadsError.self) { try head.coefficientTable() }
    #expect(error?.code == .invalidArgument)
    let nowhere = #expect(throws: HeadsError.self) { try head.write(onnx: "/nonexistent/head.onnx") }
    #expect(nowhere?.code == .io)
  }
}
