/// Reads little-endian numbers and runs of bytes out of a mapped file, one after the other, within a range.
struct ByteCursor {
  let file: FileBytes
  private(set) var position: Int
  let end: Int
  /// A copy of the next bytes, since numbers are read one small piece after the other.
  private var window: [UInt8] = []
  private var windowStart = 0
  private static let windowLength = 1024

  /// Traps where the range is not inside the file.
  init(_ file: FileBytes, _ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= file.count, "range outside the file's bytes")
    self.file = file
    position = range.lowerBound
    end = range.upperBound
  }

  var remaining: Int { end - position }

  func error(_ what: String) -> BackboneError { .malformed(file.name, "\(what), at byte \(position)") }

  /// The range of the next `count` bytes, which are thereby read.
  mutating func take(_ count: Int) throws(BackboneError) -> Range<Int> {
    guard count >= 0, count <= remaining else {
      throw error("is truncated or damaged: \(count) bytes should follow where \(remaining) are left")
    }
    defer { position += count }
    return position..<position + count
  }

  mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(
    _ type: Value.Type
  ) throws(BackboneError) -> Value {
    let size = MemoryLayout<Value>.size
    let range = try take(size)
    if range.lowerBound < windowStart || range.upperBound > windowStart + window.count {
      window = file.copy(range.lowerBound..<min(end, range.lowerBound + Self.windowLength))
      windowStart = range.lowerBound
    }
    let offset = range.lowerBound - windowStart
    return unsafe window.withUnsafeBytes { bytes in
      unsafe Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
    }
  }

  mutating func bytes(_ count: Int) throws(BackboneError) -> [UInt8] {
    file.copy(try take(count))
  }

  /// UTF-8 text of `count` bytes.
  mutating func text(_ count: Int) throws(BackboneError) -> String {
    guard let text = String(validating: try bytes(count), as: UTF8.self) else {
      throw error("holds text that is not UTF-8")
    }
    return text
  }

  /// ASCII text up to the next line feed, which is read too but not returned.
  mutating func line(limit: Int) throws(BackboneError) -> String {
    var line: [UInt8] = []
    while line.count <= limit {
      let byte = try integer(UInt8.self)
      if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
      line.append(byte)
    }
    throw error("holds a line longer than \(limit) bytes")
  }
}

extension BackboneError {
  /// A weights file that breaks the rules: its path, then what is wrong, as one sentence.
  static func malformed(_ path: String, _ what: String) -> BackboneError {
    BackboneError(.malformedWeights, "\(path) \(what)")
  }

  /// An error of the layer below, seen while reading weights.
  init(weights error: TensorsError) {
    self.init(error.code == .io ? .io : .malformedWeights, error.message)
  }
}
