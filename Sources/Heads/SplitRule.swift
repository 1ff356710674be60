/// How many rows train, validate and test.
public enum SplitRule: Hashable, Sendable {
  /// Shares of the rows, which sum to 1.
  case fractions(training: Double, validation: Double, test: Double)
  /// So many training rows; the rest is the test part.
  case trainingRows(Int)

  /// Reads `0.8/0.1/0.1` (training, validation, test), `0.8/0.2` (training, test) or `train=4500`.
  ///
  /// - Throws: `.invalidArgument`
  public init(_ text: String) throws(HeadsError) {
    let fractions = text.split(separator: "/", omittingEmptySubsequences: false).map { Double($0) }
    if text.hasPrefix("train="), let count = Int(text.dropFirst("train=".count)) {
      self = .trainingRows(count)
    } else if fractions.count == 2, let training = fractions[0], let test = fractions[1] {
      self = .fractions(training: training, validation: 0, test: test)
    } else if fractions.count == 3, let training = fractions[0], let validation = fractions[1],
      let test = fractions[2]
    {
      self = .fractions(training: training, validation: validation, test: test)
    } else {
      throw HeadsError(
        .invalidArgument, "split \(text) is neither like 0.8/0.1/0.1 nor like 0.8/0.2 nor like train=4500")
    }
  }

  /// Rows of each part out of `total`: validation and test to the nearest row, training what is left.
  func counts(of total: Int) throws(HeadsError) -> (training: Int, validation: Int, test: Int) {
    switch self {
    case .trainingRows(let count):
      guard count > 0, count < total else {
        throw HeadsError(.invalidArgument, "\(count) of \(total) rows cannot train and leave some to test")
      }
      return (count, 0, total - count)
    case .fractions(let training, let validation, let test):
      guard training > 0, validation >= 0, test >= 0, abs(training + validation + test - 1) < 1e-6 else {
        throw HeadsError(
          .invalidArgument,
          "shares \(training), \(validation) and \(test) do not sum to 1, or one is negative")
      }
      let held = (Int((Double(total) * validation).rounded()), Int((Double(total) * test).rounded()))
      guard held.0 + held.1 < total else {
        throw HeadsError(.invalidArgument, "\(total) rows are too few to be split")
      }
      return (total - held.0 - held.1, held.0, held.1)
    }
  }
}
