/// Estimates of how wide text becomes, for drawings that are laid out before a font is known.
package enum TextWidth {
  /// The width of a line in a common sans-serif font, rather too wide than too narrow.
  package static func estimate(_ text: String, size: Double, bold: Bool = false) -> Double {
    let width = text.unicodeScalars.reduce(0.0) { $0 + ems($1) }
    return width * size * (bold ? 1.07 : 1)
  }

  /// The text itself, or its beginning with an ellipsis, so that it fits a width.
  package static func fitted(_ text: String, width: Double, size: Double, bold: Bool = false) -> String {
    let text = SafeText.visible(text)
    guard estimate(text, size: size, bold: bold) > width else { return text }
    var result = ""
    let room = width - estimate("…", size: size, bold: bold)
    var used = 0.0
    for character in text {
      used += estimate(String(character), size: size, bold: bold)
      if used > room { break }
      result.append(character)
    }
    return result + "…"
  }

  /// Columns that a character takes in a terminal: two for East Asian wide characters and emoji.
  package static func columns(_ text: String) -> Int {
    text.reduce(0) { sum, character in
      sum + (character.unicodeScalars.contains { isWide($0) } ? 2 : 1)
    }
  }

  private static func ems(_ scalar: Unicode.Scalar) -> Double {
    switch scalar {
    case "i", "j", "l", "I", "|", "!", ".", ",", ":", ";", "'": 0.3
    case " ", "\u{A0}", "f", "t", "r", "(", ")", "[", "]", "/", "-": 0.38
    case "m", "w", "M", "W", "%", "@", "…": 0.9
    case "A"..."Z", "+", "=", "<", ">", "−": 0.7
    case _ where isWide(scalar): 1.05
    default: 0.58
    }
  }

  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}
