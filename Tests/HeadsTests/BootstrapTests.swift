import Heads
import Tensors
import Testing

@Suite struct BootstrapTests {
  static let cases = ComparisonGolden.cases("bootstrap")

  @Test(arguments: cases.indices) func intervalsMeetSciPy(_ index: Int) throws {
    #expect(Self.cases.count == 6)
    let golden = Self.cases[index]
    let count = golden.integer("rows")
    let (labels, logits, probabilities) = try ComparisonGolden.predictions(
      seed: 5, rows: count, classes: 3, steps: 4)
    let predictions = probabilities.winners
    let statistic: ([Int]) -> Double =
      switch golden["statistic"]?.string {
      case "accuracy": { rows in Metrics.accuracy(rows.map { predictions[$0] }, rows.map { labels[$0] }) }
      case "macroF1":
        { rows in
          ConfusionMatrix(
            predictions: rows.map { predictions[$0] }, labels: rows.map { labels[$0] }, classCount: 3
          ).macroF1
        }
      default:
        { rows in
          rows.reduce(0.0) { sum, row in
            let value = Double(logits[row, 0])
            return sum + value * value * value
          } / Double(rows.count)
        }
      }
    let method = try #require(Bootstrap.Method(rawValue: golden["method"]?.string ?? ""))
    let bootstrap = Bootstrap(
      resamples: golden.integer("resamples"), confidence: golden.number("confidence"), method: method,
      seed: UInt64(golden.integer("seed")))
    let groups = golden["groups"]?.integer.map { groups in (0..<count).map { $0 % groups } }
    let interval = try bootstrap.interval(rows: count, groups: groups, of: statistic)
    #expect(abs(interval.value - golden.number("value")) < 1e-9)
    #expect(abs(interval.standardError - golden.number("standardError")) < 1e-9)
    #expect(abs(interval.low - golden.number("low")) < 1e-9, "\(interval) \(golden)")
    #expect(abs(interval.high - golden.number("high")) < 1e-9, "\(interval) \(golden)")
  }

  @Test func theSeedDecides() throws {
    let values = (0..<30).map { Double($0 * $0 % 17) }
    let mean = { (rows: [Int]) in rows.reduce(0) { $0 + values[$1] } / Double(rows.count) }
    let first = try Bootstrap(resamples: 200, seed: 1).interval(rows: 30, of: mean)
    #expect(try Bootstrap(resamples: 200, seed: 1).interval(rows: 30, of: mean) == first)
    #expect(try Bootstrap(resamples: 200, seed: 2).interval(rows: 30, of: mean) != first)
    #expect(first.low < first.value && first.value < first.high)
  }

  @Test func groupsThatRepeatTheirRowsWidenTheInterval() throws {
    let values = (0..<200).map { Double(($0 / 10) * 7919 % 23) }  // ten equal rows a group
    let mean = { (rows: [Int]) in rows.reduce(0) { $0 + values[$1] } / Double(rows.count) }
    let bootstrap = Bootstrap(resamples: 500)
    let rows = try bootstrap.interval(rows: 200, of: mean)
    let groups = try bootstrap.interval(rows: 200, groups: (0..<200).map { $0 / 10 }, of: mean)
    let ratio = groups.standardError / rows.standardError
    #expect(ratio > 2.5 && ratio < 4)  // the square root of ten
  }

  @Test func headsAreComparedOnTheSameRows() throws {
    let (labels, _, probabilities) = try ComparisonGolden.predictions(
      seed: 8, rows: 150, classes: 3, steps: 5)
    let first = probabilities.winners
    let second = first.enumerated().map { $0.offset % 5 == 0 ? ($0.element + 1) % 3 : $0.element }
    let accuracy = { (predictions: [Int]) in
      { (rows: [Int]) in Metrics.accuracy(rows.map { predictions[$0] }, rows.map { labels[$0] }) }
    }
    let bootstrap = Bootstrap(resamples: 1000, seed: 3)
    let paired = try bootstrap.difference(rows: 150, accuracy(first), minus: accuracy(second))
    let turned = try bootstrap.difference(rows: 150, accuracy(second), minus: accuracy(first))
    #expect(abs(paired.difference.value + turned.difference.value) < 1e-12 && paired.p == turned.p)
    #expect(paired.p < 0.01 && paired.difference.low > 0 && !paired.isWithin(0.01))
    // Row by row the two agree mostly, so their difference is surer than either.
    let alone = try bootstrap.interval(rows: 150, of: accuracy(first))
    #expect(paired.difference.standardError < alone.standardError)
    let same = try bootstrap.difference(rows: 150, accuracy(first), minus: accuracy(first))
    #expect(same.p == 1 && same.difference.low == 0 && same.difference.high == 0 && same.isWithin(0.001))
  }

  @Test func degenerateRowsGiveNarrowIntervalsAndNoTrap() throws {
    let constant = try Bootstrap(resamples: 50).interval(rows: 20) { _ in 1 }
    #expect(constant.low == 1 && constant.high == 1 && constant.standardError == 0)
    let single = try Bootstrap(resamples: 50).interval(rows: 1) { Double($0.count) }
    #expect(single.low == 1 && single.high == 1)
    let undefined = try Bootstrap(resamples: 50).interval(rows: 3) { _ in .nan }
    #expect(undefined.low.isNaN && undefined.high.isNaN && undefined.undefinedResamples == 50)
    let sometimes = try Bootstrap(resamples: 100).interval(rows: 4) { rows in
      Metrics.auroc(scores: rows.map { Double($0) }, positives: rows.map { $0 == 3 })
    }
    #expect(sometimes.undefinedResamples > 0 && sometimes.low == 1 && sometimes.high == 1)
    let beyond = try Bootstrap(resamples: 100).interval(rows: 5) { rows in
      Set(rows).count == 5 && rows == [0, 1, 2, 3, 4] ? 9 : Double(rows[0])
    }
    #expect(beyond.low.isFinite && beyond.high.isFinite)
  }

  @Test func impossibleSettingsAreRefused() {
    for bootstrap in [
      Bootstrap(resamples: 0), Bootstrap(confidence: 0), Bootstrap(confidence: 1),
      Bootstrap(confidence: .nan),
    ] {
      #expect(throws: HeadsError.self) { try bootstrap.interval(rows: 3) { _ in 0 } }
    }
    #expect(throws: HeadsError.self) { try Bootstrap().interval(rows: 0) { _ in 0 } }
    #expect(throws: HeadsError.self) { try Bootstrap().interval(rows: 3, groups: [0]) { _ in 0 } }
  }
}
