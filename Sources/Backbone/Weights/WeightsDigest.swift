internal import Crypto

/// SHA-256 over tensors, in the encoding that `Checkpoint.digest` describes.
struct WeightsDigest {
  private var hash = SHA256()

  static func leavesOut(_ name: String) -> Bool {
    name == "num_batches_tracked" || name.hasSuffix(".num_batches_tracked")
  }

  /// Tensors have to come in order.
  mutating func add(name: String, type: ElementType, shape: [Int], bytes: UnsafeRawBufferPointer) {
    add(text: name)
    add(text: type.rawValue)
    add(integer: shape.count)
    for length in shape { add(integer: length) }
    unsafe hash.update(bufferPointer: bytes)
  }

  /// In hexadecimal.
  func finalized() -> String {
    hash.finalize().map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0" + digits : digits
    }.joined()
  }

  private mutating func add(text: String) {
    add(integer: text.utf8.count)
    hash.update(data: Array(text.utf8))
  }

  private mutating func add(integer: Int) {
    hash.update(data: bytesInMemory([UInt64(integer).littleEndian]))
  }
}
