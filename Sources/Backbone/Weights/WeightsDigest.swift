internal import Crypto

/// SHA-256 over tensors, the same whatever file they come from.
///
/// Hashed are, for each tensor in the order of its name's UTF-8 bytes: the name's length in bytes and the name,
/// the length of its type's safetensors name and that name, its rank, the length of each dimension, and its
/// elements in row-major order. Lengths are 64-bit, and everything is little-endian. Every part's length is
/// known before it comes, so no two lists of tensors are encoded alike. `num_batches_tracked`, a counter that
/// only training uses, is left out.
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
