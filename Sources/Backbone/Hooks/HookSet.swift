public import Tensors

/// Closures that run while a batch passes through a network, by layer.
///
/// A value: it is handed over when a plan is made, and networks never change. A hook fires once for each batch,
/// with the whole batch, one hook at a time, in graph order; hooks of one layer fire in the order in which they
/// were added. Observing changes no bit of anything. Replacing cuts the fusion of layers at that place.
public struct HookSet: Sendable {
  /// Names a hook for removal.
  public struct Token: Hashable, Sendable {
    fileprivate let number: Int
  }

  struct Hook: Sendable {
    enum Action: Sendable {
      case observeInputs(@Sendable (HookEvent) throws -> Void)
      case observeOutput(@Sendable (HookEvent) throws -> Void)
      case replaceInputs(version: String?, @Sendable (HookEvent) throws -> [Tensor])
      case replaceOutput(version: String?, @Sendable (HookEvent) throws -> Tensor)
    }

    let layer: String
    let action: Action

    var firesBefore: Bool {
      switch action {
      case .observeInputs, .replaceInputs: true
      case .observeOutput, .replaceOutput: false
      }
    }

    /// For a replacing hook, its version, which may be missing; `nil` for an observing one.
    var replacement: String?? {
      switch action {
      case .observeInputs, .observeOutput: .none
      case .replaceInputs(let version, _), .replaceOutput(let version, _): .some(version)
      }
    }
  }

  private var numbered: [(token: Token, hook: Hook)] = []
  private var nextNumber = 0

  public init() {}

  var hooks: [Hook] { numbered.map(\.hook) }
  public var isEmpty: Bool { numbered.isEmpty }

  /// Looks at what a layer gives.
  @discardableResult
  public mutating func add(
    after layer: String, _ observe: @escaping @Sendable (HookEvent) throws -> Void
  ) -> Token {
    add(Hook(layer: layer, action: .observeOutput(observe)))
  }

  /// Looks at what a layer reads.
  @discardableResult
  public mutating func add(
    before layer: String, _ observe: @escaping @Sendable (HookEvent) throws -> Void
  ) -> Token {
    add(Hook(layer: layer, action: .observeInputs(observe)))
  }

  /// Puts another tensor of the same shape in the place of what a layer gives.
  ///
  /// - Parameter version: enters the identity of the features. Without one they have no identity and cannot be
  ///   cached: change it whenever `replace` changes.
  @discardableResult
  public mutating func add(
    replacingOutputOf layer: String, version: String?,
    _ replace: @escaping @Sendable (HookEvent) throws -> Tensor
  ) -> Token {
    add(Hook(layer: layer, action: .replaceOutput(version: version, replace)))
  }

  /// Puts other tensors of the same shapes in the place of what a layer reads; nothing else that reads them
  /// notices.
  ///
  /// - Parameter version: as for outputs
  @discardableResult
  public mutating func add(
    replacingInputsOf layer: String, version: String?,
    _ replace: @escaping @Sendable (HookEvent) throws -> [Tensor]
  ) -> Token {
    add(Hook(layer: layer, action: .replaceInputs(version: version, replace)))
  }

  /// Removes a hook; returns whether it was there.
  @discardableResult
  public mutating func remove(_ token: Token) -> Bool {
    guard let index = numbered.firstIndex(where: { $0.token == token }) else { return false }
    numbered.remove(at: index)
    return true
  }

  private mutating func add(_ hook: Hook) -> Token {
    let token = Token(number: nextNumber)
    nextNumber += 1
    numbered.append((token, hook))
    return token
  }
}
