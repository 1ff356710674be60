/// A strict parser of RFC 8259: no duplicate member names, no depth beyond a limit, nothing after the value,
/// valid UTF-8 only. Ready-made decoders disagree about duplicate names (one keeps the first, another the
/// last), which is how two readers can be made to see two different files.
package struct JSONParser {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0
  private static let depthLimit = 64

  package static func parse(_ bytes: [UInt8]) throws(TensorsError) -> JSONValue {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw TensorsError(.malformed, "JSON is not valid UTF-8")
    }
    var parser = JSONParser(bytes: bytes)
    let value = try parser.value()
    parser.skipSpace()
    guard parser.position == bytes.count else { throw parser.error("has something after its value") }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private func error(_ what: String) -> TensorsError {
    TensorsError(.malformed, "JSON \(what) at byte \(position)")
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    position += 1
    return true
  }

  private mutating func value() throws(TensorsError) -> JSONValue {
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw error("ends too early")
    default: return try number()
    }
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(TensorsError) -> JSONValue {
    for byte in text.description.utf8 {
      guard take(byte) else { throw error("has an unknown word") }
    }
    return value
  }

  private mutating func enter() throws(TensorsError) {
    depth += 1
    guard depth <= Self.depthLimit else { throw error("is nested too deeply") }
    position += 1
    skipSpace()
  }

  private mutating func object() throws(TensorsError) -> JSONValue {
    try enter()
    var members: [JSONMember] = []
    var names = MemberNames()
    if !take(UInt8(ascii: "}")) {
      repeat {
        skipSpace()
        guard current == UInt8(ascii: "\"") else { throw error("lacks a member name") }
        let name = try string()
        guard names.insert(name) else {
          throw error("has a second member named \"\(name)\"")
        }
        skipSpace()
        guard take(UInt8(ascii: ":")) else { throw error("lacks a colon") }
        members.append(JSONMember(name, try value()))
        skipSpace()
      } while take(UInt8(ascii: ","))
      guard take(UInt8(ascii: "}")) else { throw error("has an unclosed object") }
    }
    depth -= 1
    return .object(members)
  }

  private mutating func array() throws(TensorsError) -> JSONValue {
    try enter()
    var elements: [JSONValue] = []
    if !take(UInt8(ascii: "]")) {
      repeat {
        elements.append(try value())
        skipSpace()
      } while take(UInt8(ascii: ","))
      guard take(UInt8(ascii: "]")) else { throw error("has an unclosed array") }
    }
    depth -= 1
    return .array(elements)
  }

  private mutating func string() throws(TensorsError) -> String {
    position += 1
    var output: [UInt8] = []
    while true {
      let start = position
      guard let end = endOfPlainText else {
        position = bytes.count
        throw error("has an unclosed string")
      }
      position = end + 1
      switch bytes[end] {
      case UInt8(ascii: "\""):
        if output.isEmpty { return String(decoding: bytes[start..<end], as: UTF8.self) }
        return String(decoding: output + bytes[start..<end], as: UTF8.self)
      case UInt8(ascii: "\\"):
        output += bytes[start..<end]
        output += Array(String(Character(try escape())).utf8)
      default:
        throw error("has a control character in a string")
      }
    }
  }

  /// Where the next quotation mark, backslash or control character is. Records have strings of many kilobytes.
  private var endOfPlainText: Int? {
    let span = bytes.span
    for index in position..<span.count {
      let byte = unsafe span[unchecked: index]  // below the count
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return index }
    }
    return nil
  }

  private mutating func escape() throws(TensorsError) -> Unicode.Scalar {
    let byte = current
    position += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw error("has an unknown escape")
    }
  }

  private mutating func unicodeEscape() throws(TensorsError) -> Unicode.Scalar {
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard (0xd800..<0xdc00).contains(first), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
      throw error("has half a surrogate pair")
    }
    let second = try hexadecimal()
    guard (0xdc00..<0xe000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))
    else { throw error("has half a surrogate pair") }
    return scalar
  }

  private mutating func hexadecimal() throws(TensorsError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("has a broken \\u escape")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  private mutating func digits() throws(TensorsError) {
    let start = position
    while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    guard position > start else { throw error("has a broken number") }
  }

  private mutating func number() throws(TensorsError) -> JSONValue {
    let start = position
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try digits() }
    var whole = true
    if take(UInt8(ascii: ".")) {
      whole = false
      try digits()
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      whole = false
      position += 1
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if whole, let integer = Int(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else { throw error("has a number out of range") }
    return .number(number)
  }
}

/// The names of an object's members, told apart by their bytes: most objects have few, which are looked through.
private struct MemberNames {
  private var few: [String] = []
  private var many: Set<[UInt8]> = []
  private static let limit = 16

  /// - Returns: whether the name is new.
  mutating func insert(_ name: String) -> Bool {
    if few.count < Self.limit {
      let count = name.utf8.count
      if few.contains(where: { $0.utf8.count == count && $0.utf8.elementsEqual(name.utf8) }) { return false }
      few.append(name)
      return true
    }
    if many.isEmpty { many = Set(few.map { Array($0.utf8) }) }
    return many.insert(Array(name.utf8)).inserted
  }
}
