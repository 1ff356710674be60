import Testing
import permafrost

@Suite struct HolmTests {
  /// Worked by hand: 3 x 0.01, then 2 x 0.03, then the larger of 0.04 and what came before.
  @Test func adjustedValuesNeverFall() {
    #expect(HeadComparison.holm([0.04, 0.01, 0.03]) == [0.06, 0.03, 0.06])
    #expect(HeadComparison.holm([0.5, 0.9]) == [1, 1])
    #expect(HeadComparison.holm([]) == [])
  }
}
