/// A fitted head and what is known about the fit.
public struct FitResult: Sendable {
  public var head: Head
  public var certificate: FitCertificate
  /// One record an epoch, for heads that are trained by epochs.
  public var history: [EpochRecord]

  init(head: Head, certificate: FitCertificate, history: [EpochRecord] = []) {
    self.head = head
    self.certificate = certificate
    self.history = history
  }
}

/// What a solver can prove about its answer.
public struct FitCertificate: Hashable, Sendable {
  /// How a fit ended.
  public enum Status: String, Hashable, Sendable, CaseIterable {
    /// The tolerance was met.
    case converged
    /// The iterations ran out first.
    case iterationLimit
    /// No step improves the objective at the precision of its arithmetic, and the tolerance is not met.
    case precisionLimit
    /// All epochs of a training schedule were run, which is how such a fit normally ends.
    case scheduleCompleted
    /// The validation part stopped improving, and the best weights were kept.
    case stoppedEarly
  }

  /// How far from the optimum the answer can be.
  public enum Optimality: Hashable, Sendable {
    /// The largest absolute component of the objective's gradient.
    case gradient(Double)
    /// Primal minus dual objective, which bounds how far the objective is above its minimum; summed over the
    /// one-vs-rest problems.
    case dualityGap(Double)
    /// Nothing is known, as for networks.
    case unknown
  }

  /// The value of the training objective, as the head's documentation defines it.
  public var objective: Double
  public var optimality: Optimality
  /// Iterations, passes over the rows, or epochs.
  public var iterations: Int
  /// Wall time.
  public var seconds: Double
  public var status: Status
  /// The most bytes that the fit's own arrays took up at one time: rows kept or being read, coefficients,
  /// gradients, what the solver remembers. Rows that are read where they lie, in memory or mapped, do not count.
  /// With several threads it may differ a little from run to run, as it does not always come to all of them at
  /// the same time.
  public var peakBytes: Int

  /// Whether the solver met its tolerance.
  public var isConverged: Bool { status == .converged }
}

/// One epoch of a training schedule.
public struct EpochRecord: Hashable, Sendable {
  /// Counted from 1.
  public var epoch: Int
  public var learningRate: Double
  /// Mean log-loss and accuracy over the epoch's batches, as they were trained on (with dropout, weights
  /// changing).
  public var trainingLoss: Double
  public var trainingAccuracy: Double
  /// Of the validation part after the epoch; `nil` without one.
  public var validationLoss: Double?
  public var validationAccuracy: Double?
}
