import Heads
import Tensors
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite struct MetricsTests {
  private let golden = GoldenCase.document["metrics"]

  @Test func logLossMeetsScikitLearn() throws {
    let rows = try #require(golden?["rows"]?.integer)
    let classes = try #require(golden?["classes"]?.integer)
    var random = SplitMix64(state: UInt64(try #require(golden?["seed"]?.integer)))
    let labels = (0..<rows).map { _ in Int((random.uniform() + 1) / 2 * Double(classes)) }
    var probabilities: [Float] = []
    for _ in 0..<rows {
      let scores = (0..<classes).map { _ in exp(random.uniform() * 3) }
      let sum = scores.reduce(0, +)
      probabilities += scores.map { Float($0 / sum) }
    }
    let expected = try #require(golden?["logLoss"]?.number)
    let tensor = try Tensor(shape: [rows, classes], values: probabilities)
    #expect(abs(Metrics.logLoss(tensor, labels) - expected) < 1e-6)
  }

  @Test func aCertainMistakeCostsTheClippedLogLoss() throws {
    let tensor = try Tensor(shape: [1, 2], values: [1, 0])
    #expect(abs(Metrics.logLoss(tensor, [1]) - 23 * log(2)) < 1e-12)
  }

  @Test func wilsonMeetsSciPy() throws {
    let table = try #require(golden?["wilson"]?.array).map { $0.array?.compactMap(\.number) ?? [] }
    #expect(table.count == 15)
    for line in table {
      let interval = WilsonInterval(successes: Int(line[0]), trials: Int(line[1]), confidence: line[2])
      #expect(abs(interval.low - line[3]) < 1e-12 && abs(interval.high - line[4]) < 1e-12, "\(line)")
    }
    let nothing = WilsonInterval(successes: 0, trials: 0)
    #expect(nothing.low == 0 && nothing.high == 1)
  }

  @Test func mcNemarMeetsSciPy() throws {
    let table = try #require(golden?["mcnemar"]?.array).map { $0.array?.compactMap(\.number) ?? [] }
    #expect(table.count == 9)
    for line in table {
      let test = McNemarTest(onlyFirst: Int(line[0]), onlySecond: Int(line[1]))
      #expect(abs(test.p - line[2]) <= 1e-10 * line[2], "\(line): \(test.p)")
    }
  }

  @Test func mcNemarCountsWhatOnlyOneGetsRight() {
    let test = McNemarTest(first: [0, 0, 1, 1, 2], second: [0, 1, 0, 1, 0], labels: [0, 0, 0, 0, 0])
    #expect(test.onlyFirst == 1 && test.onlySecond == 2 && test.p == 1)
  }

  @Test func confusionByHand() {
    let matrix = ConfusionMatrix(
      predictions: [0, 0, 1, 1, 1, 0], labels: [0, 0, 0, 1, 1, 1], classCount: 3)
    #expect(matrix.counts == [[2, 1, 0], [1, 2, 0], [0, 0, 0]])
    #expect(matrix.correct == 4 && matrix.total == 6)
    #expect(matrix.recalls == [2.0 / 3, 2.0 / 3, nil])
    #expect(matrix.precisions == [2.0 / 3, 2.0 / 3, nil])
    #expect(abs(matrix.balancedAccuracy - 2.0 / 3) < 1e-15)
    #expect(Metrics.accuracy([0, 0, 1, 1, 1, 0], [0, 0, 0, 1, 1, 1]) == 4.0 / 6)
  }

  @Test func topAccuracyByHand() throws {
    let scores = try Tensor(shape: [3, 3], values: [0.1, 0.7, 0.2, 0.5, 0.5, 0.1, 0.2, 0.3, 0.9])
    let labels = [2, 1, 0]
    #expect(Metrics.topAccuracy(1, scores: scores, labels) == 0)
    #expect(Metrics.topAccuracy(2, scores: scores, labels) == 2.0 / 3)
    #expect(Metrics.topAccuracy(3, scores: scores, labels) == 1)
    let binary = try Tensor(shape: [2, 1], values: [0.3, -0.2])
    #expect(Metrics.topAccuracy(1, scores: binary, [1, 1]) == 0.5)
    #expect(Metrics.topAccuracy(2, scores: binary, [1, 1]) == 1)
  }
}
