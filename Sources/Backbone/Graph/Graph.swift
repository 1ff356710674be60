/// A network as data: named nodes in an order in which each stands after its inputs.
///
/// Node names are torchvision's: a module has its module path, a function call its FX name within its scope.
/// The same string names the weights, the layer in a hook or tap, and the column in a cache.
public struct Graph: Sendable {
  /// One operation with its name.
  public struct Node: Sendable {
    /// Dotted, unique within the graph.
    public let name: String
    public let operation: Operation
    /// Positions, in the graph's nodes, of what it reads.
    public let inputs: [Int]
    /// Shape of its output for one picture.
    public let shape: FeatureShape
    /// Weights it needs, with the full names they have in a checkpoint.
    public let parameters: [ParameterSpec]
    /// Multiply-adds for one picture; an FLOP count is twice that.
    public let multiplyAdds: Int
  }

  public internal(set) var nodes: [Node]

  /// Builds a graph for pictures of this size.
  ///
  /// - Parameters:
  ///   - height: rows of the input
  ///   - width: columns of the input
  ///   - build: adds the nodes to the builder
  /// - Throws: `.invalidGraph` naming the first node whose shape does not work out.
  public init(
    height: Int, width: Int, _ build: (inout GraphBuilder) -> Void
  ) throws(BackboneError) {
    var builder = GraphBuilder(height: height, width: width)
    build(&builder)
    if let error = builder.error { throw error }
    nodes = builder.nodes
  }

  /// Every weight the graph needs, in graph order.
  public var parameters: [ParameterSpec] { nodes.flatMap(\.parameters) }

  /// The node a name means: the node of that name, else the last node of the scope of that name.
  ///
  /// - Throws: `.unknownLayer` with the nearest names.
  public func node(named name: String) throws(BackboneError) -> Int {
    guard let last = members(of: name).last else {
      let candidates = nodes.map(\.name) + scopes
      let near = nearestNames(to: name, in: candidates)
      throw BackboneError(
        .unknownLayer, "no layer is named \(name); the nearest names are \(near.joined(separator: ", "))")
    }
    return last
  }

  /// The nodes a name covers: one node, or all of a scope; none where the name is unknown.
  func members(of name: String) -> [Int] {
    if let exact = nodes.firstIndex(where: { $0.name == name }) { return [exact] }
    let prefix = name + "."
    return nodes.indices.filter { nodes[$0].name.hasPrefix(prefix) }
  }

  /// Names of the scopes, such as `layer1` and `layer1.0`, in graph order.
  public var scopes: [String] {
    var seen: Set<String> = []
    var ordered: [String] = []
    for node in nodes {
      var scope = ""
      for part in node.name.split(separator: ".").dropLast() {
        scope += scope.isEmpty ? String(part) : "." + part
        if seen.insert(scope).inserted { ordered.append(scope) }
      }
    }
    return ordered
  }
}

extension Graph {
  /// Numbers that are learned; the running statistics of batch norms are not counted.
  public var parameterCount: Int { nodes.reduce(0) { $0 + $1.parameterCount } }
}

extension Graph.Node {
  /// Numbers that are learned; the running statistics of a batch norm are not counted.
  public var parameterCount: Int {
    parameters.filter { !$0.name.contains(".running_") }.reduce(0) { $0 + $1.shape.reduce(1, *) }
  }
}
