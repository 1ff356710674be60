/// Builds a graph, node by node. Families are written against it; so are networks of your own.
///
/// A shape that does not work out is remembered and thrown when the graph is finished, so that building code
/// reads without `try`.
public struct GraphBuilder {
  /// The output of a node while a graph is being built.
  public struct Value: Sendable {
    let node: Int
    public let shape: FeatureShape
    /// Channels of a map or of each token, length of a vector.
    public var channels: Int { shape.kind == .vector ? shape.count : shape.channels }
  }

  var nodes: [Graph.Node] = []
  var error: BackboneError?
  private var scopePath: [String] = []
  private var usedNames: Set<String> = []
  private let height: Int
  private let width: Int

  init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// The preprocessed picture; the first node of every graph.
  public mutating func input(channels: Int = 3) -> Value {
    if !nodes.isEmpty { fail("input", "is not the first node") }
    if height < 1 || width < 1 || height > 1 << 14 || width > 1 << 14 {
      fail("input", "cannot have the size \(height) x \(width)")
    }
    return append("input", .input, [], .map(channels, height, width))
  }

  /// Runs `body` with `name` before every name it gives.
  public mutating func scope<Result>(_ name: String, _ body: (inout GraphBuilder) -> Result) -> Result {
    scopePath.append(name)
    defer { scopePath.removeLast() }
    return body(&self)
  }

  /// Adds a node. A name that its scope has already gets `_1`, `_2`, ... as torch.fx names the second and
  /// later calls of one module or function. `parameters` are named below the node, `scopeParameters` below its
  /// scope.
  mutating func append(
    _ name: String, _ operation: Operation, _ inputs: [Value], _ shape: FeatureShape,
    parameters: [(suffix: String, shape: [Int])] = [],
    scopeParameters: [(name: String, shape: [Int])] = [], multiplyAdds: Int = 0
  ) -> Value {
    let base = (scopePath + [name]).joined(separator: ".")
    var unique = base
    var calls = 0
    while !usedNames.insert(unique).inserted {
      calls += 1
      unique = "\(base)_\(calls)"
    }
    if calls > 0 && !parameters.isEmpty { fail(base, "has weights and is used twice") }
    if shape.channels < 1 || shape.height < 1 || shape.width < 1 {
      fail(unique, "would give the shape \(shape)")
    }
    nodes.append(
      Graph.Node(
        name: unique, operation: operation, inputs: inputs.map(\.node), shape: shape,
        parameters: parameters.map { ParameterSpec(name: "\(unique).\($0.suffix)", shape: $0.shape) }
          + scopeParameters.map {
            ParameterSpec(name: (scopePath + [$0.name]).joined(separator: "."), shape: $0.shape)
          },
        multiplyAdds: multiplyAdds))
    return Value(node: nodes.count - 1, shape: shape)
  }

  /// Remembers the first thing that is wrong with the graph.
  mutating func fail(_ name: String, _ what: String) {
    error =
      error ?? BackboneError(.invalidGraph, "layer \((scopePath + [name]).joined(separator: ".")) \(what)")
  }
}
