#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Paths are strings; this is all the cache does with them.
enum Path {
  /// The path from the root on; the same path where the current folder cannot be had.
  static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    var buffer = [CChar](repeating: 0, count: 4096)
    guard unsafe getcwd(&buffer, buffer.count) != nil else { return path }
    let folder = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path.isEmpty ? folder : join(folder, path)
  }

  static func join(_ folder: String, _ name: String) -> String {
    if name.hasPrefix("/") || folder.isEmpty { return name }
    return folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }

  /// Whether these are the very bytes that `join` gives, without making them.
  static func isJoined(_ path: String, _ folder: String, _ name: String) -> Bool {
    let (path, folder, name) = (path.utf8Span.span, folder.utf8Span.span, name.utf8Span.span)
    let slash = UInt8(ascii: "/")
    if folder.isEmpty || (!name.isEmpty && name[0] == slash) {
      return path.count == name.count && path.holds(name, at: 0)
    }
    let start = folder.count + (folder[folder.count - 1] == slash ? 0 : 1)
    return path.count == start + name.count && path[start - 1] == slash && path.holds(folder, at: 0)
      && path.holds(name, at: start)
  }

  /// What stands before the last component; `.` where nothing does, `nil` for the root.
  static func folder(of path: String) -> String? {
    var rest = Substring(path)
    while rest.hasSuffix("/") { rest.removeLast() }
    guard !rest.isEmpty else { return nil }
    guard let slash = rest.lastIndex(of: "/") else { return "." }
    return slash == rest.startIndex ? "/" : String(rest[..<slash])
  }

  /// Whether a name that a file gives can only mean something inside the folder it stands in, and is one that
  /// this format makes: letters, digits and `%._-`, not starting with a dot.
  static func isPlainName(_ name: String) -> Bool {
    guard let first = name.utf8.first, first != UInt8(ascii: "."), name.utf8.count <= 255 else {
      return false
    }
    return name.utf8.allSatisfy(isPlain)
  }

  /// A text as part of a file name: bytes other than letters, digits and `._-` become `%` and two digits.
  static func encoded(_ text: String) -> String {
    var output = ""
    for byte in text.utf8 {
      if isPlain(byte) && byte != UInt8(ascii: "%") {
        output.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        output += "%" + hexadecimal([byte]).uppercased()
      }
    }
    return output
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "%"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

/// Two lower-case digits a byte.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
  var output: [UInt8] = []
  output.reserveCapacity(2 * bytes.underestimatedCount)
  for byte in bytes {
    output.append(digit(byte >> 4))
    output.append(digit(byte & 15))
  }
  return String(decoding: output, as: UTF8.self)
}

/// The bytes that such digits stand for; `nil` where the text is anything else.
func bytes(hexadecimal text: String) -> [UInt8]? {
  func digit(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    default: nil
    }
  }
  let digits = Array(text.utf8)
  guard digits.count % 2 == 0 else { return nil }
  var output: [UInt8] = []
  output.reserveCapacity(digits.count / 2)
  var high: UInt8?
  for character in digits {
    guard let value = digit(character) else { return nil }
    if let upper = high {
      output.append(upper << 4 | value)
      high = nil
    } else {
      high = value
    }
  }
  return output
}

extension Span<UInt8> {
  /// Whether other bytes stand in these from `start` on.
  fileprivate func holds(_ other: Span<UInt8>, at start: Int) -> Bool {
    guard start + other.count <= count else { return false }
    for index in other.indices where self[start + index] != other[index] { return false }
    return true
  }
}
