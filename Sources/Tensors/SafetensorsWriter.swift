/// Lays out a safetensors file.
package struct SafetensorsWriter {
  /// An array to write: its bytes are little-endian and in row-major order.
  package struct Item {
    package var name: String
    package var type: ElementType
    package var shape: [Int]
    package var bytes: [UInt8]

    package init(_ name: String, _ type: ElementType, shape: [Int], bytes: [UInt8]) {
      self.name = name
      self.type = type
      self.shape = shape
      self.bytes = bytes
    }

    package init(_ name: String, shape: [Int], _ values: [Float]) {
      self.init(name, .float32, shape: shape, bytes: bytesInMemory(values))
    }

    package init<Value: FixedWidthInteger & BitwiseCopyable>(
      _ name: String, _ type: ElementType, shape: [Int], _ values: [Value]
    ) {
      self.init(name, type, shape: shape, bytes: bytesInMemory(values))
    }
  }

  /// A header for arrays of these names, types and shapes, back to back in this order.
  ///
  /// - Parameter dataOffset: where the data shall start; the header is padded with spaces up to it. `nil`:
  ///   the next multiple of 8, as the reference implementation does.
  /// - Throws: `.shape` where a size overflows or the header does not fit before `dataOffset`.
  package static func header(
    _ arrays: [(name: String, type: ElementType, shape: [Int])], metadata: [String: String] = [:],
    dataOffset: Int? = nil
  ) throws(TensorsError) -> [UInt8] {
    var members: [JSONMember] = []
    if !metadata.isEmpty {
      let items = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      members.append(
        JSONMember("__metadata__", .object(items.map { JSONMember($0.key, .string($0.value)) })))
    }
    var offset = 0
    for array in arrays {
      let size = elementCount(of: array.shape + [array.type.byteCount])
      guard let size, size <= Int.max - offset else {
        throw TensorsError(.shape, "tensor \(array.name) of shape \(array.shape) is too large")
      }
      let end = offset + size
      members.append(
        JSONMember(
          array.name,
          [
            "dtype": .string(array.type.rawValue),
            "shape": .array(array.shape.map { .integer($0) }),
            "data_offsets": [.integer(offset), .integer(end)],
          ]))
      offset = end
    }
    var json = Array(JSONValue.object(members).text().utf8)
    let start = dataOffset ?? (8 + json.count + 7) / 8 * 8
    guard start >= 8 + json.count else {
      throw TensorsError(.shape, "a safetensors header of \(json.count) bytes does not fit before \(start)")
    }
    json += Array(repeating: UInt8(ascii: " "), count: start - 8 - json.count)
    return bytesInMemory([UInt64(json.count).littleEndian]) + json
  }

  /// A whole file in memory. Items are ordered by falling element size, so that each is aligned to its own.
  ///
  /// - Parameter last: an item behind all others.
  /// - Throws: `.shape`
  package static func file(
    _ items: [Item], last: Item? = nil, metadata: [String: String] = [:]
  ) throws(TensorsError) -> [UInt8] {
    let ordered =
      items.enumerated().sorted {
        ($1.element.type.byteCount, $0.offset) < ($0.element.type.byteCount, $1.offset)
      }.map(\.element) + (last.map { [$0] } ?? [])
    var bytes = try header(ordered.map { ($0.name, $0.type, $0.shape) }, metadata: metadata)
    bytes.reserveCapacity(bytes.count + ordered.reduce(0) { $0 + $1.bytes.count })
    for item in ordered { bytes += item.bytes }
    return bytes
  }
}
