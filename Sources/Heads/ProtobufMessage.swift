/// Writes one message of Protocol Buffers (<https://protobuf.dev/programming-guides/encoding/>): as much of the
/// format as an ONNX model needs.
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  /// An integer or enum field.
  mutating func add(_ field: Int, _ value: Int) {
    tag(field, wireType: 0)
    varint(UInt64(bitPattern: Int64(value)))
  }

  /// A field of bytes.
  mutating func add(_ field: Int, _ value: [UInt8]) {
    tag(field, wireType: 2)
    varint(UInt64(value.count))
    bytes += value
  }

  mutating func add(_ field: Int, _ text: String) { add(field, Array(text.utf8)) }

  mutating func add(_ field: Int, _ message: ProtobufMessage) { add(field, message.bytes) }

  /// A message made on the spot.
  mutating func add(_ field: Int, _ make: (inout ProtobufMessage) -> Void) {
    var message = ProtobufMessage()
    make(&message)
    add(field, message)
  }

  private mutating func tag(_ field: Int, wireType: Int) { varint(UInt64(field << 3 | wireType)) }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
