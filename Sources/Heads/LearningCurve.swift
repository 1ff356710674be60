#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How good a head becomes with how many training rows: one configuration fitted to nested stratified subsets
/// of the training part, several times. The heads are evaluated afterwards, all in one look:
///
///     let curve = try await LearningCurve.fit(
///       LogisticRegression(regularization: .c(0.01)), training: training, sizes: [100, 200, 400])
///     let points = curve.points(try HeldOutFeatures(test).evaluate(curve.heads))
///
/// With C fixed the penalty weighs less against more rows; with `alpha` it weighs the same.
public struct LearningCurve: Sendable {
  /// One head of the curve.
  public struct Fit: Sendable {
    /// Training rows.
    public let rows: Int
    /// Which rows, and what else the head's fit leaves to chance.
    public let seed: UInt64
    public let result: FitResult
  }

  /// The figure at one size.
  public struct Point: Hashable, Sendable {
    public let rows: Int
    /// One a seed.
    public let values: [Double]

    public init(rows: Int, values: [Double]) {
      self.rows = rows
      self.values = values
    }

    public var mean: Double { values.reduce(0, +) / Double(values.count) }
    public var low: Double { values.min() ?? .nan }
    public var high: Double { values.max() ?? .nan }
  }

  /// Size by size in the order given, seed by seed within.
  public let fits: [Fit]
  public var heads: [Head] { fits.map(\.result.head) }

  /// - Parameters:
  ///   - validation: as `HeadConfiguration.fit` takes it, the whole for every size.
  ///   - sizes: training rows.
  ///   - seeds: one a repetition.
  /// - Throws: `.invalidArgument` where a size is smaller than the number of classes or larger than the
  ///   training part, or there are no seeds; else as `HeadConfiguration.fit`.
  public static func fit(
    _ configuration: some HeadConfiguration, training: LabeledFeatures, validation: LabeledFeatures? = nil,
    sizes: [Int], seeds: [UInt64] = [0, 1, 2], options: FitOptions = FitOptions()
  ) async throws(HeadsError) -> LearningCurve {
    guard !sizes.isEmpty, !seeds.isEmpty,
      sizes.allSatisfy({ $0 >= training.classes.count && $0 <= training.count })
    else {
      throw HeadsError(
        .invalidArgument,
        "a learning curve needs a seed, and sizes from \(training.classes.count) classes to "
          + "\(training.count) rows; they are \(sizes)")
    }
    let orders = seeds.map { DataSplit.nestedOrder(labels: training.labels, seed: $0) }
    var fits: [Fit] = []
    for size in sizes {
      for (seed, order) in zip(seeds, orders) {
        var options = options
        options.seed = seed
        let rows = order.prefix(size).sorted()
        let result = try await configuration.fit(
          training.selecting(rows), validation: validation, options: options)
        fits.append(Fit(rows: size, seed: seed, result: result))
      }
    }
    return LearningCurve(fits: fits)
  }

  /// The figure by size. Traps unless there is one evaluation a head.
  public func points(
    _ evaluations: [Evaluation], of value: (Evaluation) -> Double = { $0.accuracy }
  ) -> [Point] {
    precondition(evaluations.count == fits.count, "one evaluation a head")
    var points: [Point] = []
    for (fit, evaluation) in zip(fits, evaluations) {
      if let last = points.last, last.rows == fit.rows {
        points[points.count - 1] = Point(rows: fit.rows, values: last.values + [value(evaluation)])
      } else {
        points.append(Point(rows: fit.rows, values: [value(evaluation)]))
      }
    }
    return points
  }

  /// Sizes in even ratios up to all rows, the least being about `least` rows a class; without repetition.
  public static func sizes(upTo rows: Int, classes: Int, count: Int = 6, least: Int = 5) -> [Int] {
    guard rows > 0, classes > 0, count > 0, rows >= classes else { return [] }
    let start = Double(min(max(classes, min(classes, rows / max(least, 1)) * max(least, 1)), rows))
    guard count > 1, start < Double(rows) else { return [rows] }
    var sizes: [Int] = []
    for step in 0..<count {
      let share = Double(step) / Double(count - 1)
      let size = step == count - 1 ? rows : Int((start * pow(Double(rows) / start, share)).rounded())
      if sizes.last.map({ $0 < size }) ?? true { sizes.append(size) }
    }
    return sizes
  }
}
