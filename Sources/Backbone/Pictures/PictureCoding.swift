internal import CPermafrostImages

// Encoded bytes to pixels and back.

extension Picture {
  /// Pillow's limit for opening a picture without complaint, about 179 million pixels.
  public static let defaultPixelLimit = 178_956_970

  /// Whether the orientation that a camera wrote into the file is followed.
  public enum Orientation: String, Hashable, Sendable, CaseIterable {
    /// The picture as one would look at it.
    case upright
    /// The picture as its file holds it, which is what torchvision's presets see (but for TIFF, which Pillow turns
    /// by itself).
    case asStored
  }

  /// What becomes of an embedded ICC profile.
  public enum ColourProfile: String, Hashable, Sendable, CaseIterable {
    /// The numbers are taken as sRGB, as Pillow's `convert("RGB")` does.
    case ignored
    /// Colours are converted to sRGB with perceptual intent. A profile that cannot be used is ignored.
    case applied
  }

  /// An encoding that pictures can be written in.
  public enum Encoding: Hashable, Sendable {
    /// Quality 1 to 100.
    case jpeg(quality: Int)
    case png
  }

  /// Decodes JPEG, PNG, WebP, GIF, TIFF, HEIF or AVIF, whatever the file's name; of an animation the first
  /// picture. The format is found by the first bytes, and no other decoder sees them.
  ///
  /// Colours become 8-bit RGB as Pillow's `convert("RGB")` makes them: grey is repeated, 16 bits keep their high
  /// byte, inks are multiplied out, transparency is dropped without blending. JPEG pixels are Pillow's to the
  /// bit. Where the file is cut short there is no picture, not a grey one.
  ///
  /// - Throws: `.unknownFormat`, `.damaged`, or `.tooLarge` where the picture has more than `pixelLimit` pixels,
  ///   which is found out before any of them is decoded.
  public static func decode(
    _ bytes: [UInt8], orientation: Orientation = .upright, colourProfile: ColourProfile = .ignored,
    pixelLimit: Int = defaultPixelLimit
  ) throws(PictureFailure) -> Picture {
    var options = pf_image_options()
    options.apply_profile = colourProfile == .applied
    options.max_pixels = UInt64(clamping: pixelLimit)
    var reason = [CChar](repeating: 0, count: Int(PF_IMAGE_REASON))
    var status = PF_IMAGE_OK
    let picture: Picture? = unsafe bytes.withUnsafeBufferPointer { encoded in
      var image = unsafe pf_image()
      unsafe status = pf_image_open(encoded.baseAddress, encoded.count, options, &image, &reason)
      guard status == PF_IMAGE_OK else { return nil }
      defer { unsafe pf_image_close(&image) }
      let stored = unsafe PictureSize(width: image.width, height: image.height)
      let count = stored.width * stored.height * 3
      let rgb = unsafe [UInt8](unsafeUninitializedCapacity: count) { pixels, initialized in
        status = unsafe pf_image_read(&image, pixels.baseAddress, &reason)
        initialized = status == PF_IMAGE_OK ? count : 0
      }
      guard status == PF_IMAGE_OK else { return nil }
      let picture = Picture(size: stored, checked: rgb)
      return unsafe orientation == .upright ? picture.turned(from: image.orientation) : picture
    }
    guard let picture else { throw PictureFailure(status, reason) }
    return picture
  }

  /// The upright picture of one that EXIF's `orientation` (1 to 8) describes.
  private func turned(from orientation: Int32) -> Picture {
    guard orientation > 1 else { return self }
    let upright = orientation < 5 ? size : PictureSize(width: height, height: width)
    let turned = unsafe [UInt8](unsafeUninitializedCapacity: rgb.count) { out, initialized in
      unsafe rgb.withUnsafeBufferPointer { stored in
        unsafe pf_image_turn_upright(stored.baseAddress, width, height, orientation, out.baseAddress)
      }
      initialized = rgb.count
    }
    return Picture(size: upright, checked: turned)
  }

  /// The bytes of a file with this picture.
  ///
  /// - Throws: `.invalidArgument` where the quality is not 1 to 100 or the encoding does not take the picture's
  ///   size.
  public func encoded(as encoding: Encoding) throws(BackboneError) -> [UInt8] {
    let (format, quality) =
      switch encoding {
      case .jpeg(let quality): (PF_IMAGE_JPEG, quality)
      case .png: (PF_IMAGE_PNG, 100)
      }
    guard (1...100).contains(quality) else {
      throw BackboneError(.invalidArgument, "the jpeg quality is \(quality), not between 1 and 100")
    }
    var reason = [CChar](repeating: 0, count: Int(PF_IMAGE_REASON))
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    let status = unsafe rgb.withUnsafeBufferPointer { pixels in
      unsafe pf_image_encode(
        pixels.baseAddress, width, height, format, Int32(quality), &bytes, &count, &reason)
    }
    guard status == PF_IMAGE_OK, let encoded = unsafe bytes else {
      throw BackboneError(.invalidArgument, PictureFailure(status, reason).reason)
    }
    defer { unsafe pf_image_free(encoded) }
    return unsafe Array(UnsafeBufferPointer(start: encoded, count: count))
  }
}

extension PictureFailure {
  fileprivate init(_ status: pf_image_status, _ reason: [CChar]) {
    let code: Code =
      switch status {
      case PF_IMAGE_UNKNOWN_FORMAT: .unknownFormat
      case PF_IMAGE_TOO_LARGE, PF_IMAGE_NO_MEMORY: .tooLarge
      default: .damaged
      }
    let text = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    self.init(code, String(decoding: text, as: UTF8.self))
  }
}
