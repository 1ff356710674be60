import Testing
import permafrost

@Suite struct RoundStatisticsTests {
  private func round(
    _ before: Double, _ after: Double, ours: [Double] = [1], peer: [Double] = []
  ) -> BenchRound {
    BenchRound(
      before: Ceilings(fma: before, copy: 1), after: Ceilings(fma: after, copy: 1),
      turns: [Turn(ours: ours, peer: peer)])
  }

  @Test func medianIsTheMiddle() {
    #expect(RoundStatistics.median([]) == nil)
    #expect(RoundStatistics.median([4]) == 4)
    #expect(RoundStatistics.median([9, 1, 5]) == 5)
    #expect(RoundStatistics.median([8, 1, 2, 4]) == 3)
  }

  @Test func aWeakProbeOnEitherSideDiscards() {
    #expect(round(100, 80).isKept(bestFMA: 100))
    #expect(!round(100, 79.9).isKept(bestFMA: 100))
    #expect(!round(79.9, 100).isKept(bestFMA: 100))
    #expect(!round(100, 100).isKept(bestFMA: 126))
  }

  /// Medians of medians: a round with many runs weighs as much as one with few.
  @Test func roundsWeighTheSame() {
    let rounds = [
      round(1, 1, ours: [10, 11, 12, 13, 14, 15, 16], peer: [26]),
      round(1, 1, ours: [20], peer: [30]),
      round(1, 1, ours: [30, 8, 22], peer: [66, 44, 55]),
    ]
    #expect(RoundStatistics.ours(rounds) == (20, 8))
    #expect(RoundStatistics.peer(0, rounds) == (30, 26))
    // 26 / 13, 30 / 20, 55 / 22
    #expect(RoundStatistics.ratio(0, rounds) == 2)
  }

  @Test func nothingIsLeftOfNoRounds() {
    #expect(RoundStatistics.ours([]).median == nil)
    #expect(RoundStatistics.ours([]).minimum == nil)
    #expect(RoundStatistics.ratio(0, []) == nil)
    #expect(RoundStatistics.ratio(0, [round(1, 1)]) == nil)
  }
}
