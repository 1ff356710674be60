/// How a network's weights follow their gradient.
public enum Optimizer: Hashable, Sendable {
  /// Adam (Kingma and Ba, 2015); weight decay is added to the gradient.
  case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
  /// Adam with decoupled weight decay (Loshchilov and Hutter, "Decoupled weight decay regularization", 2019).
  case adamW(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
  /// Gradient descent with momentum as PyTorch's `SGD`, heavy-ball or Nesterov's; weight decay is added to the
  /// gradient.
  case sgd(momentum: Double = 0.9, isNesterov: Bool = false)

  var isSound: Bool {
    switch self {
    case .adam(let beta1, let beta2, let epsilon), .adamW(let beta1, let beta2, let epsilon):
      (0..<1).contains(beta1) && (0..<1).contains(beta2) && epsilon > 0 && epsilon.isFinite
    case .sgd(let momentum, _): (0..<1).contains(momentum)
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
