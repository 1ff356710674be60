/// The two containers that `torch.save` writes: a pickle, and the bytes of its storages.
struct TorchFile {
  let pickle: Unpickled
  /// Where the bytes of each of the pickle's storages are.
  let storages: [Range<Int>]
}

extension TorchFile {
  /// A zip archive, PyTorch's format since version 1.6: `NAME/data.pkl`, and `NAME/data/KEY` a storage.
  init(zip file: FileBytes) throws(BackboneError) {
    let archive = try ZipArchive(file)
    let names = archive.entries.keys
    guard !names.contains(where: { $0.hasSuffix("/constants.pkl") || $0.contains("/code/") }) else {
      throw .malformed(
        file.name, "is a TorchScript archive, a program; save the state_dict of its module instead")
    }
    let pickles = names.filter { $0.hasSuffix("/data.pkl") && $0.split(separator: "/").count == 2 }
    guard let pickleName = pickles.first, pickles.count == 1 else {
      throw .malformed(file.name, "is a zip archive, but not one that torch.save wrote: it has no data.pkl")
    }
    let folder = pickleName.dropLast("data.pkl".utf8.count)
    if archive.entries["\(folder)byteorder"] != nil {
      var order = ByteCursor(file, try archive.content("\(folder)byteorder"))
      guard try order.text(order.remaining) == "little" else {
        throw .malformed(file.name, "was saved on a big-endian machine, which is not supported")
      }
    }
    pickle = try Unpickler.read(file, archive.content(pickleName))
    var storages: [Range<Int>] = []
    for storage in pickle.storages {
      let range = try archive.content("\(folder)data/\(storage.key)")
      guard range.count == storage.byteCount else {
        throw .malformed(
          file.name,
          "declares \(storage.byteCount) bytes for storage \(storage.key), but holds \(range.count)")
      }
      storages.append(range)
    }
    self.storages = storages
  }

  /// A magic number of ten bytes as a pickled integer, with which the older format begins.
  static let legacyMagic: [UInt8] = [
    0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e,
  ]

  /// The older format: five pickles (magic number, protocol version, machine, object, storage keys), then an
  /// element count and the elements of each storage.
  init(legacy file: FileBytes) throws(BackboneError) {
    func read(from start: Int) throws(BackboneError) -> Unpickled {
      try Unpickler.read(file, start..<file.count)
    }

    let magic = try read(from: 0)
    let version = try read(from: magic.end)
    guard version.root == .integer(1001) else {
      throw .malformed(file.name, "has another protocol version than 1001, the only one known")
    }
    let machine = try read(from: version.end)
    guard case .dictionary(let facts) = machine.root,
      machine.dictionaries[facts].contains(
        PickleEntry(key: .string("little_endian"), value: .bool(true)))
    else { throw .malformed(file.name, "was not saved on a little-endian machine, as is required") }
    pickle = try read(from: machine.end)
    let keys = try read(from: pickle.end)
    storages = try Self.legacyStorages(pickle, keys, file)
  }

  private static func legacyStorages(
    _ pickle: Unpickled, _ keys: Unpickled, _ file: FileBytes
  ) throws(BackboneError) -> [Range<Int>] {
    guard case .list(let list) = keys.root else { throw .malformed(file.name, "has no list of storages") }
    var cursor = ByteCursor(file, keys.end..<file.count)
    var ranges: [String: Range<Int>] = [:]
    let storages = Dictionary(uniqueKeysWithValues: pickle.storages.map { ($0.key, $0) })
    for case .string(let key) in keys.sequences[list] {
      guard let storage = storages[key] else {
        throw .malformed(file.name, "lists storage \(key), which no tensor uses")
      }
      let count = try cursor.integer(Int64.self)
      guard count == storage.byteCount / (storage.type?.byteCount ?? 1) else {
        throw .malformed(
          file.name,
          "holds \(count) elements of storage \(key), which is declared with "
            + "\(storage.byteCount / (storage.type?.byteCount ?? 1))")
      }
      guard ranges.updateValue(try cursor.take(storage.byteCount), forKey: key) == nil else {
        throw .malformed(file.name, "lists storage \(key) twice")
      }
    }
    guard cursor.remaining == 0 else {
      throw .malformed(file.name, "holds \(cursor.remaining) bytes after its last storage")
    }
    var ordered: [Range<Int>] = []
    for storage in pickle.storages {
      guard let range = ranges[storage.key] else {
        throw .malformed(file.name, "does not hold storage \(storage.key)")
      }
      ordered.append(range)
    }
    return ordered
  }
}
