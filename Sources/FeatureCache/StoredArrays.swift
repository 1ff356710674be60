import Tensors

/// Numbers in a mapped file, read where they lie.
struct StoredArray<Element: BitwiseCopyable & FixedWidthInteger & Sendable>: RandomAccessCollection, Sendable
{
  private let bytes: FileBytes
  private let offset: Int
  let count: Int

  var startIndex: Int { 0 }
  var endIndex: Int { count }

  subscript(index: Int) -> Element {
    let start = offset + index * MemoryLayout<Element>.size
    return unsafe bytes.withBytes(start..<start + MemoryLayout<Element>.size) {
      unsafe $0.loadUnaligned(as: Element.self)
    }
  }

  /// All of them, copied in one go: for loops, in which reading one at a time costs much more.
  var elements: [Element] {
    unsafe bytes.withBytes(offset..<offset + count * MemoryLayout<Element>.size) { source in
      unsafe [Element](unsafeUninitializedCapacity: count) { target, count in
        unsafe UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
        count = self.count
      }
    }
  }

  /// - Throws: `.damaged` where the file has no such array.
  init(_ file: SafetensorsFile, _ name: String, _ type: ElementType) throws(FeatureCacheError) {
    let entry = try file.stored(name, type, rank: 1)
    bytes = file.bytes
    offset = entry.range.lowerBound
    count = entry.count
  }
}

/// Digests in a mapped file.
struct StoredDigests: RandomAccessCollection, Sendable {
  private let bytes: FileBytes
  private let offset: Int
  let count: Int

  var startIndex: Int { 0 }
  var endIndex: Int { count }
  subscript(index: Int) -> Digest { Digest(stored: bytes, at: offset + index * Digest.byteCount) }

  init(_ file: SafetensorsFile, _ name: String) throws(FeatureCacheError) {
    let entry = try file.stored(name, .uint8, rank: 2)
    guard entry.shape[1] == Digest.byteCount else {
      throw FeatureCacheError(.damaged, "\(file.bytes.name): \(name) has shape \(entry.shape)")
    }
    bytes = file.bytes
    offset = entry.range.lowerBound
    count = entry.shape[0]
  }
}

/// Texts in a mapped file: `<name>_off` holds where each starts and the last ends in the UTF-8 of
/// `<name>_bytes`.
struct StoredTexts: RandomAccessCollection, Sendable {
  private let bytes: FileBytes
  private let start: Int
  private let offsets: StoredArray<UInt64>

  var startIndex: Int { 0 }
  var endIndex: Int { offsets.count - 1 }
  subscript(index: Int) -> String {
    let range = start + Int(offsets[index])..<start + Int(offsets[index + 1])
    return unsafe bytes.withBytes(range) { unsafe String(decoding: $0, as: UTF8.self) }
  }

  init(_ file: SafetensorsFile, _ name: String) throws(FeatureCacheError) {
    offsets = try StoredArray(file, name + "_off", .uint64)
    let entry = try file.stored(name + "_bytes", .uint8, rank: 1)
    bytes = file.bytes
    start = entry.range.lowerBound
    var previous: UInt64 = 0
    var ascending = offsets.first == 0 && offsets.last == UInt64(entry.count)
    for offset in offsets.elements {
      ascending = ascending && offset >= previous
      previous = offset
    }
    guard ascending else {
      throw FeatureCacheError(
        .damaged, "\(file.bytes.name): \(name)_off does not ascend to the end of the text")
    }
  }

  /// The two arrays that `init` reads.
  static func items(_ name: String, _ texts: some Sequence<String>) -> [SafetensorsWriter.Item] {
    var offsets: [UInt64] = [0]
    var bytes: [UInt8] = []
    for text in texts {
      bytes += text.utf8
      offsets.append(UInt64(bytes.count))
    }
    return [
      SafetensorsWriter.Item(name + "_off", .uint64, shape: [offsets.count], offsets),
      SafetensorsWriter.Item(name + "_bytes", .uint8, shape: [bytes.count], bytes: bytes),
    ]
  }
}

extension SafetensorsFile {
  fileprivate func stored(_ name: String, _ type: ElementType, rank: Int) throws(FeatureCacheError) -> Entry {
    guard let entry = self[name], entry.type == type, entry.shape.count == rank else {
      throw FeatureCacheError(.damaged, "\(bytes.name) has no tensor \(name) of type \(type.rawValue)")
    }
    return entry
  }
}
