/// The Python names that a checkpoint may mention, by their exact dotted names, and what each is taken for.
///
/// Nothing is ever imported or called: a name outside this list ends the reading.
enum PickleGlobal: Hashable, Sendable {
  /// A kind of dictionary.
  case dictionary
  /// The type of a storage; `nil` for raw bytes.
  case storage(ElementType?)
  case elementType(ElementType)
  case size
  case rebuildTensor
  case rebuildTensorOfType
  case rebuildParameter
  case rebuildSubclass
  case tensorClass
  /// Makes something that is accepted beside tensors and then forgotten.
  case opaque

  /// `nil` where the name is not on the list.
  init?(_ name: String) {
    guard let global = Self.byName[name] else { return nil }
    self = global
  }

  private static let byName: [String: PickleGlobal] = {
    var names: [String: PickleGlobal] = [
      "collections.OrderedDict": .dictionary,
      "collections.Counter": .dictionary,
      "collections.defaultdict": .dictionary,
      "torch.Size": .size,
      "torch.storage.UntypedStorage": .storage(nil),
      "torch.UntypedStorage": .storage(nil),
      "torch._utils._rebuild_tensor": .rebuildTensor,
      "torch._utils._rebuild_tensor_v2": .rebuildTensor,
      "torch._utils._rebuild_tensor_v3": .rebuildTensorOfType,
      "torch._utils._rebuild_parameter": .rebuildParameter,
      "torch._utils._rebuild_parameter_with_state": .rebuildParameter,
      "torch._tensor._rebuild_from_type_v2": .rebuildSubclass,
      "torch.Tensor": .tensorClass,
      "torch.nn.parameter.Parameter": .tensorClass,
      "torch.nn.parameter.Buffer": .tensorClass,
    ]
    let storages: [(String, ElementType)] = [
      ("Float", .float32), ("Half", .float16), ("BFloat16", .bfloat16), ("Double", .float64),
      ("Long", .int64), ("Int", .int32), ("Short", .int16), ("Char", .int8), ("Byte", .uint8),
      ("Bool", .bool),
    ]
    for (name, type) in storages { names["torch.\(name)Storage"] = .storage(type) }
    let types: [(String, ElementType)] = [
      ("float32", .float32), ("float16", .float16), ("bfloat16", .bfloat16), ("float64", .float64),
      ("int64", .int64), ("int32", .int32), ("int16", .int16), ("int8", .int8), ("uint64", .uint64),
      ("uint32", .uint32), ("uint16", .uint16), ("uint8", .uint8), ("bool", .bool),
    ]
    for (name, type) in types { names["torch.\(name)"] = .elementType(type) }
    for module in ["builtins", "__builtin__"] {
      names["\(module).dict"] = .dictionary
      for name in ["set", "list", "int", "long", "float", "complex", "bytearray"] {
        names["\(module).\(name)"] = .opaque
      }
    }
    // Settings and measures that training scripts keep beside the weights.
    for module in ["numpy.core.multiarray", "numpy._core.multiarray"] {
      names["\(module).scalar"] = .opaque
      names["\(module)._reconstruct"] = .opaque
    }
    for name in ["numpy.dtype", "numpy.ndarray", "_codecs.encode", "torch.device", "argparse.Namespace"] {
      names[name] = .opaque
    }
    return names
  }()
}
