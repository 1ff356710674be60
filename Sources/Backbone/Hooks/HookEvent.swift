public import Tensors

/// What a hook sees: owned tensors, which nothing that the network computes later can change.
public struct HookEvent: Sendable {
  /// The name the hook was added for.
  public let layer: String
  /// What the layer reads: [pictures, channels, height, width] or [pictures, features]. For a scope, the
  /// tensors that enter it.
  public let inputs: [Tensor]
  /// What the layer gives, after replacements by earlier hooks; for a scope, its last node's output. `nil`
  /// before the layer has run.
  public let output: Tensor?
}
