/// Letters of 5 x 9 dots: seven above the baseline, two below. Drawn from `BitmapGlyphs`.
package enum BitmapFont {
  /// Dots a letter is wide, without the space after it.
  package static let width = 5
  /// Dots a letter is high.
  package static let height = 9
  /// What becomes of a character that has no glyph.
  package static let replacement: Character = "\u{FFFD}"
  package static let ellipsis: Character = "…"
  package static let tick: Character = "✓"
  package static let cross: Character = "✗"

  /// Pixels from one letter to the next.
  package static func advance(_ scale: Int) -> Int { (width + 1) * scale }

  /// The text in drawable characters, cut to a number of letters with an ellipsis at its end.
  package static func fitted(_ text: String, letters: Int) -> String {
    let drawable = text.map { glyphs[$0] == nil ? replacement : $0 }
    guard drawable.count > letters else { return String(drawable) }
    return String(drawable.prefix(max(letters - 1, 0))) + String(ellipsis)
  }

  /// The nine rows of a character's glyph, the leftmost dot in the highest of five bits.
  package static func rows(_ character: Character) -> [UInt8] {
    glyphs[character] ?? glyphs[replacement] ?? []
  }

  /// Draws a line of text with its upper left corner at a point; what falls outside is left out.
  static func draw(
    _ text: String, x: Int, y: Int, scale: Int, _ color: RasterPicture.Color, on picture: inout RasterPicture
  ) {
    for (index, character) in text.enumerated() {
      let left = x + index * advance(scale)
      for (row, bits) in rows(character).enumerated() {
        for column in 0..<width where bits >> UInt8(width - 1 - column) & 1 == 1 {
          picture.fill(x: left + column * scale, y: y + row * scale, width: scale, height: scale, color)
        }
      }
    }
  }

  /// The drawings read as bits, once.
  private static let glyphs: [Character: [UInt8]] = {
    var result: [Character: [UInt8]] = [:]
    for (characters, drawing) in BitmapGlyphs.strips {
      let lines = drawing.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0) }
      for (index, character) in characters.enumerated() {
        result[character] = lines.prefix(height).map { line in
          (0..<width).reduce(0) { bits, column in
            let place = index * (width + 1) + column
            return bits << 1 | (line.indices.contains(place) && line[place] == "#" ? 1 : 0)
          }
        }
      }
    }
    return result
  }()
}
