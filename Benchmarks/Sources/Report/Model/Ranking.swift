/// The heads' order and the names and marks that tell them apart, the same in every figure.
struct Ranking {
  /// How a head is drawn: colour by its kind, shape by its layer, or by its kind too where there is one
  /// layer.
  struct Mark {
    var color: Int
    var shape: Int
  }

  let report: ComparisonReport
  /// Indices of the compared heads, best first; equal ones in the given order.
  let order: [Int]
  /// Whether the compared heads stand on more than one layer, so that a name alone does not tell them apart.
  let hasSeveralLayers: Bool
  /// Whether they stand on more than one network.
  let hasSeveralNetworks: Bool
  /// Whether a network alone tells its layer.
  private let hasOneLayerEach: Bool
  /// How all layers are pooled, `:average`, which then tells none from another; empty where they differ.
  let pooling: String
  private let kinds: [String]
  private let layers: [String]

  init(_ report: ComparisonReport) {
    self.report = report
    order = Self.sorted(report.heads)
    layers = Self.distinct(report.heads.map { $0.network + " " + $0.layer })
    hasSeveralLayers = layers.count > 1
    let networks = Set(report.heads.map(\.network))
    hasSeveralNetworks = networks.count > 1
    hasOneLayerEach = networks.count == layers.count
    pooling = Self.commonPooling(report.heads.map(\.layer))
    kinds = Self.distinct(report.heads.map(\.name) + report.controls.flatMap { $0.heads.map(\.name) })
  }

  /// The compared heads, best first.
  var heads: [HeadResult] { order.map { report.heads[$0] } }

  /// The head's name, with what tells it from others of that name: network, layer or both.
  func label(_ head: HeadResult) -> String {
    guard hasSeveralLayers, !head.layer.isEmpty else { return head.name }
    guard !hasSeveralNetworks || !hasOneLayerEach else { return "\(head.name) on \(head.network)" }
    return "\(head.name) on \(shortLayer(place(head)))"
  }

  /// A layer's name without the pooling that all have.
  func shortLayer(_ name: String) -> String {
    !pooling.isEmpty && name.hasSuffix(pooling) ? String(name.dropLast(pooling.count)) : name
  }

  /// The layer, with its network where there are several.
  func place(_ head: HeadResult) -> String {
    hasSeveralNetworks && !head.network.isEmpty ? "\(head.network) \(head.layer)" : head.layer
  }

  /// Layer and parameters in one line: `layer4:average · C = 0.01`.
  func detail(_ head: HeadResult) -> String {
    ((head.layer.isEmpty ? [] : [place(head)]) + [Self.parameters(head)].filter { !$0.isEmpty })
      .joined(separator: " · ")
  }

  func mark(_ head: HeadResult) -> Mark {
    let kind = kinds.firstIndex(of: head.name) ?? 0
    let layer = layers.firstIndex(of: head.network + " " + head.layer) ?? 0
    return Mark(color: kind % Palette.seriesCount, shape: hasSeveralLayers ? layer : kind)
  }

  /// The colour of a kind of head.
  func color(ofKind name: String) -> Int { (kinds.firstIndex(of: name) ?? 0) % Palette.seriesCount }

  /// The test of two heads, turned so that its `a` is the first of them.
  func pair(_ first: Int, _ second: Int) -> HeadPair? {
    for pair in report.pairs {
      if pair.a == first, pair.b == second { return pair }
      if pair.a == second, pair.b == first { return pair.turned }
    }
    return nil
  }

  /// The head's parameters in one line.
  static func parameters(_ head: HeadResult) -> String {
    head.parameters.map { "\($0.name) = \($0.value)" }.joined(separator: ", ")
  }

  /// Indices by falling accuracy; those that are not a number come last.
  static func sorted(_ heads: [HeadResult]) -> [Int] {
    func key(_ index: Int) -> Double { heads[index].accuracy.isNaN ? -.infinity : heads[index].accuracy }
    return heads.indices.sorted { key($0) != key($1) ? key($0) > key($1) : $0 < $1 }
  }

  private static func commonPooling(_ layers: [String]) -> String {
    let poolings = Set(layers.map { layer in layer.lastIndex(of: ":").map { String(layer[$0...]) } ?? "" })
    return poolings.count == 1 && Set(layers).count > 1 ? poolings.first ?? "" : ""
  }

  private static func distinct(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}
