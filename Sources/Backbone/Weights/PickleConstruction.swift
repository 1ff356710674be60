/// Why a value in a pickle cannot be; ends a sentence that starts with "holds a pickle that".
struct PickleFault: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

extension PickledStorage {
  /// From the tuple that stands for a storage: `("storage", type, key, device, element count)`, and `None`
  /// for "not a part of another storage" in the older format.
  init(description: [PickleValue]) throws(PickleFault) {
    guard description.count == 5 || (description.count == 6 && description[5] == .null),
      description[0] == .string("storage"), case .global(.storage(let type)) = description[1],
      case .string(let key) = description[2], case .string = description[3],
      case .integer(let count) = description[4], count >= 0
    else { throw PickleFault("describes a storage in an unknown way") }
    let (byteCount, overflow) = count.multipliedReportingOverflow(by: type?.byteCount ?? 1)
    guard !overflow else { throw PickleFault("describes storage \(key) with \(count) elements") }
    self.init(key: key, type: type, byteCount: byteCount)
  }
}

extension Unpickled {
  /// What calling `global` with these arguments would make.
  mutating func construct(_ global: PickleGlobal, _ arguments: [PickleValue]) throws(PickleFault)
    -> PickleValue
  {
    switch global {
    case .dictionary:
      let entries = try entries(of: arguments)
      dictionaries.append(entries)
      return .dictionary(dictionaries.count - 1)
    case .size:
      guard arguments.count == 1, case .tuple = arguments[0] else { throw PickleFault("makes a broken size") }
      return arguments[0]
    case .rebuildTensor:
      return try tensor(arguments, type: nil)
    case .rebuildTensorOfType:
      guard arguments.count >= 7, case .global(.elementType(let type)) = arguments[6] else {
        throw PickleFault("makes a tensor without a type")
      }
      return try tensor(arguments, type: type)
    case .rebuildParameter:
      guard let first = arguments.first, case .tensor = first else {
        throw PickleFault("makes a parameter out of something that is no tensor")
      }
      return first
    case .rebuildSubclass:
      // (function, class, its arguments, state); only the functions above, so that this cannot nest.
      guard arguments.count == 4, case .global(let function) = arguments[0],
        [.rebuildTensor, .rebuildTensorOfType, .rebuildParameter].contains(function),
        arguments[1] == .global(.tensorClass), case .tuple(let inner) = arguments[2]
      else { throw PickleFault("makes a tensor of an unknown class") }
      return try construct(function, sequences[inner])
    case .opaque:
      return .opaque
    case .storage, .elementType, .tensorClass:
      throw PickleFault("calls something that is not to be called")
    }
  }

  /// A dictionary's first content: nothing, another dictionary, or a list of pairs. A default dictionary's
  /// factory may stand before it.
  private mutating func entries(of arguments: [PickleValue]) throws(PickleFault) -> [PickleEntry] {
    var entries: [PickleEntry] = []
    switch arguments.last {
    case nil, .null, .global: return []
    case .dictionary(let index): entries = dictionaries[index]
    case .list(let index):
      for case .list(let pair) in sequences[index] where sequences[pair].count == 2 {
        entries.append(PickleEntry(key: sequences[pair][0], value: sequences[pair][1]))
      }
    default: throw PickleFault("makes a dictionary out of something else")
    }
    // One short operation copies a whole dictionary; the sum of all copies has to stay small.
    copiedEntries += entries.count
    guard copiedEntries <= Self.copyLimit else { throw PickleFault("copies too many dictionary entries") }
    return entries
  }

  /// `(storage, offset, size, stride, ...)`, counted in elements.
  private mutating func tensor(_ arguments: [PickleValue], type: ElementType?) throws(PickleFault)
    -> PickleValue
  {
    guard arguments.count >= 4, case .storage(let storage) = arguments[0],
      case .integer(let offset) = arguments[1], case .tuple(let size) = arguments[2],
      case .tuple(let stride) = arguments[3]
    else { throw PickleFault("makes a tensor in an unknown way") }
    guard let type = type ?? storages[storage].type else {
      throw PickleFault("makes a tensor without a type")
    }
    let shape = sequences[size].compactMap { if case .integer(let length) = $0 { length } else { nil } }
    let strides = sequences[stride].compactMap { if case .integer(let step) = $0 { step } else { nil } }
    guard shape.count == sequences[size].count, strides.count == sequences[stride].count,
      shape.count == strides.count, shape.count <= 64, elementCount(of: shape) != nil
    else { throw PickleFault("makes a tensor of a broken shape") }
    let tensor = PickledTensor(storage: storage, type: type, shape: shape, strides: strides, offset: offset)
    guard tensor.fits(byteCount: storages[storage].byteCount) else {
      throw PickleFault(
        "makes a tensor of shape \(shape), strides \(strides) and offset \(offset) that lies outside its "
          + "storage of \(storages[storage].byteCount) bytes")
    }
    tensors.append(tensor)
    return .tensor(tensors.count - 1)
  }
}

extension PickledTensor {
  /// Whether every element lies in a storage of so many bytes.
  func fits(byteCount: Int) -> Bool {
    guard offset >= 0, strides.allSatisfy({ $0 >= 0 }) else { return false }
    let capacity = byteCount / type.byteCount
    guard !shape.contains(0) else { return offset <= capacity }
    var last = offset
    for (length, stride) in zip(shape, strides) {
      let (reach, overflow) = (length - 1).multipliedReportingOverflow(by: stride)
      let (sum, sumOverflow) = last.addingReportingOverflow(reach)
      guard !overflow, !sumOverflow else { return false }
      last = sum
    }
    return last < capacity
  }
}
