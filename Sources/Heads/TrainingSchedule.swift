#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How a network's weights follow their gradient.
public enum Optimizer: Hashable, Sendable {
  /// Adam (Kingma and Ba, 2015); weight decay is added to the gradient.
  case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
  /// Adam with decoupled weight decay (Loshchilov and Hutter, "Decoupled weight decay regularization", 2019).
  case adamW(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
  /// Gradient descent with heavy-ball momentum as PyTorch's `SGD`; weight decay is added to the gradient.
  case sgd(momentum: Double = 0.9)

  var isSound: Bool {
    switch self {
    case .adam(let beta1, let beta2, let epsilon), .adamW(let beta1, let beta2, let epsilon):
      (0..<1).contains(beta1) && (0..<1).contains(beta2) && epsilon > 0 && epsilon.isFinite
    case .sgd(let momentum): (0..<1).contains(momentum)
    }
  }
}

/// The learning rate over the epochs.
public enum LearningRateSchedule: Hashable, Sendable {
  case constant
  /// Times `factor` after every so many epochs (PyTorch's `StepLR`).
  case step(every: Int, factor: Double)
  /// Half a cosine from the learning rate down to 0 after the last epoch (Loshchilov and Hutter, "SGDR", 2017,
  /// without restarts).
  case cosine

  /// What the learning rate is multiplied with in an epoch, counted from 0.
  func factor(epoch: Int, of epochs: Int) -> Double {
    switch self {
    case .constant: 1
    case .step(let every, let factor): pow(factor, Double(epoch / max(every, 1)))
    case .cosine: 0.5 * (1 + cos(Double.pi * Double(epoch) / Double(epochs)))
    }
  }

  var isSound: Bool {
    switch self {
    case .constant, .cosine: true
    case .step(let every, let factor): every > 0 && factor > 0 && factor.isFinite
    }
  }
}

/// When training ends before its last epoch. The weights of the epoch with the lowest validation log-loss are
/// kept.
public struct EarlyStopping: Hashable, Sendable {
  /// Epochs without improvement after which training ends.
  public var patience: Int
  /// An epoch improves when the validation log-loss falls by more.
  public var minimumImprovement: Double

  public init(patience: Int = 10, minimumImprovement: Double = 0) {
    self.patience = patience
    self.minimumImprovement = minimumImprovement
  }
}
