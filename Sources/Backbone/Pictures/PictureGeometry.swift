internal import CPermafrostKernels

// Resizing, cropping and padding of pictures in memory.

extension Picture {
  /// The picture in another size, equal in every bit to Pillow 13's `Image.resize`.
  ///
  /// - Throws: `.invalidArgument` where a side is below 1 or the result would have more than `defaultPixelLimit`
  ///   pixels; `.resources` where memory cannot be had.
  public func resized(
    to size: PictureSize, interpolation: Interpolation = .bilinear
  ) throws(BackboneError) -> Picture {
    try Self.check(size, "resized")
    return try resampled(
      from: PictureWindow(whole: self.size), to: size, keeping: PictureWindow(whole: size),
      interpolation: interpolation)
  }

  /// The part of the picture whose top left pixel is (`x`, `y`).
  ///
  /// - Throws: `.invalidArgument` where it is empty or not inside the picture.
  public func cropped(x: Int, y: Int, to size: PictureSize) throws(BackboneError) -> Picture {
    guard !size.isEmpty, x >= 0, y >= 0, size.width <= width, size.height <= height,
      x <= width - size.width, y <= height - size.height
    else {
      throw BackboneError(
        .invalidArgument, "a part of \(size) pixels at (\(x), \(y)) is not inside a picture of \(self.size)")
    }
    return part(PictureWindow(x: x, y: y, size: size))
  }

  /// The centre of the picture as torchvision's `CenterCrop` takes it: black is added around a picture that is
  /// smaller, and half a pixel goes to the even side.
  ///
  /// - Throws: `.invalidArgument` where a side is below 1 or the result would have more than `defaultPixelLimit`
  ///   pixels.
  public func centreCropped(to size: PictureSize) throws(BackboneError) -> Picture {
    try Self.check(size, "cropped")
    let crop = CentreCrop(of: self.size, to: size)
    return part(crop.window).placed(x: crop.x, y: crop.y, on: size, fill: .black)
  }

  /// The picture in the middle of a square as long as its longer side; an odd pixel goes to the right or the
  /// bottom.
  ///
  /// - Throws: `.invalidArgument` where the result would have more than `defaultPixelLimit` pixels.
  public func paddedToSquare(fill: PictureFill = .black) throws(BackboneError) -> Picture {
    let side = max(width, height)
    try Self.check(PictureSize(width: side, height: side), "padded")
    return placed(
      x: (side - width) / 2, y: (side - height) / 2, on: PictureSize(width: side, height: side), fill: fill)
  }

  /// Every pixel as its luma of ITU-R BT.601, in all three channels: Pillow's `convert("L")`.
  public func inGrey() -> Picture {
    var grey = rgb
    for at in stride(from: 0, to: grey.count, by: 3) {
      let weighted = 19595 * UInt32(grey[at]) + 38470 * UInt32(grey[at + 1]) + 7471 * UInt32(grey[at + 2])
      let luma = UInt8(truncatingIfNeeded: (weighted + 0x8000) >> 16)
      grey[at] = luma
      grey[at + 1] = luma
      grey[at + 2] = luma
    }
    return Picture(size: size, checked: grey)
  }
}

extension Picture {
  private static func check(_ size: PictureSize, _ verb: String) throws(BackboneError) {
    guard !size.isEmpty, let pixels = elementCount(of: [size.height, size.width]), pixels <= defaultPixelLimit
    else { throw BackboneError(.invalidArgument, "a picture cannot be \(verb) to \(size) pixels") }
  }

  /// A window that is known to be inside.
  func part(_ window: PictureWindow) -> Picture {
    if window.size == size { return self }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(window.size.width * window.size.height * 3)
    for row in window.y..<window.y + window.size.height {
      let start = (row * width + window.x) * 3
      bytes.append(contentsOf: rgb[start..<start + window.size.width * 3])
    }
    return Picture(size: window.size, checked: bytes)
  }

  /// The picture on a canvas that is at least as large.
  func placed(x: Int, y: Int, on canvas: PictureSize, fill: PictureFill) -> Picture {
    if canvas == size { return self }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(canvas.width * canvas.height * 3)
    func append(_ count: Int, like pixel: Int) {
      let colour =
        switch fill {
        case .edge: (rgb[pixel], rgb[pixel + 1], rgb[pixel + 2])
        case .colour(let red, let green, let blue): (red, green, blue)
        }
      for _ in 0..<count {
        bytes.append(colour.0)
        bytes.append(colour.1)
        bytes.append(colour.2)
      }
    }
    for row in 0..<canvas.height {
      let inside = row >= y && row < y + height
      if !inside, case .colour = fill {
        append(canvas.width, like: 0)
        continue
      }
      let start = min(max(row - y, 0), height - 1) * width * 3
      let end = start + width * 3
      append(x, like: start)
      bytes.append(contentsOf: rgb[start..<end])
      append(canvas.width - width - x, like: end - 3)
    }
    return Picture(size: canvas, checked: bytes)
  }

  /// What `kept` shows of the picture that `source`, resized to `full`, would be.
  func resampled(
    from source: PictureWindow, to full: PictureSize, keeping kept: PictureWindow,
    interpolation: Interpolation
  ) throws(BackboneError) -> Picture {
    var shape = pf_resample_shape()
    shape.in_width = source.size.width
    shape.in_height = source.size.height
    shape.in_stride = width * 3
    shape.full_width = full.width
    shape.full_height = full.height
    shape.x = kept.x
    shape.y = kept.y
    shape.width = kept.size.width
    shape.height = kept.size.height
    shape.filter =
      switch interpolation {
      case .bilinear: PF_FILTER_BILINEAR
      case .bicubic: PF_FILTER_BICUBIC
      case .lanczos: PF_FILTER_LANCZOS
      }
    // A stretch from very wide to very high would need more in between than either picture has.
    guard unsafe pf_resample_scratch(&shape) <= Self.scratchLimit else {
      throw BackboneError(.resources, "resizing \(source.size) to \(full) needs too much memory")
    }
    var status: Int32 = 0
    let count = kept.size.width * kept.size.height * 3
    let offset = (source.y * width + source.x) * 3
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { out, initialized in
      unsafe rgb.withUnsafeBufferPointer { input in
        status = unsafe pf_resample(
          pf_resample_kernels_best(), &shape, input.baseAddress?.advanced(by: offset), out.baseAddress)
      }
      initialized = count
    }
    guard status == 0 else {
      throw BackboneError(.resources, "no memory to resize \(source.size) to \(full)")
    }
    return Picture(size: kept.size, checked: bytes)
  }

  private static var scratchLimit: Int { 1 << 30 }
}

/// A part of a picture.
struct PictureWindow: Hashable {
  var x = 0
  var y = 0
  var size: PictureSize

  init(x: Int, y: Int, size: PictureSize) {
    self.x = x
    self.y = y
    self.size = size
  }

  init(whole size: PictureSize) { self.size = size }
}

/// torchvision's `CenterCrop`: the window that is kept, and where it stands in the result.
struct CentreCrop: Hashable {
  var window: PictureWindow
  var x: Int
  var y: Int

  init(of picture: PictureSize, to size: PictureSize) {
    let (left, width, x) = Self.axis(picture.width, size.width)
    let (top, height, y) = Self.axis(picture.height, size.height)
    window = PictureWindow(x: left, y: top, size: PictureSize(width: width, height: height))
    self.x = x
    self.y = y
  }

  private static func axis(_ length: Int, _ wanted: Int) -> (first: Int, kept: Int, place: Int) {
    guard wanted < length else { return (0, length, (wanted - length) / 2) }
    let half = (length - wanted) / 2
    let isOdd = (length - wanted) % 2 != 0
    // Python's round: a half goes to the even neighbour.
    return (isOdd && half % 2 != 0 ? half + 1 : half, wanted, 0)
  }
}
