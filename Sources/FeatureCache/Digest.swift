internal import CPermafrostKernels
internal import Crypto
import Tensors

/// The SHA-256 of some bytes.
struct Digest: Hashable, Sendable, BitwiseCopyable {
  /// 32 bytes, as four numbers of eight in memory order, so that comparing and hashing are cheap.
  private var words: (UInt64, UInt64, UInt64, UInt64)
  static let byteCount = 32

  /// The digest of these bytes.
  init(of bytes: [UInt8]) {
    var hash = SHA256()
    unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
    words = unsafe hash.finalize().withUnsafeBytes { unsafe Self.words(in: $0) }
  }

  init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

  /// The digest that these 32 bytes are.
  init(bytes: ArraySlice<UInt8>) {
    words = unsafe bytes.withUnsafeBytes { unsafe Self.words(in: $0) }
  }

  /// The digest stored as the 32 bytes from `offset` on.
  init(stored bytes: FileBytes, at offset: Int) {
    words = unsafe bytes.withBytes(offset..<offset + Self.byteCount) { unsafe Self.words(in: $0) }
  }

  private static func words(in bytes: UnsafeRawBufferPointer) -> (UInt64, UInt64, UInt64, UInt64) {
    unsafe (
      bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
      bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
      bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
      bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
    )
  }

  var bytes: [UInt8] { [self].bytes }

  var text: String { hexadecimal(bytes) }

  static func == (a: Digest, b: Digest) -> Bool { a.words == b.words }

  func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)  // already as even as a hash can be
  }
}

extension Sequence<Digest> {
  /// The bytes of all, one after the other.
  var bytes: [UInt8] { bytesInMemory(Array(self)) }
}

/// CRC-32C (RFC 3720), by which the cache notices damage.
enum Checksum {
  /// Eight hexadecimal digits.
  static func text(_ checksum: UInt32) -> String { hexadecimal(bytesInMemory([checksum.bigEndian])) }

  static func crc32c(_ bytes: [UInt8]) -> UInt32 { crc32c(bytes[...], continuing: 0) }

  static func crc32c(_ bytes: ArraySlice<UInt8>, continuing crc: UInt32) -> UInt32 {
    unsafe bytes.withUnsafeBytes { unsafe pf_crc32c(crc, $0.baseAddress, $0.count) }
  }

  /// The checksum of some bytes and then `count` others, from those of both.
  static func joined(_ first: UInt32, _ second: UInt32, count: Int) -> UInt32 {
    pf_crc32c_joined(first, second, count)
  }

  static func crc32c(_ bytes: FileBytes, _ range: Range<Int>) -> UInt32 {
    unsafe bytes.withBytes(range) { unsafe pf_crc32c(0, $0.baseAddress, $0.count) }
  }
}
