/// A picture as rows of pixels, top row first, each pixel as red, green and blue of one byte.
public struct RasterPicture: Sendable, Hashable {
  public let width: Int
  public let height: Int
  /// 3 x width x height bytes.
  public private(set) var rgb: [UInt8]

  /// The most pixels a picture may have, so that sizes multiply without overflow: 2^28, 805 MB.
  static let mostPixels = 1 << 28

  /// - Throws: `.invalidArgument` where a side is not positive, the picture too large, or the bytes not as
  ///   many as
  ///   its size says.
  public init(width: Int, height: Int, rgb: [UInt8]) throws(ReportError) {
    try Self.check(width: width, height: height)
    guard rgb.count == 3 * width * height else {
      throw ReportError(
        .invalidArgument,
        "a picture of \(width) x \(height) pixels has \(rgb.count) bytes, expected \(3 * width * height)")
    }
    self.width = width
    self.height = height
    self.rgb = rgb
  }

  /// A picture of one colour.
  init(width: Int, height: Int, color: Color) throws(ReportError) {
    try Self.check(width: width, height: height)
    self.width = width
    self.height = height
    rgb = [UInt8](repeating: 0, count: 3 * width * height)
    fill(x: 0, y: 0, width: width, height: height, color)
  }

  /// Red, green and blue.
  struct Color: Hashable {
    var red: UInt8
    var green: UInt8
    var blue: UInt8

    init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
      self.red = red
      self.green = green
      self.blue = blue
    }
  }

  /// Paints a rectangle, as much of it as lies inside.
  mutating func fill(x: Int, y: Int, width: Int, height: Int, _ color: Color) {
    let columns = max(x, 0)..<max(min(x + width, self.width), max(x, 0))
    for row in max(y, 0)..<max(min(y + height, self.height), max(y, 0)) {
      for column in columns {
        let start = 3 * (row * self.width + column)
        rgb[start] = color.red
        rgb[start + 1] = color.green
        rgb[start + 2] = color.blue
      }
    }
  }

  /// Copies a picture that lies wholly inside to a place.
  mutating func paste(_ picture: RasterPicture, x: Int, y: Int) {
    for row in 0..<picture.height {
      let source = 3 * row * picture.width
      let target = 3 * ((y + row) * width + x)
      rgb.replaceSubrange(
        target..<target + 3 * picture.width, with: picture.rgb[source..<source + 3 * picture.width])
    }
  }

  private static func check(width: Int, height: Int) throws(ReportError) {
    guard width > 0, height > 0, width <= mostPixels, height <= mostPixels / width else {
      throw ReportError(
        .invalidArgument,
        "a picture of \(width) x \(height) pixels is out of range: sides from 1, at most \(mostPixels) pixels"
      )
    }
  }
}
