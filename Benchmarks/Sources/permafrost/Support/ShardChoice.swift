import Foundation

/// What `--shard` says: a part of a plan, or that the engine which started this worker knows.
package enum ShardChoice: Equatable {
  /// Part `index`, of so many where the caller or the engine says so.
  case part(Int, of: Int?)

  /// `i/n`, or `auto`, which looks into the environment.
  package init(_ text: String, environment: [String: String]) throws {
    if text == "auto" {
      self = try Self.automatic(environment)
      return
    }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1], index >= 0, index < count else {
      throw CommandError.arguments("--shard \(text) is neither auto nor i/n with 0 <= i < n")
    }
    self = .part(index, of: count)
  }

  /// An engine's variables: the worker's number, and how many workers there are, which is said only where
  /// starting some of them again does not change it.
  private struct Engine {
    let name: String
    let index: String
    let count: String?
    /// One worker is what these variables say outside of any such run, too.
    var isNothingForOne = false
  }

  // Slurm's SLURM_ARRAY_TASK_COUNT is not the number of shards: sending tasks 3 and 7 again makes it 2.
  private static let engines = [
    Engine(name: "a Slurm array", index: "SLURM_ARRAY_TASK_ID", count: nil),
    Engine(name: "a Kubernetes indexed job", index: "JOB_COMPLETION_INDEX", count: nil),
    Engine(name: "Open MPI", index: "OMPI_COMM_WORLD_RANK", count: "OMPI_COMM_WORLD_SIZE"),
    Engine(name: "PMI", index: "PMI_RANK", count: "PMI_SIZE"),
    Engine(name: "srun", index: "SLURM_PROCID", count: "SLURM_NTASKS", isNothingForOne: true),
  ]

  private static func automatic(_ environment: [String: String]) throws -> ShardChoice {
    var found: [(engine: Engine, index: Int, count: Int?)] = []
    for engine in engines {
      guard let text = environment[engine.index] else { continue }
      let countText = engine.count.flatMap { environment[$0] }
      guard let index = Int(text), index >= 0, countText.map({ Int($0).map { index < $0 } ?? false }) ?? true
      else {
        throw CommandError.failed(
          "--shard auto: \(engine.index) is \(text)\(countText.map { " of \($0)" } ?? ""), which is no shard")
      }
      let count = countText.flatMap { Int($0) }
      if engine.isNothingForOne && count ?? 1 == 1 { continue }
      // srun starts MPI programs with both kinds of variables, which then agree.
      if found.contains(where: { $0.index == index && $0.count == count }) { continue }
      found.append((engine, index, count))
    }
    guard let first = found.first else {
      let names = engines.map(\.index).joined(separator: ", ")
      throw CommandError.failed("--shard auto: none of \(names) is set")
    }
    guard found.count == 1 else {
      let names = found.map(\.engine.name).joined(separator: " and ")
      throw CommandError.failed("--shard auto: \(names) each name another shard; give --shard i/n")
    }
    return .part(first.index, of: first.count)
  }
}
