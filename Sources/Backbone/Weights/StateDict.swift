/// Finds the weights among what a training script saved.
///
/// Scripts save either the state dict itself or a dictionary that holds it beside the epoch, the optimiser
/// and other settings.
struct StateDict {
  private(set) var tensors: [(name: String, tensor: PickledTensor)] = []
  /// The keys that led to the tensors.
  private(set) var path: [String] = []
  /// Plain values beside them, as text.
  private(set) var metadata: [String: String] = [:]

  /// Names that wrap a state dict, most specific first.
  private static let wrappers = ["state_dict", "model_state_dict", "model"]

  init(_ pickle: Unpickled, file: String) throws(BackboneError) {
    var value = pickle.root
    while true {
      guard case .dictionary(let index) = value else {
        throw .malformed(file, "holds no dictionary of weights")
      }
      let entries = pickle.dictionaries[index]
      let wrapped = Self.wrappers.lazy.compactMap { wrapper in
        entries.last { $0.key == .string(wrapper) && $0.value.isDictionary }.map { (wrapper, $0.value) }
      }.first
      guard let (wrapper, inner) = wrapped, path.count < 2 else {
        tensors = try Self.tensors(entries, pickle, file: file)
        return
      }
      for case (.string(let name), let text?) in entries.lazy.map({ ($0.key, $0.value.plainText) }) {
        metadata[name] = text
      }
      path.append(wrapper)
      value = inner
    }
  }

  private static func tensors(
    _ entries: [PickleEntry], _ pickle: Unpickled, file: String
  ) throws(BackboneError) -> [(name: String, tensor: PickledTensor)] {
    var tensors: [(name: String, tensor: PickledTensor)] = []
    for entry in entries {
      guard case .string(let name) = entry.key else {
        throw .malformed(file, "holds a dictionary of weights with a key that is no name")
      }
      // What a module saves of its own accord beside its tensors.
      if name.hasSuffix("_extra_state") { continue }
      guard case .tensor(let index) = entry.value else {
        throw .malformed(
          file,
          "holds \(name), which is no tensor, among its weights; weights are looked for at the top and "
            + "under \(wrappers.joined(separator: ", "))")
      }
      tensors.append((name, pickle.tensors[index]))
    }
    return tensors
  }
}

extension PickleValue {
  fileprivate var isDictionary: Bool { if case .dictionary = self { true } else { false } }

  fileprivate var plainText: String? {
    switch self {
    case .string(let text): text
    case .integer(let value): String(value)
    case .float(let value): String(value)
    case .bool(let value): String(value)
    default: nil
    }
  }
}
