// Every setting by name, as text: what a cache's key and a head's file say of it.

extension Preprocessing {
  /// Every setting by name. Equal preprocessing has equal fields and no other has, on every machine and in every
  /// version; numbers are printed so that reading them gives the same bits.
  public var fields: [String: String] {
    [
      "orientation": orientation.rawValue,
      "colourProfile": colourProfile.rawValue,
      "colour": colour.rawValue,
      "framing": Self.text(of: framing),
      "resizing": Self.text(of: resizing),
      "interpolation": interpolation.rawValue,
      "crop": crop.map(\.description) ?? "none",
      "mean": Self.text(of: mean),
      "standardDeviation": Self.text(of: standardDeviation),
    ]
  }

  /// The preprocessing whose `fields` these are; `nil` where a field is missing, unknown, out of range or not as
  /// `fields` writes it.
  public init?(fields: [String: String]) {
    guard let orientation = fields["orientation"].flatMap(Picture.Orientation.init),
      let colourProfile = fields["colourProfile"].flatMap(Picture.ColourProfile.init),
      let colour = fields["colour"].flatMap(Colour.init),
      let framing = fields["framing"].flatMap(Self.framing),
      let resizing = fields["resizing"].flatMap(Self.resizing),
      let interpolation = fields["interpolation"].flatMap(Interpolation.init),
      let crop = fields["crop"],
      let mean = fields["mean"].map(Self.numbers),
      let standardDeviation = fields["standardDeviation"].map(Self.numbers)
    else { return nil }
    do {
      try self.init(
        orientation: orientation, colourProfile: colourProfile, colour: colour, framing: framing,
        resizing: resizing, interpolation: interpolation, crop: Self.size(crop), mean: mean,
        standardDeviation: standardDeviation)
    } catch { return nil }
    guard self.fields == fields else { return nil }
  }

  // MARK: one field

  private static func text(of numbers: [Float]) -> String {
    numbers.map(\.description).joined(separator: ",")
  }

  private static func text(of framing: Framing) -> String {
    switch framing {
    case .none: "none"
    case .squareCrop: "squareCrop"
    case .squarePad(.edge): "squarePad:edge"
    case .squarePad(.colour(let red, let green, let blue)): "squarePad:\(red),\(green),\(blue)"
    }
  }

  private static func text(of resizing: Resizing) -> String {
    switch resizing {
    case .none: "none"
    case .shorterSide(let side): "shorterSide:\(side)"
    case .exact(let size): "exact:\(size)"
    }
  }

  private static func numbers(_ text: String) -> [Float] {
    // A part that is no number makes the count wrong, which the checks refuse.
    text.split(separator: ",").compactMap { Float($0) }
  }

  private static func size(_ text: some StringProtocol) -> PictureSize? {
    let sides = text.split(separator: "x").compactMap { Int($0) }
    return sides.count == 2 ? PictureSize(width: sides[0], height: sides[1]) : nil
  }

  private static func framing(_ text: String) -> Framing? {
    let parts = text.split(separator: ":", maxSplits: 1)
    switch (parts.first, parts.dropFirst().first) {
    case ("none", nil): return Framing.none
    case ("squareCrop", nil): return .squareCrop
    case ("squarePad", "edge"): return .squarePad(.edge)
    case ("squarePad", let colour?):
      let bytes = colour.split(separator: ",").compactMap { UInt8($0) }
      guard bytes.count == 3 else { return nil }
      return .squarePad(.colour(red: bytes[0], green: bytes[1], blue: bytes[2]))
    default: return nil
    }
  }

  private static func resizing(_ text: String) -> Resizing? {
    let parts = text.split(separator: ":", maxSplits: 1)
    switch (parts.first, parts.dropFirst().first) {
    case ("none", nil): return Resizing.none
    case ("shorterSide", let side?): return Int(side).map(Resizing.shorterSide)
    case ("exact", let size?): return Self.size(size).map(Resizing.exact)
    default: return nil
    }
  }
}

extension Preprocessing: Codable {
  /// Encodes `fields`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(fields)
  }

  /// - Throws: `DecodingError.dataCorrupted` where the fields describe no preprocessing.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let fields = try container.decode([String: String].self)
    guard let preprocessing = Preprocessing(fields: fields) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "the fields describe no preprocessing")
    }
    self = preprocessing
  }
}
