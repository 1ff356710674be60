/// Text from outside made harmless: class names and keys come from folders and files that anyone may have
/// named.
package enum SafeText {
  /// Replaces what neither XML nor a terminal should get: control characters, and the marks that turn the
  /// reading direction around and so make a name look like another one.
  package static func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isHarmful) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      result.append(isHarmful(scalar) ? "\u{FFFD}" : scalar)
    }
    return String(result)
  }

  /// Text between two tags.
  package static func markup(_ text: String) -> String { escaped(text, inAttribute: false) }

  /// Text between the double quotes of an attribute.
  package static func attribute(_ text: String) -> String { escaped(text, inAttribute: true) }

  private static func escaped(_ text: String, inAttribute: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"" where inAttribute: result += "&quot;"
      case "'" where inAttribute: result += "&#39;"
      case _ where isHarmful(scalar): result.unicodeScalars.append("\u{FFFD}")
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A: false  // a line break, which a stylesheet may keep
    case 0x00...0x1F, 0x7F...0x9F: true
    case 0x202A...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C: true  // direction marks
    case 0x2028, 0x2029, 0xFFFE, 0xFFFF: true
    default: false
    }
  }
}
