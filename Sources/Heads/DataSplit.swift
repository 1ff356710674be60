/// Which rows train, validate and test.
public struct DataSplit: Hashable, Sendable {
  /// Row indices, ascending; no row is in two parts.
  public let training: [Int]
  public let validation: [Int]
  public let test: [Int]

  /// A split that the data came with. Rows without a part are left out.
  public init(_ parts: [Split?]) {
    func rows(_ part: Split) -> [Int] { parts.indices.filter { parts[$0] == part } }
    (training, validation, test) = (rows(.train), rows(.validation), rows(.test))
  }

  /// A random split in which every class has, to the nearest row, the same share of each part.
  ///
  /// - Throws: `.invalidArgument` where `rule` cannot be met by so many rows.
  public init(stratified labels: [Int], _ rule: SplitRule, seed: UInt64) throws(HeadsError) {
    let counts = try rule.counts(of: labels.count)
    var generator = SeededGenerator(seed: seed)
    var remaining = Dictionary(grouping: labels.indices, by: { labels[$0] })
      .sorted { $0.key < $1.key }.map { Array($0.value) }
    for index in remaining.indices { generator.shuffle(&remaining[index]) }
    func take(_ count: Int) -> [Int] {
      let shares = Self.shares(of: count, sizes: remaining.map(\.count))
      var taken: [Int] = []
      for (index, share) in shares.enumerated() {
        taken += remaining[index].prefix(share)
        remaining[index].removeFirst(share)
      }
      return taken.sorted()
    }
    training = take(counts.training)
    validation = take(counts.validation)
    test = take(counts.test)
  }

  private init(training: [Int], validation: [Int], test: [Int]) {
    (self.training, self.validation, self.test) = (training, validation, test)
  }

  /// The same with the validation part as the test part and no validation part, for data that came in two
  /// parts; selection then has to use folds of the training part.
  public func testingOnValidation() -> DataSplit {
    DataSplit(training: training, validation: [], test: validation)
  }

  /// Splits `count` in proportion to `sizes`, by largest remainder, the first of equals first.
  static func shares(of count: Int, sizes: [Int]) -> [Int] {
    let total = sizes.reduce(0, +)
    guard total > 0 else { return sizes }
    let products = sizes.map { $0.multipliedFullWidth(by: count) }
    let divisions = products.map { total.dividingFullWidth($0) }
    var shares = divisions.map(\.quotient)
    let order = sizes.indices.sorted {
      (divisions[$1].remainder, $0) < (divisions[$0].remainder, $1)
    }
    for index in order.prefix(count - shares.reduce(0, +)) { shares[index] += 1 }
    return shares
  }
}

extension DataSplit {
  /// k parts of `rows`, each with every class's share to the nearest row; ascending within a part.
  ///
  /// - Throws: `.invalidArgument` unless 2 <= k and every class has at least two rows, so that no class is
  ///   missing from the rest when one part is left out.
  public static func folds(_ k: Int, labels: [Int], seed: UInt64) throws(HeadsError) -> [[Int]] {
    let classes = Dictionary(grouping: labels.indices, by: { labels[$0] }).sorted { $0.key < $1.key }
    guard k >= 2, k <= labels.count else {
      throw HeadsError(.invalidArgument, "\(labels.count) rows cannot be split into \(k) folds")
    }
    if let rare = classes.first(where: { $0.value.count < 2 }) {
      throw HeadsError(
        .invalidArgument, "class \(rare.key) has one row, folds need at least two of every class")
    }
    var generator = SeededGenerator(seed: seed)
    var folds = Array(repeating: [Int](), count: k)
    var next = 0  // dealt on from class to class, so that sizes differ by one at most
    for (_, members) in classes {
      var members = members
      generator.shuffle(&members)
      for row in members {
        folds[next].append(row)
        next = (next + 1) % k
      }
    }
    return folds.map { $0.sorted() }
  }
}
