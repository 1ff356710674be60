/// One division of the rows for cross-validation.
public struct Fold: Hashable, Sendable {
  /// Row indices, ascending; together they are all rows.
  public let training: [Int]
  public let held: [Int]

  /// The folds of which each part is held out once.
  static func leavingOut(_ parts: [[Int]], of count: Int) -> [Fold] {
    parts.map { held in
      var isHeld = Array(repeating: false, count: count)
      for row in held { isHeld[row] = true }
      return Fold(training: (0..<count).filter { !isHeld[$0] }, held: held)
    }
  }
}

extension DataSplit {
  /// k stratified folds, drawn anew for each of some repeats; k a repeat, in order. Their scores go into
  /// `CorrectedTTest` with a test share of 1 / (k - 1).
  ///
  /// - Throws: `.invalidArgument` as `folds(_:labels:seed:)`, and where there is no repeat.
  public static func repeatedFolds(
    _ k: Int, repeats: Int, labels: [Int], seed: UInt64
  ) throws(HeadsError) -> [Fold] {
    guard (1...1_000_000).contains(repeats) else {
      throw HeadsError(.invalidArgument, "folds are drawn 1 to 1000000 times, not \(repeats)")
    }
    var seeds = SeededGenerator(seed: seed, stream: 2)
    var folds: [Fold] = []
    for _ in 0..<repeats {
      folds += Fold.leavingOut(try self.folds(k, labels: labels, seed: seeds.next()), of: labels.count)
    }
    return folds
  }

  /// k parts of the rows in which no group is torn apart (pictures of one object, person or place), and every
  /// part has, as far as whole groups allow, the same share of each class. Ascending within a part; a part may
  /// lack a class whose rows are in few groups.
  ///
  /// The groups are dealt out as by scikit-learn's `StratifiedGroupKFold`: those whose classes are most uneven
  /// first, each to the part that keeps the classes' shares most alike, the smaller part of equals.
  ///
  /// - Parameters:
  ///   - groups: the group of each row.
  ///   - seed: decides the order among groups that are equally uneven; `nil` keeps that of their numbers.
  /// - Throws: `.invalidArgument` unless 2 <= k <= number of groups and there is one group a label.
  public static func groupedFolds(
    _ k: Int, labels: [Int], groups: [Int], seed: UInt64?
  ) throws(HeadsError) -> [[Int]] {
    guard groups.count == labels.count else {
      throw HeadsError(.invalidArgument, "\(groups.count) groups for \(labels.count) rows")
    }
    var members = Dictionary(grouping: groups.indices, by: { groups[$0] }).sorted { $0.key < $1.key }
      .map(\.value)
    guard k >= 2, k <= members.count else {
      throw HeadsError(.invalidArgument, "\(members.count) groups cannot be split into \(k) folds")
    }
    if let seed {
      var generator = SeededGenerator(seed: seed)
      var order = Array(members.indices)
      generator.shuffle(&order)
      members = order.map { members[$0] }
    }
    let classes = Dictionary(grouping: labels.indices, by: { labels[$0] }).sorted { $0.key < $1.key }
    let places = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1.key, $0) })
    let sizes = classes.map { Double($0.value.count) }
    let counts = members.map { rows in
      var counts = Array(repeating: 0.0, count: classes.count)
      for row in rows { if let place = places[labels[row]] { counts[place] += 1 } }
      return counts
    }
    let unevenness = counts.map { deviation($0) }
    let order = members.indices.sorted {
      (unevenness[$1], $0) < (unevenness[$0], $1)
    }
    var dealt = Array(repeating: Array(repeating: 0.0, count: classes.count), count: k)
    var folds = Array(repeating: [Int](), count: k)
    for group in order {
      var best = (fold: 0, spread: Double.infinity, rows: Double.infinity)
      for fold in 0..<k {
        // How far apart the folds' shares of each class would be.
        let spread = classes.indices.reduce(0.0) { sum, place in
          sum
            + deviation(
              (0..<k).map { (dealt[$0][place] + ($0 == fold ? counts[group][place] : 0)) / sizes[place] })
        }
        let mean = spread / Double(classes.count)
        let rows = dealt[fold].reduce(0, +)
        let isTie = abs(mean - best.spread) <= 1e-8 + 1e-5 * best.spread
        if mean < best.spread || (isTie && rows < best.rows) { best = (fold, mean, rows) }
      }
      for place in classes.indices { dealt[best.fold][place] += counts[group][place] }
      folds[best.fold] += members[group]
    }
    return folds.map { $0.sorted() }
  }

  private static func deviation(_ values: [Double]) -> Double {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
  }
}
