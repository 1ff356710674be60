import Report
import Testing

@Suite struct ContactSheetTests {
  private func picture(_ width: Int, _ height: Int, _ value: UInt8) throws -> RasterPicture {
    try RasterPicture(width: width, height: height, rgb: [UInt8](repeating: value, count: 3 * width * height))
  }

  private func pixel(_ picture: RasterPicture, _ x: Int, _ y: Int) -> [UInt8] {
    let start = 3 * (y * picture.width + x)
    return Array(picture.rgb[start..<start + 3])
  }

  @Test func tilesStandInRowsWithFrames() throws {
    let tiles = try (0..<5).map { index in
      ContactSheet.Tile(
        picture: try picture(10, 10, UInt8(50 * index)), caption: ["a", "b"],
        verdict: [.right, .wrong, .unknown][index % 3])
    }
    let sheet = try ContactSheet(columns: 3, side: 32, letterScale: 1).render(tiles)
    // Gap 16, cell 32 + 2 x 3 wide, and 6 + 2 x 11 higher than wide.
    #expect(sheet.width == 16 + 3 * 54 && sheet.height == 16 + 2 * (38 + 28 + 16))
    #expect(sheet.rgb.count == 3 * sheet.width * sheet.height)
    #expect(pixel(sheet, 16, 16) == [22, 104, 173])
    #expect(pixel(sheet, 16 + 54, 16) == [194, 73, 26])
    #expect(pixel(sheet, 16 + 108, 16) == [154, 168, 183])
    // Each picture is in the middle of its square, its colour unchanged.
    #expect(pixel(sheet, 16 + 19, 16 + 19) == [0, 0, 0])
    #expect(pixel(sheet, 16 + 54 + 19, 16 + 82 + 19) == [200, 200, 200])
    #expect(pixel(sheet, 0, 0) == [255, 255, 255])
  }

  @Test func largePicturesAreAveraged() throws {
    var rgb: [UInt8] = []
    for y in 0..<64 {
      for x in 0..<128 { rgb += [UInt8](repeating: (x + y).isMultiple(of: 2) ? 0 : 200, count: 3) }
    }
    let checks = try RasterPicture(width: 128, height: 64, rgb: rgb)
    let sheet = try ContactSheet(columns: 1, side: 32, letterScale: 1).render([
      .init(picture: checks, caption: [])
    ])
    #expect(pixel(sheet, 16 + 19, 16 + 19) == [100, 100, 100])
    // Above the picture, which is half as high as wide.
    #expect(pixel(sheet, 16 + 19, 16 + 5) == [240, 244, 248])
    let long = try picture(5000, 1, 77)
    let thin = try ContactSheet(columns: 1, side: 33, letterScale: 1).render([
      .init(picture: long, caption: [])
    ])
    #expect(pixel(thin, 16 + 3, 16 + 3 + 16) == [77, 77, 77])
  }

  @Test func badSizesThrow() throws {
    #expect(throws: ReportError.self) { try RasterPicture(width: 2, height: 2, rgb: [1, 2, 3]) }
    #expect(throws: ReportError.self) { try RasterPicture(width: 0, height: 2, rgb: []) }
    #expect(throws: ReportError.self) { try RasterPicture(width: .max, height: .max, rgb: []) }
    for sheet in [ContactSheet(columns: 0), ContactSheet(side: .max), ContactSheet(letterScale: -1)] {
      #expect(throws: ReportError.self) { try sheet.render([]) }
    }
    let tile = ContactSheet.Tile(picture: try picture(1, 1, 0), caption: [])
    let error = #expect(throws: ReportError.self) {
      try ContactSheet(columns: 1, side: 4096).render(Array(repeating: tile, count: 100_000))
    }
    #expect(error?.message == "a contact sheet of 100000 tiles is too large")
  }

  @Test func anEmptySheetIsPaper() throws {
    let sheet = try ContactSheet(columns: 4, side: 40).render([])
    #expect(sheet.rgb.allSatisfy { $0 == 255 })
    #expect(sheet.width == 16 + 46 + 16)
  }

  @Test func everyPrintableCharacterHasItsOwnGlyph() {
    var seen: Set<[UInt8]> = [BitmapFont.rows(BitmapFont.replacement)]
    for code in 33...126 as ClosedRange<UInt8> {
      let rows = BitmapFont.rows(Character(Unicode.Scalar(code)))
      #expect(rows.count == BitmapFont.height)
      #expect(rows.allSatisfy { $0 < 32 })
      #expect(seen.insert(rows).inserted, "\(Character(Unicode.Scalar(code))) looks like another character")
    }
    #expect(BitmapFont.rows(" ").allSatisfy { $0 == 0 })
    #expect(BitmapFont.rows("é") == BitmapFont.rows(BitmapFont.replacement))
    #expect(BitmapFont.rows("I") == [0b01110, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110, 0, 0])
  }

  @Test func captionsAreCut() {
    #expect(BitmapFont.fitted("barge", letters: 5) == "barge")
    #expect(BitmapFont.fitted("sailboat", letters: 5) == "sail…")
    #expect(BitmapFont.fitted("日本", letters: 5) == "\u{FFFD}\u{FFFD}")
    #expect(BitmapFont.fitted("ab", letters: 0) == "…")
  }
}
