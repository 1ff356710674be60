import Foundation

extension Data {
  /// Little-endian float32.
  init(floats: [Float]) {
    self.init(capacity: floats.count * 4)
    for value in floats {
      let bits = value.bitPattern
      append(contentsOf: [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: bits >> $0) })
    }
  }

  /// The same read back; bytes behind the last whole number are left out.
  var floats: [Float] {
    stride(from: startIndex, to: endIndex - endIndex % 4, by: 4).map { index in
      Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(self[index + $1]) << (8 * $1) })
    }
  }
}
