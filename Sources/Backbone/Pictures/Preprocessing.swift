/// All that happens to a picture between its file and a network's input: the transforms that its weights were
/// trained with.
///
/// In order: decoding to RGB, turning upright, greyscale, framing, resizing, centre crop, and then each value v of
/// channel c becomes (v / 255 - mean[c]) / standardDeviation[c], every operation in float32. With the same
/// settings the result has the same bits as torchvision's `ImageClassification` preset on a picture that Pillow
/// decoded.
public struct Preprocessing: Hashable, Sendable {
  /// What the colours become before anything else.
  public enum Colour: String, Hashable, Sendable, CaseIterable {
    /// They stay; a grey picture has three equal channels.
    case rgb
    /// Their luma, in all three channels.
    case grey
  }

  /// How a picture is made square before it is resized.
  public enum Framing: Hashable, Sendable {
    /// Not at all.
    case none
    /// Its central square, as long as the shorter side.
    case squareCrop
    /// A square as long as the longer side around it.
    case squarePad(PictureFill)
  }

  /// The size before the crop.
  public enum Resizing: Hashable, Sendable {
    case none
    /// torchvision's `Resize(n)`: the shorter side becomes n, the longer n * longer / shorter, rounded down.
    case shorterSide(Int)
    /// Whatever the proportions were.
    case exact(PictureSize)
  }

  public let orientation: Picture.Orientation
  public let colourProfile: Picture.ColourProfile
  public let colour: Colour
  public let framing: Framing
  public let resizing: Resizing
  public let interpolation: Interpolation
  /// torchvision's `CenterCrop`; black is added where the picture is smaller.
  public let crop: PictureSize?
  /// Red, green, blue; subtracted from values in [0, 1].
  public let mean: [Float]
  /// Red, green, blue; positive.
  public let standardDeviation: [Float]

  /// - Throws: `.invalidArgument` naming a setting out of range: a side that is not 1 to 8192, a mean that is not
  ///   finite, a standard deviation that is not finite and positive, anything but three of either.
  public init(
    orientation: Picture.Orientation = .upright, colourProfile: Picture.ColourProfile = .ignored,
    colour: Colour = .rgb, framing: Framing = .none, resizing: Resizing,
    interpolation: Interpolation = .bilinear, crop: PictureSize?, mean: [Float], standardDeviation: [Float]
  ) throws(BackboneError) {
    try Self.check(resizing: resizing, crop: crop, mean: mean, standardDeviation: standardDeviation)
    self.init(
      orientation, colourProfile, colour, framing, resizing, interpolation, crop, mean, standardDeviation)
  }

  private init(
    _ orientation: Picture.Orientation, _ colourProfile: Picture.ColourProfile, _ colour: Colour,
    _ framing: Framing, _ resizing: Resizing, _ interpolation: Interpolation, _ crop: PictureSize?,
    _ mean: [Float], _ standardDeviation: [Float]
  ) {
    self.orientation = orientation
    self.colourProfile = colourProfile
    self.colour = colour
    self.framing = framing
    self.resizing = resizing
    self.interpolation = interpolation
    self.crop = crop
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// torchvision's `ImageClassification` preset, for sizes that are known to be in range.
  init(
    resize: Int, crop: Int, interpolation: Interpolation = .bilinear, mean: [Float] = imageNetMean,
    standardDeviation: [Float] = imageNetStandardDeviation
  ) {
    self.init(
      .upright, .ignored, .rgb, .none, .shorterSide(resize), interpolation,
      PictureSize(width: crop, height: crop), mean, standardDeviation)
  }

  /// The size of every result; `nil` where it depends on the picture.
  public var outputSize: PictureSize? {
    if let crop { return crop }
    switch (resizing, framing) {
    case (.exact(let size), _): return size
    case (.shorterSide(let side), .squareCrop), (.shorterSide(let side), .squarePad):
      return PictureSize(width: side, height: side)
    default: return nil
    }
  }

  // MARK: checks

  private static let sides = 1...8192

  private static func check(
    resizing: Resizing, crop: PictureSize?, mean: [Float], standardDeviation: [Float]
  ) throws(BackboneError) {
    var named: [(String, Int)] = []
    switch resizing {
    case .none: break
    case .shorterSide(let side): named = [("shorter side", side)]
    case .exact(let size): named = [("width", size.width), ("height", size.height)]
    }
    if let crop { named += [("crop's width", crop.width), ("crop's height", crop.height)] }
    for (name, side) in named where !sides.contains(side) {
      throw BackboneError(
        .invalidArgument,
        "the \(name) is \(side), not between \(sides.lowerBound) and \(sides.upperBound)")
    }
    guard mean.count == 3, mean.allSatisfy(\.isFinite) else {
      throw BackboneError(.invalidArgument, "the mean is \(mean), not three finite numbers")
    }
    guard standardDeviation.count == 3, standardDeviation.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw BackboneError(
        .invalidArgument, "the standard deviation is \(standardDeviation), not three positive numbers")
    }
  }
}
