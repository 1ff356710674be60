/// A graph of ONNX operators under construction (<https://onnx.ai/onnx/repo-docs/IR.html>; field numbers of
/// onnx.proto). Operators are those of opset 13, the file's IR version is 7: both of ONNX 1.8, of 2020, so that
/// old runtimes read it too.
struct ONNXGraph {
  static let irVersion = 7
  static let opset = 13

  private enum ElementType: Int {
    case float = 1
    case int64 = 7
  }

  private var nodes: [ProtobufMessage] = []
  private var constants: [ProtobufMessage] = []
  private var outputs: [ProtobufMessage] = []

  /// Adds an operator with one output; returns the output's name, which is `name`.
  mutating func node(
    _ operation: String, _ inputs: [String], name: String, integers: [(String, Int)] = [],
    integerLists: [(String, [Int])] = []
  ) -> String {
    var node = ProtobufMessage()
    for input in inputs { node.add(1, input) }
    node.add(2, name)
    node.add(3, name)
    node.add(4, operation)
    for (attribute, value) in integers {
      node.add(5) { message in
        message.add(1, attribute)
        message.add(3, value)
        message.add(20, 2)
      }
    }
    for (attribute, values) in integerLists {
      node.add(5) { message in
        message.add(1, attribute)
        for value in values { message.add(8, value) }
        message.add(20, 7)
      }
    }
    nodes.append(node)
    return name
  }

  /// Adds an array of float32; returns its name.
  mutating func constant(_ name: String, shape: [Int], _ values: [Float]) -> String {
    var tensor = ProtobufMessage()
    for length in shape { tensor.add(1, length) }
    tensor.add(2, ElementType.float.rawValue)
    tensor.add(8, name)
    tensor.add(9, bytesInMemory(values))
    constants.append(tensor)
    return name
  }

  /// Makes a float32 result an output of the graph, n x `width`.
  mutating func output(_ name: String, width: Int) {
    outputs.append(Self.value(name, .float, width: width))
  }

  /// Makes an int64 result an output of the graph, n numbers.
  mutating func labelOutput(_ name: String) { outputs.append(Self.value(name, .int64, width: nil)) }

  private static func value(_ name: String, _ type: ElementType, width: Int?) -> ProtobufMessage {
    var value = ProtobufMessage()
    value.add(1, name)
    value.add(2) { kind in
      kind.add(1) { tensor in
        tensor.add(1, type.rawValue)
        tensor.add(2) { shape in
          shape.add(1) { $0.add(2, "n") }
          if let width { shape.add(1) { $0.add(1, width) } }
        }
      }
    }
    return value
  }

  /// The file: a model of this graph with one float32 input, n x `width`.
  func model(input: String, width: Int, metadata: [(String, String)]) -> [UInt8] {
    var graph = ProtobufMessage()
    for node in nodes { graph.add(1, node) }
    graph.add(2, "head")
    for constant in constants { graph.add(5, constant) }
    graph.add(11, Self.value(input, .float, width: width))
    for output in outputs { graph.add(12, output) }
    var model = ProtobufMessage()
    model.add(1, Self.irVersion)
    model.add(2, "permafrost")
    model.add(7, graph)
    model.add(8) { $0.add(2, Self.opset) }
    for (key, value) in metadata {
      model.add(14) { entry in
        entry.add(1, key)
        entry.add(2, value)
      }
    }
    return model.bytes
  }
}
