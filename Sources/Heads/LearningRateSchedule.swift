#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The learning rate over the epochs. It changes between epochs only.
public enum LearningRateSchedule: Hashable, Sendable {
  case constant
  /// Times `factor` after every so many epochs (PyTorch's `StepLR`).
  case step(every: Int, factor: Double)
  /// Half a cosine from the learning rate down to 0 after the last epoch (Loshchilov and Hutter, "SGDR", 2017,
  /// without restarts; PyTorch's `CosineAnnealingLR`).
  case cosine
  /// The same, down to a fraction of the learning rate.
  case cosineTo(fraction: Double)
  /// Times `factor` whenever the validation log-loss (the training loss without a validation part) has not been
  /// below (1 - threshold) times its lowest for more than `patience` epochs, but not below `minimumRate`
  /// (PyTorch's `ReduceLROnPlateau`).
  case plateau(
    factor: Double = 0.1, patience: Int = 10, threshold: Double = 1e-4, minimumRate: Double = 0)
  /// Linearly from a fraction of the learning rate up to it, which the epoch after the warm-up has; then another
  /// schedule over the epochs that are left (PyTorch's `LinearLR`, and `SequentialLR` for both).
  indirect case warmUp(epochs: Int, fromFraction: Double, then: LearningRateSchedule)

  var isSound: Bool {
    switch self {
    case .constant, .cosine: true
    case .step(let every, let factor): every > 0 && factor > 0 && factor.isFinite
    case .cosineTo(let fraction): (0...1).contains(fraction)
    case .plateau(let factor, let patience, let threshold, let minimumRate):
      factor > 0 && factor < 1 && patience >= 0 && (0..<1).contains(threshold) && minimumRate >= 0
        && minimumRate.isFinite
    case .warmUp(let epochs, let fraction, let next):
      epochs > 0 && fraction > 0 && fraction <= 1 && next.isSound
    }
  }
}

/// A schedule under way: the rate of each epoch in turn.
package struct RateSequence {
  private let schedule: LearningRateSchedule
  private let epochs: Int
  private let peak: Double
  /// What a plateau has come to.
  var plateau = Plateau()

  struct Plateau: Hashable {
    var factor = 1.0
    var lowest = Double.infinity
    var badEpochs = 0
  }

  package init(_ schedule: LearningRateSchedule, peak: Double, epochs: Int) {
    (self.schedule, self.peak, self.epochs) = (schedule, peak, epochs)
  }

  /// The rate of an epoch, counted from 0.
  package func rate(epoch: Int) -> Double { peak * factor(schedule, epoch, of: epochs) }

  private func factor(_ schedule: LearningRateSchedule, _ epoch: Int, of epochs: Int) -> Double {
    switch schedule {
    case .constant: return 1
    case .step(let every, let factor): return pow(factor, Double(epoch / max(every, 1)))
    case .cosine: return factor(.cosineTo(fraction: 0), epoch, of: epochs)
    case .cosineTo(let fraction):
      return fraction + (1 - fraction) * 0.5 * (1 + cos(Double.pi * Double(epoch) / Double(epochs)))
    case .plateau: return plateau.factor
    case .warmUp(let count, let fraction, let next):
      guard epoch < count else { return factor(next, epoch - count, of: max(epochs - count, 1)) }
      return fraction + (1 - fraction) * Double(epoch) / Double(count)
    }
  }

  /// Tells how an epoch, counted from 0, ended.
  package mutating func finish(epoch: Int, loss: Double) {
    var schedule = schedule
    var warmUp = 0
    while case .warmUp(let count, _, let next) = schedule { (schedule, warmUp) = (next, warmUp + count) }
    guard case .plateau(let factor, let patience, let threshold, let minimumRate) = schedule, epoch >= warmUp
    else { return }
    if loss < plateau.lowest * (1 - threshold) {
      plateau.lowest = loss
      plateau.badEpochs = 0
    } else {
      plateau.badEpochs += 1
    }
    guard plateau.badEpochs > patience else { return }
    plateau.badEpochs = 0
    let old = peak * plateau.factor
    let new = max(old * factor, minimumRate)
    // The peer's own least change.
    if old - new > 1e-8 { plateau.factor = new / peak }
  }
}
