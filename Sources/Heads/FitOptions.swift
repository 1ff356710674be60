#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Settings of a fit that are not part of the head: none of them changes what is being solved.
public struct FitOptions: Sendable {
  /// Threads of the fit's own; none of those on which tasks run is kept busy, so fits that are started at once run
  /// at once. Equal settings give equal bits; other thread counts give the same answer to the solver's tolerance.
  /// Heads that OpenBLAS computes use the threads that the host has given it, too.
  public var threads: Int
  /// Decides the shuffling, dropout and initial weights.
  public var seed: UInt64
  /// Bytes that the fit may use to keep its training rows as float32. Rows that need more are read again, in
  /// tiles, on every pass.
  public var rowMemoryBudget: Int
  /// Where to start: a head of the same layers, classes and feature normalisation. Its features may have been
  /// standardised otherwise.
  public var initialHead: Head?
  /// Where a multilayer perceptron keeps its state, so that an interrupted fit goes on; other heads need none.
  public var checkpoints: TrainingCheckpoints?
  /// Called after every iteration, epoch or one-vs-rest problem, one call at a time, on a thread of the fit,
  /// where there are no task-local values and `Task.isCancelled` is false.
  public var progress: (@Sendable (FitProgress) -> Void)?

  public init(
    threads: Int = FitOptions.processorCount, seed: UInt64 = 0, rowMemoryBudget: Int = 1 << 30,
    initialHead: Head? = nil, progress: (@Sendable (FitProgress) -> Void)? = nil
  ) {
    self.threads = threads
    self.seed = seed
    self.rowMemoryBudget = rowMemoryBudget
    self.initialHead = initialHead
    self.progress = progress
  }

  /// Processors that are on line.
  public static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}

/// Where a fit stands.
public struct FitProgress: Hashable, Sendable {
  /// Iterations or epochs done.
  public var iteration: Int
  /// At most so many will be done.
  public var limit: Int
  /// The training objective now.
  public var objective: Double
}
