/// Reads the subset of Python's pickle format (protocol 2,
/// <https://docs.python.org/3/library/pickletools.html>) that PyTorch checkpoints are written in, and only
/// describes what it finds: nothing is imported, no object is made, no code runs.
struct Unpickler {
  private var cursor: ByteCursor
  private var result = Unpickled()
  private var stack: [PickleValue] = []
  /// Heights of the stack where a mark lies.
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var storageByKey: [String: Int] = [:]

  /// A pickle of a few hundred tensors has some ten thousand operations; memory stays in proportion to them.
  private static let operationLimit = 2_000_000
  private static let byteLimit = 64 << 20

  /// Reads the pickle that starts where `range` does and ends in it.
  static func read(_ file: FileBytes, _ range: Range<Int>) throws(BackboneError) -> Unpickled {
    let end = min(range.upperBound, range.lowerBound + byteLimit)
    var unpickler = Unpickler(cursor: ByteCursor(file, range.lowerBound..<end))
    return try unpickler.run()
  }

  private init(cursor: ByteCursor) { self.cursor = cursor }

  private mutating func run() throws(BackboneError) -> Unpickled {
    for _ in 0..<Self.operationLimit {
      let operation = try cursor.integer(UInt8.self)
      if operation == UInt8(ascii: ".") {
        result.root = try pop()
        guard stack.isEmpty, marks.isEmpty else { throw error("ends with values left over") }
        result.end = cursor.position
        return result
      }
      if try !pushPlainValue(operation) { try change(operation) }
    }
    throw error("takes more than \(Self.operationLimit) operations")
  }

  private func error(_ what: String) -> BackboneError { cursor.error("holds a pickle that \(what)") }

  // MARK: Operations

  /// Operations that push a number, text or an empty container; false where `operation` is none of them.
  private mutating func pushPlainValue(_ operation: UInt8) throws(BackboneError) -> Bool {
    switch operation {
    case UInt8(ascii: "N"): stack.append(.null)
    case 0x88: stack.append(.bool(true))
    case 0x89: stack.append(.bool(false))
    case UInt8(ascii: "J"): stack.append(.integer(Int(try cursor.integer(Int32.self))))
    case UInt8(ascii: "K"): stack.append(.integer(Int(try cursor.integer(UInt8.self))))
    case UInt8(ascii: "M"): stack.append(.integer(Int(try cursor.integer(UInt16.self))))
    case 0x8a: stack.append(try longInteger())
    case UInt8(ascii: "G"):  // the one big-endian number
      stack.append(.float(Double(bitPattern: try cursor.integer(UInt64.self).byteSwapped)))
    case UInt8(ascii: "X"): stack.append(.string(try cursor.text(Int(try cursor.integer(UInt32.self)))))
    case UInt8(ascii: "U"): stack.append(.string(try cursor.text(Int(try cursor.integer(UInt8.self)))))
    case UInt8(ascii: ")"): stack.append(.tuple(table([])))
    case UInt8(ascii: "]"): stack.append(.list(table([])))
    case UInt8(ascii: "}"): stack.append(dictionary([]))
    default: return false
    }
    return true
  }

  /// Operations that work on what is there already.
  private mutating func change(_ operation: UInt8) throws(BackboneError) {
    switch operation {
    case 0x80: _ = try cursor.integer(UInt8.self)  // the protocol's number; its operations tell
    case UInt8(ascii: "("): marks.append(stack.count)
    case UInt8(ascii: "t"): stack.append(.tuple(table(try popToMark())))
    case 0x85, 0x86, 0x87: stack.append(.tuple(table(try pop(count: Int(operation) - 0x84))))
    case UInt8(ascii: "a"): try append([try pop()])
    case UInt8(ascii: "e"): try append(try popToMark())
    case UInt8(ascii: "s"): try setItems(try pop(count: 2))
    case UInt8(ascii: "u"): try setItems(try popToMark())
    case UInt8(ascii: "q"): try remember(Int(try cursor.integer(UInt8.self)))
    case UInt8(ascii: "r"): try remember(Int(try cursor.integer(UInt32.self)))
    case UInt8(ascii: "h"): try recall(Int(try cursor.integer(UInt8.self)))
    case UInt8(ascii: "j"): try recall(Int(try cursor.integer(UInt32.self)))
    case UInt8(ascii: "c"): try pushGlobal()
    case UInt8(ascii: "Q"): try pushStorage()
    case UInt8(ascii: "R"), 0x81: try construct()
    case UInt8(ascii: "b"): try setState()
    default:
      throw error("uses operation 0x\(String(operation, radix: 16)), which PyTorch checkpoints do not need")
    }
  }

  /// Two's complement, little-endian, of up to 255 bytes.
  private mutating func longInteger() throws(BackboneError) -> PickleValue {
    let bytes = try cursor.bytes(Int(try cursor.integer(UInt8.self)))
    guard bytes.count <= 8 else { return .opaque }
    var bits: UInt64 = bytes.last.map { $0 >= 0x80 ? .max : 0 } ?? 0
    for byte in bytes.reversed() { bits = bits << 8 | UInt64(byte) }
    return .integer(Int(Int64(bitPattern: bits)))
  }

  private mutating func remember(_ index: Int) throws(BackboneError) {
    guard stack.count > (marks.last ?? 0), let top = stack.last else { throw error("remembers nothing") }
    memo[index] = top
  }

  private mutating func recall(_ index: Int) throws(BackboneError) {
    guard let value = memo[index] else { throw error("recalls value \(index), which it never remembered") }
    stack.append(value)
  }

  private mutating func append(_ values: [PickleValue]) throws(BackboneError) {
    guard case .list(let index) = try pop() else { throw error("appends to something that is no list") }
    result.sequences[index] += values
    stack.append(.list(index))
  }

  private mutating func setItems(_ values: [PickleValue]) throws(BackboneError) {
    guard case .dictionary(let index) = try pop() else {
      throw error("sets an item of something that is no dictionary")
    }
    guard values.count.isMultiple(of: 2) else { throw error("sets an item without a value") }
    for position in stride(from: 0, to: values.count, by: 2) {
      result.dictionaries[index].append(PickleEntry(key: values[position], value: values[position + 1]))
    }
    stack.append(.dictionary(index))
  }

  private mutating func pushGlobal() throws(BackboneError) {
    let module = try cursor.line(limit: 200)
    let name = try cursor.line(limit: 200)
    guard let global = PickleGlobal("\(module).\(name)") else {
      throw error(
        "refers to \(module).\(name), which is not on the list of what a checkpoint of weights may hold "
          + "(a whole pickled module has to be saved again as its state_dict)")
    }
    stack.append(.global(global))
  }

  private mutating func pushStorage() throws(BackboneError) {
    guard case .tuple(let index) = try pop() else { throw error("names a storage without describing it") }
    let storage: PickledStorage
    do { storage = try PickledStorage(description: result.sequences[index]) } catch {
      throw self.error(error.reason)
    }
    if let known = storageByKey[storage.key] {
      guard result.storages[known] == storage else {
        throw error("describes storage \(storage.key) in two ways")
      }
      stack.append(.storage(known))
    } else {
      storageByKey[storage.key] = result.storages.count
      stack.append(.storage(result.storages.count))
      result.storages.append(storage)
    }
  }

  /// What Python would do by a call, done by knowing the outcome.
  private mutating func construct() throws(BackboneError) {
    guard case .tuple(let index) = try pop() else { throw error("calls something without arguments") }
    guard case .global(let global) = try pop() else {
      throw error("calls something that is not a name on the list")
    }
    do { stack.append(try result.construct(global, result.sequences[index])) } catch {
      throw self.error(error.reason)
    }
  }

  /// Attributes set from outside: `_metadata` of a state dict, and what opaque objects hold. None is used.
  private mutating func setState() throws(BackboneError) {
    _ = try pop()
    let object = try pop()
    switch object {
    case .dictionary, .tensor, .opaque: stack.append(object)
    default: throw error("sets the state of something that has none")
    }
  }

  // MARK: Stack and tables

  private mutating func pop() throws(BackboneError) -> PickleValue {
    guard stack.count > (marks.last ?? 0), let value = stack.popLast() else {
      throw error("takes a value from an empty stack")
    }
    return value
  }

  private mutating func pop(count: Int) throws(BackboneError) -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else { throw error("takes a value from an empty stack") }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws(BackboneError) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw error("looks for a mark that it never set") }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private mutating func table(_ values: [PickleValue]) -> Int {
    result.sequences.append(values)
    return result.sequences.count - 1
  }

  private mutating func dictionary(_ entries: [PickleEntry]) -> PickleValue {
    result.dictionaries.append(entries)
    return .dictionary(result.dictionaries.count - 1)
  }
}
