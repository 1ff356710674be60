import Backbone

/// Writes pickles, honest and other, operation by operation.
struct PickleBuilder {
  var bytes: [UInt8] = [0x80, 2]

  mutating func code(_ characters: String) { bytes += Array(characters.utf8) }
  mutating func code(_ byte: UInt8) { bytes.append(byte) }

  mutating func global(_ module: String, _ name: String) { code("c\(module)\n\(name)\n") }

  mutating func text(_ text: String) {
    code("X")
    bytes += bytesInMemory([UInt32(text.utf8.count)])
    code(text)
  }

  mutating func integer(_ value: Int) {
    code(0x8a)
    code(8)
    bytes += bytesInMemory([value])
  }

  mutating func integers(_ values: [Int]) {
    code("(")
    for value in values { integer(value) }
    code("t")
  }

  mutating func storage(_ type: String, key: String, count: Int) {
    code("(")
    text("storage")
    global("torch", type)
    text(key)
    text("cpu")
    integer(count)
    code("tQ")
  }

  /// A tensor that is a view of a storage named `key`.
  mutating func tensor(
    key: String = "0", type: String = "FloatStorage", count: Int, offset: Int = 0, shape: [Int],
    strides: [Int]
  ) {
    global("torch._utils", "_rebuild_tensor_v2")
    code("(")
    storage(type, key: key, count: count)
    integer(offset)
    integers(shape)
    integers(strides)
    code(0x89)
    code("}tR")
  }

  /// A pickle of a dictionary with the one key "weight", whose value `write` writes.
  static func dictionary(_ write: (inout PickleBuilder) -> Void) -> [UInt8] {
    var pickle = PickleBuilder()
    pickle.code("}")
    pickle.text("weight")
    write(&pickle)
    pickle.code("s.")
    return pickle.bytes
  }

  /// A file in PyTorch's older format around the pickle of an object.
  static func file(_ object: [UInt8], storages: [(key: String, count: Int, bytes: [UInt8])]) -> [UInt8] {
    var magic = PickleBuilder()
    magic.code(0x8a)
    magic.bytes += [0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]
    magic.code(".")
    var version = PickleBuilder()
    version.integer(1001)
    version.code(".")
    var machine = PickleBuilder()
    machine.code("}")
    machine.text("little_endian")
    machine.code(0x88)
    machine.code("s.")
    var keys = PickleBuilder()
    keys.code("](")
    for storage in storages { keys.text(storage.key) }
    keys.code("e.")
    return [magic.bytes, version.bytes, machine.bytes, object, keys.bytes].flatMap { $0 }
      + storages.flatMap { bytesInMemory([$0.count]) + $0.bytes }
  }

  /// The same without storages.
  static func file(_ object: [UInt8]) -> [UInt8] { file(object, storages: []) }

  /// A file whose only weight is whatever `write` writes, with a storage "0" of four zeros.
  static func file(_ write: (inout PickleBuilder) -> Void) -> [UInt8] {
    file(dictionary(write), storages: [("0", 4, [UInt8](repeating: 0, count: 16))])
  }
}
