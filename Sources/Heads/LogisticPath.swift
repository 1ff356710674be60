/// Many logistic regressions on the same rows, fitted together: every pass over the rows evaluates all of them as
/// one wide product. Each task goes along the values of C by itself, from small to large; the next fit starts
/// where the last two point to and remembers their curvature. A task that has reached the end drops out.
///
///     let folds = try DataSplit.folds(5, labels: data.labels, seed: 0)
///     let fits = try await LogisticPath(values: RegularizationSearch.linearEvaluationPath).fit(
///       data, folds.map { LogisticPath.Task(TrialRows(leavingOut: $0, of: data.count)) })
///     // fits[fold][value].result.head, fits[fold][value].heldOut
public struct LogisticPath: Hashable, Sendable {
  /// What each fit minimises; its C is not used, nor its tolerances where they are tighter than
  /// `objectiveTolerance`.
  public var configuration: LogisticRegression
  /// Values of C.
  public var values: [Double]
  /// A fit ends when the solver's model of the objective has it within a tenth of this share of its minimum,
  /// which leaves it within about this share.
  public var objectiveTolerance: Double

  public init(
    _ configuration: LogisticRegression = LogisticRegression(), values: [Double],
    objectiveTolerance: Double = 1e-4
  ) {
    self.configuration = configuration
    self.values = values
    self.objectiveTolerance = objectiveTolerance
  }

  /// Which rows one task's heads are fitted to and tried on. The features' scaling is taken from the training
  /// rows.
  public struct Task: Hashable, Sendable {
    public var rows: TrialRows
    /// In place of the configuration's.
    public var classWeights: ClassWeights?
    /// Where the first fit starts, in place of `FitOptions.initialHead`.
    public var initialHead: Head?

    public init(_ rows: TrialRows, classWeights: ClassWeights? = nil, initialHead: Head? = nil) {
      self.rows = rows
      self.classWeights = classWeights
      self.initialHead = initialHead
    }
  }

  /// The fits of each task, ascending in C. One certificate's `seconds` are those from the task's previous fit
  /// to this one, while all other tasks went on too.
  ///
  /// - Throws: `.invalidArgument` where there is no value, one is not positive and finite, or a row index is out
  ///   of range or appears twice; `.missingClass` where a task has no row of some class; else as
  ///   `LogisticRegression.fit`.
  public func fit(
    _ data: LabeledFeatures, _ tasks: [Task], options: FitOptions = FitOptions()
  ) async throws(HeadsError) -> [[PathFit]] {
    try await FitContext.run(options) { context throws(HeadsError) in try solve(data, tasks, context) }
  }

  private func solve(
    _ data: LabeledFeatures, _ tasks: [Task], _ context: FitContext
  ) throws(HeadsError) -> [[PathFit]] {
    guard !values.isEmpty, values.allSatisfy({ $0 > 0 && $0.isFinite }), objectiveTolerance > 0 else {
      throw HeadsError(.invalidArgument, "the values of C are \(values)")
    }
    guard !tasks.isEmpty else { return [] }
    let members = try tasks.map { task throws(HeadsError) in try member(task, data, context) }
    let fits = try LogisticFitting(
      configuration: configuration, data: data, context: context, objectiveTolerance: objectiveTolerance / 10,
      isApproximate: true
    ).fit(members)
    return try zip(tasks, fits).map { task, fits throws(HeadsError) in
      try fits.map { fit throws(HeadsError) in
        PathFit(c: fit.c, result: fit.result, heldOut: try ordered(fit.held, as: task.rows.heldOut))
      }
    }
  }

  private func member(
    _ task: Task, _ data: LabeledFeatures, _ context: FitContext
  ) throws(HeadsError) -> LogisticFitting.Member {
    for rows in [task.rows.training, task.rows.heldOut] {
      guard rows.allSatisfy({ (0..<data.count).contains($0) }), Set(rows).count == rows.count else {
        throw HeadsError(.invalidArgument, "a task's rows are out of range, or one appears twice")
      }
    }
    let selected = data.selecting(task.rows.training)
    let effective = try selected.effectiveWeights(task.classWeights ?? configuration.classWeights)
    var weights = Array(repeating: 0.0, count: data.count)
    var isIncluded = Array(repeating: false, count: data.count)
    for (row, weight) in zip(task.rows.training, effective) {
      weights[row] = weight
      isIncluded[row] = true
    }
    return LogisticFitting.Member(
      weights: weights, isIncluded: task.rows.training.count == data.count ? nil : isIncluded,
      held: task.rows.heldOut.sorted(), values: Set(values).sorted(),
      start: task.initialHead ?? context.options.initialHead)
  }

  /// Scores of ascending rows in the order that was asked for.
  private func ordered(_ scores: [Float], as rows: [Int]) throws(HeadsError) -> Tensor {
    let outputs = rows.isEmpty ? 1 : scores.count / rows.count
    var position = Array(repeating: 0, count: rows.count)
    for (index, place) in rows.indices.sorted(by: { rows[$0] < rows[$1] }).enumerated() {
      position[place] = index
    }
    do throws(TensorsError) {
      return try Tensor(
        shape: [rows.count, outputs],
        values: position.flatMap { scores[$0 * outputs..<($0 + 1) * outputs] })
    } catch { throw HeadsError(error) }
  }
}
