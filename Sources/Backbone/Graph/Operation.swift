/// What a node computes from its inputs.
public enum Operation: Hashable, Sendable {
  /// The preprocessed picture.
  case input
  /// torch.nn.Conv2d
  case convolution(Convolution)
  /// torch.nn.BatchNorm2d in evaluation mode: (x - running_mean) / sqrt(running_var + epsilon) * weight + bias
  case batchNorm(epsilon: Double)
  /// max(x, 0)
  case relu
  /// min(max(x, 0), 6)
  case relu6
  /// torch.nn.MaxPool2d
  case maxPool(Window)
  /// torch.nn.AdaptiveAvgPool2d to this many rows and columns
  case adaptiveAveragePool(height: Int, width: Int)
  /// torch.nn.Linear to this many features
  case linear(features: Int)
  /// Elementwise sum of two inputs
  case add
  /// Channels of the inputs, one after the other
  case concatenate
  /// [channels, height, width] to one vector
  case flatten
  /// Nothing: dropout acts in training only
  case dropout

  /// A window that moves over a map.
  public struct Window: Hashable, Sendable {
    public var kernel: Int
    public var stride: Int
    public var padding: Int
    /// Whether a last window that hangs over the edge counts (torch's `ceil_mode`).
    public var ceilMode: Bool
  }

  public struct Convolution: Hashable, Sendable {
    public var channels: Int
    public var kernel: Int
    public var stride: Int
    public var padding: Int
    public var dilation: Int
    public var groups: Int
    public var bias: Bool
  }

  /// The operation's name in listings.
  public var name: String {
    switch self {
    case .input: "input"
    case .convolution(let convolution):
      convolution.groups == 1 ? "convolution" : "grouped convolution"
    case .batchNorm: "batch norm"
    case .relu: "relu"
    case .relu6: "relu6"
    case .maxPool: "max pool"
    case .adaptiveAveragePool: "average pool"
    case .linear: "linear"
    case .add: "add"
    case .concatenate: "concatenate"
    case .flatten: "flatten"
    case .dropout: "dropout"
    }
  }
}
