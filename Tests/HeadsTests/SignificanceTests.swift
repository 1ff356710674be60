import Heads
import Testing

@Suite struct SignificanceTests {
  @Test func quantilesMeetSciPy() {
    let normal = ComparisonGolden.lines("normal")
    #expect(normal.count == 9)
    for line in normal {
      let z = NormalDistribution.quantile(line[0])
      #expect(abs(z - line[1]) <= 1e-12 * max(1, abs(line[1])), "\(line): \(z)")
    }
    #expect(NormalDistribution.quantile(0) == -.infinity && NormalDistribution.quantile(1) == .infinity)
    let student = ComparisonGolden.lines("t")
    #expect(student.count == 9)
    for line in student {
      let t = StudentTDistribution(degreesOfFreedom: line[0])
      #expect(abs(t.upperTail(line[1]) - line[2]) <= 1e-11 * line[2], "\(line): \(t.upperTail(line[1]))")
      #expect(abs(t.upperTail(-line[1]) - (1 - line[2])) <= 1e-13)
      #expect(abs(t.upperQuantile(line[4]) - line[3]) <= 1e-10 * line[3], "\(line)")
    }
  }

  @Test func pairedDifferencesMeetTheLikelihood() {
    let lines = ComparisonGolden.lines("paired")
    #expect(lines.count == 8)
    for line in lines {
      let paired = PairedDifference(
        onlyFirst: Int(line[0]), onlySecond: Int(line[1]), count: Int(line[2]), confidence: line[3])
      #expect(abs(paired.low - line[4]) < 1e-8 && abs(paired.high - line[5]) < 1e-8, "\(line): \(paired)")
      let test = paired.equivalence(margin: line[6])
      #expect(abs(test.below - line[7]) < 1e-9 && abs(test.above - line[8]) < 1e-9, "\(line): \(test)")
      let turned = PairedDifference(
        onlyFirst: Int(line[1]), onlySecond: Int(line[0]), count: Int(line[2]), confidence: line[3])
      #expect(abs(turned.low + paired.high) < 1e-12 && abs(turned.high + paired.low) < 1e-12)
    }
  }

  /// The two ways of saying it agree: the interval lies within the margin, and the two one-sided tests reject.
  @Test func equivalenceIsTheIntervalWithinTheMargin() {
    for count in [50, 372, 5000] {
      for onlyFirst in stride(from: 0, through: count / 4, by: max(1, count / 40)) {
        for onlySecond in stride(from: 0, through: count / 4, by: max(1, count / 40)) {
          let paired = PairedDifference(onlyFirst: onlyFirst, onlySecond: onlySecond, count: count)
          #expect(paired.low <= paired.difference && paired.difference <= paired.high)
          for margin in [0.01, 0.05] {
            let isInside = paired.low > -margin && paired.high < margin
            #expect(paired.equivalence(margin: margin).isWithin() == isInside, "\(paired)")
          }
          let mcNemar = Double(onlyFirst - onlySecond) / Double(max(onlyFirst + onlySecond, 1)).squareRoot()
          #expect((paired.low > 0 || paired.high < 0) == (abs(mcNemar) > 1.959963984540054))
        }
      }
    }
    let nothing = PairedDifference(onlyFirst: 0, onlySecond: 0, count: 0)
    #expect(nothing.low == -1 && nothing.high == 1 && !nothing.equivalence(margin: 0.5).isWithin())
    let one = PairedDifference(onlyFirst: 1, onlySecond: 0, count: 1)
    #expect(one.high == 1 && one.low < 0 && one.equivalence(margin: 0.01).p > 0.5)
  }

  @Test func correctedTestsMeetSciPy() throws {
    let cases = ComparisonGolden.cases("corrected")
    #expect(cases.count == 3)
    for golden in cases {
      let test = try CorrectedTTest(
        differences: golden.numbers("differences"), testShare: golden.number("testShare"))
      #expect(abs(test.difference - golden.number("difference")) < 1e-14)
      #expect(abs(test.standardError - golden.number("standardError")) < 1e-14)
      #expect(abs(test.p - golden.number("p")) < 1e-11)
      let interval = test.interval()
      #expect(abs(interval.lowerBound - golden.number("low")) < 1e-9)
      #expect(abs(interval.upperBound - golden.number("high")) < 1e-9)
      let equivalence = test.equivalence(margin: 0.01)
      #expect(abs(equivalence.below - golden.number("below")) < 1e-11)
      #expect(abs(equivalence.above - golden.number("above")) < 1e-11)
    }
  }

  @Test func foldsWithoutSpreadAreCertain() throws {
    let equal = try CorrectedTTest(differences: [0, 0, 0], testShare: 0.25)
    #expect(equal.p == 1 && equal.interval() == 0...0 && equal.equivalence(margin: 0.01).p == 0)
    let apart = try CorrectedTTest(differences: [0.5, 0.5, 0.5], testShare: 0.25)
    #expect(apart.p == 0 && apart.equivalence(margin: 0.01).p == 1)
    for (differences, share) in [
      ([0.1], 0.25), ([], 0.25), ([0.1, .nan], 0.25), ([0.1, 0.2], 0), ([1, 2], .nan),
    ] {
      let error = #expect(throws: HeadsError.self) {
        try CorrectedTTest(differences: differences, testShare: share)
      }
      #expect(error?.code == .invalidArgument)
    }
  }

  @Test func holmIsTheClosedTest() {
    for golden in ComparisonGolden.cases("holm").map({ $0.array ?? [] }) {
      let p = golden[0].array?.compactMap(\.number) ?? []
      let expected = golden[1].array?.compactMap(\.number) ?? []
      #expect(!p.isEmpty && zip(MultipleTesting.holm(p), expected).allSatisfy { abs($0 - $1) < 1e-15 })
      let turned = MultipleTesting.holm(p.reversed())
      #expect(Array(turned.reversed()) == MultipleTesting.holm(p))
    }
    #expect(MultipleTesting.holm([]).isEmpty && MultipleTesting.holm([0.3]) == [0.3])
    let withGap = MultipleTesting.holm([.nan, 0.01, 0.9])
    #expect(withGap[0].isNaN && withGap[1] == 0.03 && withGap[2] == 1)
  }

  @Test func flipsAreCounted() {
    let flips = PredictionFlips(
      first: [0, 0, 1, 1, 2, 2], second: [0, 1, 0, 1, 1, 2], labels: [0, 0, 0, 0, 0, 0])
    #expect([flips.bothRight, flips.onlyFirst, flips.onlySecond] == [1, 1, 1])
    #expect([flips.sameMistake, flips.otherMistake, flips.flips, flips.count] == [2, 1, 3, 6])
    let test = McNemarTest(
      first: [0, 0, 1, 1, 2, 2], second: [0, 1, 0, 1, 1, 2], labels: [0, 0, 0, 0, 0, 0])
    #expect(test.onlyFirst == flips.onlyFirst && test.onlySecond == flips.onlySecond)
    #expect(PredictionFlips(first: [], second: [], labels: []).count == 0)
  }
}
