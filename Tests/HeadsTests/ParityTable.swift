import Heads
import Synchronization
import Tensors
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How far from its peer a fit is.
struct ParityDifference {
  /// |f - f_peer| / f_peer
  var objective = 0.0
  /// The largest difference of two weights, as a share of the peer's largest weight.
  var weights = 0.0
  /// The largest difference of two intercepts (minus their mean for a softmax, which leaves it open), as a share
  /// of the largest where that is above 1.
  var intercepts = 0.0
  /// The largest difference of two probabilities or margins.
  var answers = 0.0
}

/// The largest differences over the fits of one problem.
struct ParityRecord: Sendable {
  let problem: String
  let head: String
  let answers: String
  private let shape: String
  private var fits = 0
  private var worst: [Double] = [0, 0, 0, 0]

  init(_ problem: ParityProblem, _ head: String, answers: String) {
    self.problem = problem.name
    self.head = head
    self.answers = answers
    shape = "\(problem.data.count) x \(problem.data.features.dimension)"
  }

  mutating func add(
    _ problem: ParityProblem, _ fit: ParityProblem.Fit, _ head: Head, objective: Double, _ answers: Tensor
  ) -> ParityDifference {
    var difference = ParityDifference()
    difference.objective = abs(objective - fit.objective) / fit.objective
    let (weight, bias) = problem.coefficients(head, fit)
    for (index, peer) in fit.weights.enumerated() {
      difference.weights = max(
        difference.weights, abs(weight[index * fit.stride] - Double(peer)) / fit.largestWeight)
    }
    func centered(_ values: [Double]) -> [Double] {
      let mean = head.output == .softmax ? values.reduce(0, +) / Double(values.count) : 0
      return values.map { $0 - mean }
    }
    let intercepts = centered(fit.intercepts)
    let largest = max(1, intercepts.map(abs).max() ?? 0)
    for (own, peer) in zip(centered(bias), intercepts) {
      difference.intercepts = max(difference.intercepts, abs(own - peer) / largest)
    }
    let columns = answers.shape[1]
    for (index, peer) in fit.answers.enumerated() {
      let own = answers[index / columns * fit.answerStride, index % columns]
      difference.answers = max(difference.answers, abs(Double(own) - Double(peer)))
    }
    fits += 1
    let all = [difference.objective, difference.weights, difference.intercepts, difference.answers]
    for index in worst.indices { worst[index] = max(worst[index], all[index]) }
    return difference
  }

  /// One row of a Markdown table.
  var line: String {
    let numbers = worst.map(Self.text).joined(separator: " | ")
    return "| \(problem) | \(shape) | \(head) | \(fits) | \(numbers) |"
  }

  /// Two digits, such as `3.1e-09`.
  private static func text(_ value: Double) -> String {
    guard value > 0 else { return "0" }
    let exponent = Int(floor(log10(value)))
    let tenths = Int((value / pow(10, Double(exponent)) * 10).rounded())
    return tenths == 100 ? "1.0e\(exponent + 1)" : "\(tenths / 10).\(tenths % 10)e\(exponent)"
  }
}

/// The measured differences as a table, written to the file that the environment variable
/// PERMAFROST_PARITY_TABLE names, if it is set.
enum ParityTable {
  private static let records = Mutex<[ParityRecord]>([])
  private static let path = unsafe getenv("PERMAFROST_PARITY_TABLE").map { unsafe String(cString: $0) }

  static func add(_ record: ParityRecord) {
    guard let path else { return }
    records.withLock { records in
      records.append(record)
      let names = ParityProblem.all.map(\.name)
      let ordered = records.sorted {
        (names.firstIndex(of: $0.problem) ?? 0, $0.head) < (names.firstIndex(of: $1.problem) ?? 0, $1.head)
      }
      let table =
        [
          "| data | rows | head | fits | objective | weights | intercepts | answers |",
          "|---|---|---|---|---|---|---|---|",
        ] + ordered.map(\.line)
      do {
        try AtomicFile.write(Array((table.joined(separator: "\n") + "\n").utf8), to: path)
      } catch { Issue.record(error) }
    }
  }
}
