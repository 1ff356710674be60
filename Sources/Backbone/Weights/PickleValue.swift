/// A value that a pickle describes.
///
/// Containers are numbers into the tables of `Unpickled`: they can be shared and filled after they were
/// shared, as in Python, and neither reading nor releasing a hostile nesting recurses.
enum PickleValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case float(Double)
  case string(String)
  case global(PickleGlobal)
  case list(Int)
  case tuple(Int)
  case dictionary(Int)
  case storage(Int)
  case tensor(Int)
  /// Something a checkpoint may hold beside its tensors, whose content is of no use here.
  case opaque
}

/// A run of numbers of one type that tensors are views of.
struct PickledStorage: Hashable, Sendable {
  let key: String
  /// `nil` for raw bytes, whose type each tensor names.
  let type: ElementType?
  let byteCount: Int
}

/// A tensor: a strided view that lies inside its storage, checked.
struct PickledTensor: Hashable, Sendable {
  let storage: Int
  let type: ElementType
  let shape: [Int]
  /// Elements from one index to the next, a dimension.
  let strides: [Int]
  /// Elements before the first one.
  let offset: Int
}

/// What a pickle held: its root, and the tables that values point into.
struct Unpickled: Sendable {
  var root = PickleValue.null
  /// The elements of lists and tuples.
  var sequences: [[PickleValue]] = []
  var dictionaries: [[PickleEntry]] = []
  var storages: [PickledStorage] = []
  var tensors: [PickledTensor] = []
  /// The byte after the pickle's end.
  var end = 0
  /// Dictionary entries copied so far, by dictionaries made of others.
  var copiedEntries = 0
  static let copyLimit = 1_000_000
}

struct PickleEntry: Hashable, Sendable {
  let key: PickleValue
  let value: PickleValue
}
