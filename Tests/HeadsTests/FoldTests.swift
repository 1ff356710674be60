import Heads
import Testing

@Suite struct FoldTests {
  private let labels = (0..<103).map { $0 % 7 == 0 ? 2 : $0 % 2 }

  @Test func repeatsAreFoldsDrawnAnew() throws {
    let folds = try DataSplit.repeatedFolds(5, repeats: 3, labels: labels, seed: 4)
    #expect(folds.count == 15)
    for round in 0..<3 {
      let held = folds[round * 5..<round * 5 + 5].flatMap(\.held)
      #expect(held.sorted() == Array(0..<103))
    }
    for fold in folds {
      #expect((fold.training + fold.held).sorted() == Array(0..<103))
      #expect(fold.training == fold.training.sorted())
      for label in 0..<3 { #expect(fold.training.contains { labels[$0] == label }) }
    }
    #expect(Set(folds).count == 15)
    #expect(try DataSplit.repeatedFolds(5, repeats: 3, labels: labels, seed: 4) == folds)
    #expect(try DataSplit.repeatedFolds(5, repeats: 1, labels: labels, seed: 4) == Array(folds[..<5]))
    #expect(throws: HeadsError.self) { try DataSplit.repeatedFolds(5, repeats: 0, labels: labels, seed: 4) }
    #expect(throws: HeadsError.self) { try DataSplit.repeatedFolds(1, repeats: 2, labels: labels, seed: 4) }
  }

  @Test func groupedFoldsMeetScikitLearn() throws {
    let cases = ComparisonGolden.cases("grouped")
    #expect(cases.count == 3)
    for golden in cases {
      var random = Draws(state: UInt64(golden.integer("seed")))
      let (rows, classes) = (golden.integer("rows"), golden.integer("classes"))
      let groups = (0..<rows).map { _ in random.below(golden.integer("groups")) }
      let labels = groups.map { group in
        // The conditional draw comes first, as Python evaluates it.
        random.below(4) != 0 ? (group * 7 + random.below(2)) % classes : random.below(classes)
      }
      let folds = try DataSplit.groupedFolds(golden.integer("k"), labels: labels, groups: groups, seed: nil)
      let expected = golden["folds"]?.array?.map { $0.array?.compactMap(\.integer) ?? [] }
      #expect(folds == expected)
    }
  }

  @Test func noGroupIsTornApart() throws {
    let groups = labels.indices.map { $0 / 4 * 31 % 19 }
    for seed in [0, 1, 2] as [UInt64] {
      let folds = try DataSplit.groupedFolds(4, labels: labels, groups: groups, seed: seed)
      #expect(folds.flatMap { $0 }.sorted() == Array(labels.indices))
      let owners = folds.map { Set($0.map { groups[$0] }) }
      #expect(owners.reduce(0) { $0 + $1.count } == Set(groups).count)
      for fold in folds {
        #expect(fold == fold.sorted() && (15...40).contains(fold.count))
      }
      #expect(try DataSplit.groupedFolds(4, labels: labels, groups: groups, seed: seed) == folds)
    }
    for (k, groups) in [(1, groups), (20, groups), (2, [0]), (2, labels.map { _ in 5 })] {
      let error = #expect(throws: HeadsError.self) {
        try DataSplit.groupedFolds(k, labels: labels, groups: groups, seed: 0)
      }
      #expect(error?.code == .invalidArgument)
    }
  }

  @Test func beginningsOfANestedOrderAreStratified() {
    let order = DataSplit.nestedOrder(labels: labels, seed: 6)
    #expect(order.sorted() == Array(labels.indices))
    #expect(Set(order.prefix(3).map { labels[$0] }) == [0, 1, 2])
    let totals = (0..<3).map { label in Double(labels.count { $0 == label }) }
    for size in 3...103 {
      for label in 0..<3 {
        let share = totals[label] * Double(size) / 103
        #expect(abs(Double(order.prefix(size).count { labels[$0] == label }) - share) < 1.8)
      }
    }
    #expect(DataSplit.nestedOrder(labels: labels, seed: 7) != order)
    #expect(DataSplit.nestedOrder(labels: [], seed: 7).isEmpty)
  }
}

/// The golden script's numbers below a bound.
private struct Draws {
  var state: UInt64
  private var random: SplitMix64

  init(state: UInt64) {
    self.state = state
    random = SplitMix64(state: state)
  }

  mutating func below(_ bound: Int) -> Int {
    while true {
      let product = random.next().multipliedFullWidth(by: UInt64(bound))
      if product.low >= (0 &- UInt64(bound)) % UInt64(bound) { return Int(product.high) }
    }
  }
}
