/// Many small pictures with their predictions as one picture: a frame and a sign say right or wrong, lines of
/// text stand below each.
public struct ContactSheet: Sendable {
  /// What is known of a prediction.
  public enum Verdict: Sendable { case right, wrong, unknown }

  /// One picture and its caption.
  public struct Tile: Sendable {
    public var picture: RasterPicture
    /// Lines of text, cut with an ellipsis where they are too long. Only printable ASCII can be drawn; other
    /// characters become a box.
    public var caption: [String]
    public var verdict: Verdict

    public init(picture: RasterPicture, caption: [String], verdict: Verdict = .unknown) {
      self.picture = picture
      self.caption = caption
      self.verdict = verdict
    }
  }

  /// Pictures in a row.
  public var columns: Int
  /// Side of the square that a picture is fitted into, in pixels.
  public var side: Int
  /// Pixels of the sheet for each dot of the letters, which are 5 x 9 dots.
  public var letterScale: Int

  private let frame = 3
  private let gap = 16
  private let padding = 6

  public init(columns: Int = 6, side: Int = 192, letterScale: Int = 2) {
    self.columns = columns
    self.side = side
    self.letterScale = letterScale
  }

  /// The sheet with all tiles in rows, in the given order; without tiles an empty sheet of one tile's size.
  ///
  /// - Throws: `.invalidArgument` where a setting is out of range or the sheet would be larger than a picture
  ///   may be.
  public func render(_ tiles: [Tile]) throws(ReportError) -> RasterPicture {
    guard (1...1000).contains(columns), (8...4096).contains(side), (1...16).contains(letterScale) else {
      throw ReportError(
        .invalidArgument,
        "a contact sheet of \(columns) columns, \(side) pixels a side and letter scale \(letterScale) is "
          + "out of range: 1 to 1000 columns, 8 to 4096 pixels, scale 1 to 16")
    }
    let used = min(columns, max(tiles.count, 1))
    let rows = max((tiles.count + columns - 1) / columns, 1)
    let lines = min(tiles.map(\.caption.count).max() ?? 0, 8)
    let cell = (width: side + 2 * frame, height: side + 2 * frame + padding + lines * lineHeight)
    // A number of rows that no memory holds must not overflow on the way to being refused.
    guard rows <= RasterPicture.mostPixels / (cell.height + gap) else {
      throw ReportError(.invalidArgument, "a contact sheet of \(tiles.count) tiles is too large")
    }
    var sheet = try RasterPicture(
      width: gap + used * (cell.width + gap), height: gap + rows * (cell.height + gap), color: Self.paper)
    for (index, tile) in tiles.enumerated() {
      let x = gap + index % columns * (cell.width + gap)
      let y = gap + index / columns * (cell.height + gap)
      draw(tile, x: x, y: y, lines: lines, on: &sheet)
    }
    return sheet
  }

  private func draw(_ tile: Tile, x: Int, y: Int, lines: Int, on sheet: inout RasterPicture) {
    let outer = side + 2 * frame
    let color = Self.color(of: tile.verdict)
    sheet.fill(x: x, y: y, width: outer, height: outer, color)
    sheet.fill(x: x + frame, y: y + frame, width: side, height: side, Self.ground)
    let picture = tile.picture.fitted(into: side)
    sheet.paste(
      picture, x: x + frame + (side - picture.width) / 2, y: y + frame + (side - picture.height) / 2)
    drawSign(tile.verdict, color, right: x + outer, top: y, on: &sheet)
    let letters = max(outer / BitmapFont.advance(letterScale), 1)
    for (index, line) in tile.caption.prefix(lines).enumerated() {
      let top = y + outer + padding + index * lineHeight
      BitmapFont.draw(
        BitmapFont.fitted(line, letters: letters), x: x, y: top, scale: letterScale,
        index == 0 ? Self.ink : Self.muted, on: &sheet)
    }
  }

  /// A tick or a cross in the frame's corner, so that nobody needs to tell the colours apart.
  private func drawSign(
    _ verdict: Verdict, _ color: RasterPicture.Color, right: Int, top: Int, on sheet: inout RasterPicture
  ) {
    guard verdict != .unknown else { return }
    let width = BitmapFont.advance(letterScale) + 3 * letterScale
    sheet.fill(x: right - width, y: top, width: width, height: 11 * letterScale, color)
    BitmapFont.draw(
      String(verdict == .right ? BitmapFont.tick : BitmapFont.cross), x: right - width + 2 * letterScale,
      y: top + 2 * letterScale, scale: letterScale, Self.paper, on: &sheet)
  }

  private var lineHeight: Int { (BitmapFont.height + 2) * letterScale }

  private static let paper = RasterPicture.Color(255, 255, 255)
  private static let ground = RasterPicture.Color(240, 244, 248)
  private static let ink = RasterPicture.Color(22, 32, 43)
  private static let muted = RasterPicture.Color(90, 104, 118)

  private static func color(of verdict: Verdict) -> RasterPicture.Color {
    switch verdict {
    case .right: RasterPicture.Color(22, 104, 173)
    case .wrong: RasterPicture.Color(194, 73, 26)
    case .unknown: RasterPicture.Color(154, 168, 183)
    }
  }
}
