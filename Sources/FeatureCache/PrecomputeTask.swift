import Tensors

/// The samples that a run is for, and where it publishes them.
struct PrecomputeTask {
  let work: Work
  let samples: [Sample]
  /// For a whole data set, that; else the table of the plan.
  private let origin: Origin

  private enum Origin {
    case dataSet(DataSet)
    case plan(table: DataFile)
  }

  init(_ dataSet: DataSet) {
    work = .all
    samples = dataSet.samples
    origin = .dataSet(dataSet)
  }

  /// One shard of a root's newest plan.
  ///
  /// - Parameter count: how many shards the caller takes the plan to have; `nil`: as many as it has.
  init(shard: Int, of count: Int?, in root: CacheRoot) throws(FeatureCacheError) {
    guard let plan = try root.read().plans.last else {
      throw FeatureCacheError(.noCache, "\(root.path) holds no plan whose shard \(shard) could be computed")
    }
    guard count == nil || count == plan.shards else {
      throw FeatureCacheError(
        .invalidArgument,
        "shard \(shard) of \(count ?? 0) was asked for, but the plan in \(root.path) has \(plan.shards)")
    }
    guard shard >= 0, shard < plan.shards else {
      throw FeatureCacheError(
        .invalidArgument, "there is no shard \(shard) in the plan in \(root.path), which has \(plan.shards)")
    }
    let table = try root.table(plan)
    let name = ShardName(generation: plan.generation, shard: shard, shards: plan.shards)
    work = .shard(shard, of: plan.shards)
    samples = Array(table[name.samples(of: table.count)])
    origin = .plan(table: plan.table)
  }

  /// The shards that show these samples now, if there are any that do.
  func published(in contents: CacheContents, _ root: CacheRoot) throws(FeatureCacheError) -> [Shard]? {
    switch (origin, work) {
    case (.dataSet(let dataSet), _):
      guard let current = contents.current, try root.table(current.plan).isEqual(to: dataSet) else {
        return nil
      }
      return current.shards
    case (.plan, .shard(let index, _)):
      let plan = try newestPlan(contents, root)
      return contents.shards.first { $0.record.generation == plan.generation && $0.record.shard == index }
        .map { [$0] }
    case (.plan, .all): return nil
    }
  }

  /// The place for what was computed: one that waits for it, or one in a new generation.
  ///
  /// - Returns: `nil` where another run has published a plan meanwhile.
  func place(
    in contents: CacheContents, _ root: CacheRoot
  ) throws(FeatureCacheError) -> (shard: ShardName, plan: PlanRecord)? {
    switch (origin, work) {
    case (.dataSet(let dataSet), _):
      let plan = try root.plan(for: dataSet, in: contents)
      return plan.map { (ShardName(generation: $0.generation, shard: 0, shards: 1), $0) }
    case (.plan(let table), .shard(let index, let count)):
      let newest = try newestPlan(contents, root)
      let isTaken = try published(in: contents, root) != nil
      let plan =
        isTaken ? try root.makePlan(generation: newest.generation + 1, shards: count, table: table) : newest
      return plan.map { (ShardName(generation: $0.generation, shard: index, shards: count), $0) }
    case (.plan, .all): return nil
    }
  }

  /// - Throws: `.planChanged` where the newest plan is of other samples than those of this task.
  private func newestPlan(
    _ contents: CacheContents, _ root: CacheRoot
  ) throws(FeatureCacheError) -> PlanRecord {
    guard case .plan(let table) = origin, case .shard(_, let count) = work, let plan = contents.plans.last,
      plan.shards == count, plan.table == table
    else {
      throw FeatureCacheError(
        .planChanged,
        "the plan in \(root.path) has changed since shard \(work.name) was begun: begin it again")
    }
    return plan
  }
}
