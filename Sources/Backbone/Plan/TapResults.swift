/// What a run's taps have given so far.
struct TapResults {
  private struct Part {
    let tap: Int
    let first: Int
    let values: [Float]
  }

  private let plan: Plan
  private var parts: [Part] = []

  init(_ plan: Plan) { self.plan = plan }

  /// Takes a node's rows if it is tapped.
  mutating func take(_ node: Int, from executor: Executor) {
    for (tap, tapped) in plan.tappedNodes.enumerated() where tapped == node {
      let rows = executor.rows(node, plan.taps[tap].pooling)
      parts.append(Part(tap: tap, first: executor.first, values: rows))
    }
  }

  mutating func add(_ other: TapResults) { parts += other.parts }

  /// For each tap, [batch][dimension].
  var values: [[Float]] {
    plan.taps.indices.map { tap in
      let these = parts.filter { $0.tap == tap }
      if these.count == 1 { return these[0].values }
      return these.sorted { $0.first < $1.first }.flatMap(\.values)
    }
  }
}
