/// The width and height of a picture, in pixels.
public struct PictureSize: Hashable, Sendable, CustomStringConvertible {
  public var width: Int
  public var height: Int

  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Width, a cross, height: `224x256`.
  public var description: String { "\(width)x\(height)" }

  var isEmpty: Bool { width < 1 || height < 1 }
}

/// A picture in memory: 8-bit RGB, row by row from the top left, three bytes a pixel.
public struct Picture: Hashable, Sendable {
  public let size: PictureSize
  /// As many bytes as height * width * 3, always.
  public let rgb: [UInt8]

  public var width: Int { size.width }
  public var height: Int { size.height }

  /// - Throws: `.invalidArgument` where a side is below 1 or the bytes are not height * width * 3.
  public init(width: Int, height: Int, rgb: [UInt8]) throws(BackboneError) {
    guard width > 0, height > 0, elementCount(of: [height, width, 3]) == rgb.count else {
      throw BackboneError(
        .invalidArgument, "a picture of \(width) x \(height) pixels does not have \(rgb.count) bytes")
    }
    self.init(size: PictureSize(width: width, height: height), checked: rgb)
  }

  init(size: PictureSize, checked rgb: [UInt8]) {
    self.size = size
    self.rgb = rgb
  }

  /// The red, green and blue of a pixel. Traps outside the picture.
  public subscript(x: Int, y: Int) -> (red: UInt8, green: UInt8, blue: UInt8) {
    precondition(x >= 0 && x < width && y >= 0 && y < height, "pixel outside the picture")
    let at = (y * width + x) * 3
    return (rgb[at], rgb[at + 1], rgb[at + 2])
  }
}

/// How a pixel between pixels is computed; all three average over what they shrink, as Pillow's do.
public enum Interpolation: String, Hashable, Sendable, CaseIterable {
  /// The triangle filter.
  case bilinear
  /// Keys' cubic with a = -0.5.
  case bicubic
  /// Three-lobed.
  case lanczos
}

/// What stands where padding has no picture.
public enum PictureFill: Hashable, Sendable {
  /// The nearest pixel of the picture.
  case edge
  case colour(red: UInt8, green: UInt8, blue: UInt8)

  public static let black = PictureFill.colour(red: 0, green: 0, blue: 0)
}
