/// Reads comma-separated values by RFC 4180: fields may be quoted, a quote within is doubled, quoted fields
/// may span lines. Line ends are LF or CRLF; a byte-order mark at the start is skipped.
struct CSVReader {
  struct Record {
    var fields: [String]
    /// The line on which it starts, counted from 1.
    var line: Int
  }

  static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]
  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  private let bytes: [UInt8]
  private let name: String
  private var position: Int
  private var line = 1

  /// - Throws: `.invalidDataSet` where the bytes are not UTF-8, naming the line.
  init(_ bytes: [UInt8], name: String) throws(FeatureCacheError) {
    self.bytes = bytes
    self.name = name
    position = bytes.starts(with: Self.byteOrderMark) ? Self.byteOrderMark.count : 0
    guard String(validating: bytes, as: UTF8.self) == nil else { return }
    for (number, text) in zip(1..., bytes.split(separator: Self.lineFeed, omittingEmptySubsequences: false))
    where String(validating: text, as: UTF8.self) == nil {
      line = number
      break
    }
    throw error("not UTF-8")
  }

  /// The next record that is no empty line; `nil` at the end.
  mutating func nextRecord() throws(FeatureCacheError) -> Record? {
    while position < bytes.count {
      let start = line
      let isEmpty = atLineEnd
      var fields: [String] = []
      while true {
        fields.append(try field())
        if !take(Self.comma) { break }
      }
      try endLine()
      if !isEmpty { return Record(fields: fields, line: start) }
    }
    return nil
  }

  private func error(_ what: String) -> FeatureCacheError {
    FeatureCacheError(.invalidDataSet, "\(name), line \(line): \(what)")
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private var atLineEnd: Bool {
    guard let current else { return true }
    return current == Self.lineFeed
      || (current == Self.carriageReturn && position + 1 < bytes.count
        && bytes[position + 1] == Self.lineFeed)
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    position += 1
    return true
  }

  private mutating func endLine() throws(FeatureCacheError) {
    guard atLineEnd else { throw error("something follows a closing quote") }
    _ = take(Self.carriageReturn)
    if take(Self.lineFeed) { line += 1 }
  }

  private mutating func field() throws(FeatureCacheError) -> String {
    if take(Self.quote) { return try quotedField() }
    let start = position
    while let byte = current, byte != Self.comma, !atLineEnd {
      guard byte != Self.quote else { throw error("a quote inside a field that is not quoted") }
      position += 1
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func quotedField() throws(FeatureCacheError) -> String {
    let start = line
    var text: [UInt8] = []
    while let byte = current {
      position += 1
      if byte == Self.lineFeed { line += 1 }
      if byte == Self.quote, !take(Self.quote) { return String(decoding: text, as: UTF8.self) }
      text.append(byte)
    }
    line = start
    throw error("a quote is never closed")
  }
}
