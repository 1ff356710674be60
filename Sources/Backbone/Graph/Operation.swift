/// What a node computes from its inputs.
public enum Operation: Hashable, Sendable {
  /// The preprocessed picture.
  case input
  /// torch.nn.Conv2d
  case convolution(Convolution)
  /// torch.nn.BatchNorm2d in evaluation mode: (x - running_mean) / sqrt(running_var + epsilon) * weight + bias
  case batchNorm(epsilon: Double)
  /// A function of each element
  case activation(Activation)
  /// torch.nn.MaxPool2d
  case maxPool(Window)
  /// torch.nn.AdaptiveAvgPool2d to this many rows and columns
  case adaptiveAveragePool(height: Int, width: Int)
  /// torch.nn.Linear to this many features, over a vector or each token
  case linear(features: Int)
  /// Elementwise sum of two inputs
  case add
  /// Channels of the inputs, one after the other
  case concatenate
  /// Channels of the second input times the factors that the first one has for them
  case multiply
  /// Nothing but another name or shape
  case view(View)
  /// A weight, the same for every picture, as one token
  case classToken
  /// Tokens of the inputs, one after the other
  case concatenateTokens
  /// The input plus a weight of its shape
  case addParameter
  /// torch.nn.LayerNorm over channels
  case layerNorm(epsilon: Double)
  /// torch.nn.MultiheadAttention with one tensor as query, key and value
  case selfAttention(heads: Int)

  /// Functions of one number.
  public enum Activation: String, Hashable, Sendable {
    /// max(x, 0)
    case relu
    /// min(max(x, 0), 6)
    case relu6
    /// x / (1 + e^-x)
    case silu
    /// x times the normal distribution's integral up to x, by the error function
    case gelu
    /// 1 / (1 + e^-x)
    case sigmoid
    /// x min(max(x + 3, 0), 6) / 6
    case hardSwish = "hard swish"
    /// min(max(x + 3, 0), 6) / 6
    case hardSigmoid = "hard sigmoid"
  }

  /// Ways of looking at the same memory.
  public enum View: String, Hashable, Sendable {
    /// [channels, height, width] to one vector
    case flatten
    /// Acts in training only
    case dropout
    /// Acts in training only
    case stochasticDepth = "stochastic depth"
    /// The tensor out of a module's tuple
    case item
    /// [channels, height, width] to [channels, height * width]
    case reshape
    /// [channels, positions] to [positions, channels]
    case permute
    /// [tokens, channels] to the first token's vector
    case firstToken = "first token"

    /// Whether it is its input in all but the name.
    var keepsShape: Bool {
      switch self {
      case .dropout, .stochasticDepth, .item: true
      case .flatten, .reshape, .permute, .firstToken: false
      }
    }
  }

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

    /// Whether each channel of the input is filtered by itself, once.
    func isDepthwise(over input: FeatureShape) -> Bool {
      groups == input.channels && channels == input.channels
    }
  }

  /// The operation's name in listings.
  public var name: String {
    switch self {
    case .input: "input"
    case .convolution(let convolution):
      convolution.groups == 1 ? "convolution" : "grouped convolution"
    case .batchNorm: "batch norm"
    case .activation(let activation): activation.rawValue
    case .maxPool: "max pool"
    case .adaptiveAveragePool: "average pool"
    case .linear: "linear"
    case .add: "add"
    case .concatenate: "concatenate"
    case .multiply: "multiply"
    case .view(let view): view.rawValue
    case .classToken: "class token"
    case .concatenateTokens: "concatenate"
    case .addParameter: "add weight"
    case .layerNorm: "layer norm"
    case .selfAttention: "self-attention"
    }
  }
}
