internal import CPermafrostKernels

// From a picture to the numbers that a network sees.

extension Preprocessing {
  /// Decodes a picture and does everything but the last step, which makes numbers of the bytes: what the network
  /// will look at, as a picture.
  ///
  /// - Throws: why the picture cannot be decoded; `.tooLarge` also where the result would have more than
  ///   `pixelLimit` pixels.
  public func pixels(
    of encoded: [UInt8], pixelLimit: Int = Picture.defaultPixelLimit
  ) throws(PictureFailure) -> Picture {
    let picture = try Picture.decode(
      encoded, orientation: orientation, colourProfile: colourProfile, pixelLimit: pixelLimit)
    return try pixels(of: picture, pixelLimit: pixelLimit)
  }

  /// The same for a picture in memory, which is taken as upright and sRGB.
  ///
  /// - Throws: `.tooLarge` where the result would have more than `pixelLimit` pixels.
  public func pixels(
    of picture: Picture, pixelLimit: Int = Picture.defaultPixelLimit
  ) throws(PictureFailure) -> Picture {
    var source = colour == .grey ? picture.inGrey() : picture
    var window = PictureWindow(whole: source.size)
    switch framing {
    case .none: break
    case .squareCrop:
      let side = min(source.width, source.height)
      window = CentreCrop(of: source.size, to: PictureSize(width: side, height: side)).window
    case .squarePad(let fill):
      let side = max(source.width, source.height)
      try checkSize(PictureSize(width: side, height: side), pixelLimit)
      do {
        source = try source.paddedToSquare(fill: fill)
      } catch { throw PictureFailure(.tooLarge, error.message) }
      window = PictureWindow(whole: source.size)
    }

    let full = resizedSize(of: window.size)
    let output = crop ?? full
    try checkSize(output, pixelLimit)
    let kept = CentreCrop(of: full, to: output)
    do {
      let visible = try source.resampled(
        from: window, to: full, keeping: kept.window, interpolation: interpolation)
      return visible.placed(x: kept.x, y: kept.y, on: output, fill: .black)
    } catch { throw PictureFailure(.tooLarge, error.message) }
  }

  /// Decodes a picture and preprocesses it: a tensor of shape [3, height, width].
  ///
  /// - Throws: as `pixels(of:pixelLimit:)`.
  public func tensor(
    of encoded: [UInt8], pixelLimit: Int = Picture.defaultPixelLimit
  ) throws(PictureFailure) -> Tensor {
    tensor(ofPixels: try pixels(of: encoded, pixelLimit: pixelLimit))
  }

  /// The numbers of a picture that `pixels` made, without any other step: a tensor of shape [3, height, width].
  public func tensor(ofPixels picture: Picture) -> Tensor {
    let table = PixelTable(self)
    let count = picture.width * picture.height
    var values: [Float] = []
    values.reserveCapacity(3 * count)
    for channel in 0..<3 {
      for pixel in 0..<count { values.append(table[channel, picture.rgb[3 * pixel + channel]]) }
    }
    do {
      return try Tensor(shape: [3, picture.height, picture.width], values: values)
    } catch { preconditionFailure("the count is the product of the shape") }
  }

  /// torchvision's `Resize`, in its own arithmetic.
  private func resizedSize(of size: PictureSize) -> PictureSize {
    switch resizing {
    case .none: return size
    case .exact(let exact): return exact
    case .shorterSide(let side):
      let shorter = min(size.width, size.height)
      let longer = max(size.width, size.height)
      let scaled = Int(Double(side * longer) / Double(shorter))
      return size.width <= size.height
        ? PictureSize(width: side, height: scaled) : PictureSize(width: scaled, height: side)
    }
  }

  private func checkSize(_ size: PictureSize, _ pixelLimit: Int) throws(PictureFailure) {
    let (pixels, overflow) = size.width.multipliedReportingOverflow(by: size.height)
    guard !overflow, pixels <= pixelLimit else {
      throw PictureFailure(
        .tooLarge, "the preprocessed picture would have \(size) pixels, more than the limit of \(pixelLimit)")
    }
  }
}

/// (v / 255 - mean) / standard deviation for each byte v of each channel, each operation rounded to float32 as
/// torchvision's are.
struct PixelTable: Sendable {
  /// Channel by channel, 256 each.
  let values: [Float]

  init(_ preprocessing: Preprocessing) {
    values = (0..<3).flatMap { channel in
      (0..<256).map { byte in
        (Float(byte) / 255 - preprocessing.mean[channel]) / preprocessing.standardDeviation[channel]
      }
    }
  }

  subscript(channel: Int, byte: UInt8) -> Float { values[256 * channel + Int(byte)] }
}

/// Preprocessing for many pictures of one output size, straight into a network's input. Any thread may use it.
package struct PicturePreparer: Sendable {
  package let preprocessing: Preprocessing
  package let outputSize: PictureSize
  private let table: PixelTable
  private let pixelLimit: Int

  /// `nil` where the output size depends on the picture.
  package init?(_ preprocessing: Preprocessing, pixelLimit: Int = Picture.defaultPixelLimit) {
    guard let outputSize = preprocessing.outputSize else { return nil }
    self.preprocessing = preprocessing
    self.outputSize = outputSize
    self.pixelLimit = pixelLimit
    table = PixelTable(preprocessing)
  }

  /// Floats a picture: height * width * 3.
  package var count: Int { outputSize.height * outputSize.width * 3 }

  /// Decodes, resizes and crops a picture and writes its normalised pixels in NHWC order. Traps where
  /// `destination` has not `count` elements; leaves it alone where the picture fails.
  package func prepare(
    _ encoded: [UInt8], into destination: UnsafeMutableBufferPointer<Float>
  ) throws(PictureFailure) {
    precondition(destination.count == count, "the destination has the size of one picture")
    let picture = try preprocessing.pixels(of: encoded, pixelLimit: pixelLimit)
    unsafe picture.rgb.withUnsafeBufferPointer { rgb in
      unsafe table.values.withUnsafeBufferPointer { values in
        unsafe pf_look_up_rgb(
          rgb.baseAddress, rgb.count / 3, values.baseAddress, destination.baseAddress)
      }
    }
  }
}
