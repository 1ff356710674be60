import Heads
import Testing

@Suite struct SplitTests {
  private let labels = (0..<103).map { $0 % 7 == 0 ? 2 : $0 % 2 }

  private func check(_ split: DataSplit, covers count: Int) {
    let all = split.training + split.validation + split.test
    #expect(all.count == count && Set(all).count == count)
    for part in [split.training, split.validation, split.test] { #expect(part == part.sorted()) }
  }

  @Test func fractionsKeepEveryClassesShare() throws {
    let split = try DataSplit(stratified: labels, SplitRule("0.8/0.1/0.1"), seed: 5)
    check(split, covers: 103)
    #expect(split.training.count == 83 && split.validation.count == 10 && split.test.count == 10)
    for label in 0..<3 {
      let size = Double(labels.count { $0 == label })
      for (part, share) in [(split.training, 0.8), (split.validation, 0.1), (split.test, 0.1)] {
        #expect(abs(Double(part.count { labels[$0] == label }) - share * size) <= 1.5)
      }
    }
    #expect(try DataSplit(stratified: labels, SplitRule("0.8/0.1/0.1"), seed: 5) == split)
    #expect(try DataSplit(stratified: labels, SplitRule("0.8/0.1/0.1"), seed: 6) != split)
  }

  @Test func aCountOfTrainingRowsIsExact() throws {
    let split = try DataSplit(stratified: labels, SplitRule("train=60"), seed: 0)
    check(split, covers: 103)
    #expect(split.training.count == 60 && split.validation.isEmpty && split.test.count == 43)
    let two = try DataSplit(stratified: labels, SplitRule("0.5/0.5"), seed: 0)
    check(two, covers: 103)
    #expect(two.validation.isEmpty && two.test.count == 52)
  }

  @Test(arguments: [
    "", "0.8", "0.5/0.6", "-0.1/0.6/0.5", "a/b/c", "train=", "train=0", "train=-4", "train=103", "0/0/1",
    "nan/0.5/0.5", "0.8/0.1/0.1/0", "0.8//0.2", "inf/0/0",
  ])
  func nonsenseIsRefused(_ text: String) {
    let error = #expect(throws: HeadsError.self) {
      try DataSplit(stratified: labels, SplitRule(text), seed: 0)
    }
    #expect(error?.code == .invalidArgument)
  }

  @Test func foldsPartitionTheRowsAndKeepShares() throws {
    let folds = try DataSplit.folds(5, labels: labels, seed: 3)
    #expect(folds.count == 5 && folds.flatMap { $0 }.sorted() == Array(0..<103))
    for fold in folds {
      #expect((20...21).contains(fold.count))
      for label in 0..<3 {
        let share = Double(labels.count { $0 == label }) / 5
        #expect(abs(Double(fold.count { labels[$0] == label }) - share) < 1)
      }
    }
    #expect(try DataSplit.folds(5, labels: labels, seed: 3) == folds)
    #expect(throws: HeadsError.self) { try DataSplit.folds(1, labels: labels, seed: 0) }
    #expect(throws: HeadsError.self) { try DataSplit.folds(104, labels: labels, seed: 0) }
    #expect(throws: HeadsError.self) { try DataSplit.folds(2, labels: [0, 0, 0, 1], seed: 0) }
  }

  @Test func aGivenSplitIsKept() {
    let split = DataSplit([.test, .train, nil, .validation, .train])
    #expect(split.training == [1, 4] && split.validation == [3] && split.test == [0])
  }
}
