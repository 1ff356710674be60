import Backbone
import Foundation
import Testing

@Suite("Preprocessing")
struct PicturesPreprocessingTests {
  @Test("torchvision's ImageClassification presets, bit for bit")
  func torchvision() throws {
    for golden in try PictureGoldens.read().presets {
      let preprocessing = try golden.preprocessing()
      let picture = try noise(
        #require(golden.width), #require(golden.height), seed: #require(golden.seed))
      let tensor = preprocessing.tensor(ofPixels: try preprocessing.pixels(of: picture))
      #expect(tensor.shape == [3, golden.crop, golden.crop])
      #expect(digest(tensor.values) == golden.digest, "\(picture.size), \(preprocessing.fields)")
    }
  }

  @Test("Every preset of torchvision's weights has a name")
  func names() throws {
    let named = Set(Preprocessing.presets.values)
    for preset in try PictureGoldens.read().weights {
      #expect(try named.contains(preset.preprocessing()), "\(preset)")
    }
    #expect(named.count == Preprocessing.presets.count)
  }

  @Test("Squares cut out or padded, and greyscale, as Pillow makes them")
  func framings() throws {
    for golden in try PictureGoldens.read().framings {
      let picture = try noise(golden.width, golden.height, seed: UInt32(golden.width))
      var fields = Preprocessing.imageNetV1.fields
      fields["resizing"] = "exact:24x24"
      fields["crop"] = "none"
      fields[golden.framing == "grey" ? "colour" : "framing"] = golden.framing
      let preprocessing = try #require(Preprocessing(fields: fields))
      #expect(preprocessing.outputSize == PictureSize(width: 24, height: 24))
      #expect(try digest(preprocessing.pixels(of: picture).rgb) == golden.digest, "\(golden)")
    }
  }

  @Test("The network's input is the tensor in NHWC order")
  func preparer() throws {
    let bytes = try PictureGoldens.file("orientation-6.jpg")
    let preparer = try #require(PicturePreparer(.imageNetV1))
    #expect(preparer.outputSize == PictureSize(width: 224, height: 224))
    var pixels = [Float](repeating: .nan, count: preparer.count)
    try unsafe pixels.withUnsafeMutableBufferPointer { buffer in
      try unsafe preparer.prepare(bytes, into: buffer)
    }
    let tensor = try Preprocessing.imageNetV1.tensor(of: bytes)
    for channel in 0..<3 {
      for y in [0, 1, 100, 223] {
        for x in [0, 7, 223] { #expect(pixels[(y * 224 + x) * 3 + channel] == tensor[channel, y, x]) }
      }
    }
    #expect(pixels.sorted() == tensor.values.sorted())
    let open = try Preprocessing(
      resizing: .shorterSide(64), crop: nil, mean: [0, 0, 0], standardDeviation: [1, 1, 1])
    #expect(open.outputSize == nil && PicturePreparer(open) == nil)
    #expect(try open.tensor(of: bytes).shape == [3, 101, 64])
  }

  @Test("Fields describe all of it and nothing else does")
  func fields() throws {
    #expect(
      Preprocessing.imageNetV1.fields == [
        "orientation": "upright", "colourProfile": "ignored", "colour": "rgb", "framing": "none",
        "resizing": "shorterSide:256", "interpolation": "bilinear", "crop": "224x224",
        "mean": "0.485,0.456,0.406", "standardDeviation": "0.229,0.224,0.225",
      ])
    for preprocessing in Preprocessing.presets.values {
      #expect(Preprocessing(fields: preprocessing.fields) == preprocessing)
      let json = try JSONEncoder().encode(preprocessing)
      #expect(try JSONDecoder().decode(Preprocessing.self, from: json) == preprocessing)
    }
    let all = try Preprocessing(
      orientation: .asStored, colourProfile: .applied, colour: .grey,
      framing: .squarePad(.colour(red: 1, green: 2, blue: 255)),
      resizing: .exact(PictureSize(width: 3, height: 8192)),
      interpolation: .lanczos, crop: nil, mean: [0.1, -1e-30, .greatestFiniteMagnitude],
      standardDeviation: [.leastNonzeroMagnitude, 1, 1 / 3])
    #expect(Preprocessing(fields: all.fields) == all)
    #expect(all.fields["mean"] == "0.1,-1e-30,3.4028235e+38")
  }

  @Test(
    "Fields out of range, missing, unknown or written differently describe nothing",
    arguments: [
      ("orientation", "Upright"), ("orientation", ""), ("colourProfile", "srgb"), ("colour", "bgr"),
      ("framing", "squarePad"), ("framing", "squarePad:1,2"), ("framing", "squarePad:1,2,256"),
      ("framing", "squareCrop:1"), ("resizing", "shorterSide:0"), ("resizing", "shorterSide:8193"),
      ("resizing", "shorterSide:99999999999999999999"), ("resizing", "shorterSide:+256"),
      ("resizing", "exact:3"), ("resizing", "exact:3x-3"), ("resizing", "none:2"), ("crop", "224"),
      ("crop", "0x0"), ("crop", "224x224x"), ("crop", "nil"), ("interpolation", "nearest"), ("mean", "0,0"),
      ("mean", "0.0,0.0,nan"), ("mean", "0.0,0.0,inf"), ("mean", "0.4850,0.456,0.406"), ("mean", "0.0,,0.0"),
      ("standardDeviation", "0.0,1.0,1.0"), ("standardDeviation", "-1.0,1.0,1.0"), ("unknown", "1"),
    ])
  func badFields(field: String, value: String) throws {
    var fields = Preprocessing.imageNetV1.fields
    fields[field] = value
    #expect(Preprocessing(fields: fields) == nil)
    let json = try JSONEncoder().encode(fields)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Preprocessing.self, from: json) }
    fields[field] = nil
    #expect((Preprocessing(fields: fields) == nil) == (field != "unknown"))
  }

  @Test("A setting out of range is named")
  func validation() throws {
    let error = #expect(throws: BackboneError.self) {
      try Preprocessing(
        resizing: .shorterSide(0), crop: nil, mean: [0, 0, 0], standardDeviation: [1, 1, 1])
    }
    #expect(error?.message == "the shorter side is 0, not between 1 and 8192")
    #expect(throws: BackboneError.self) {
      try Preprocessing(
        resizing: .none, crop: PictureSize(width: 9, height: .max), mean: [0, 0, 0],
        standardDeviation: [1, 1, 1])
    }
    #expect(throws: BackboneError.self) {
      try Preprocessing(resizing: .none, crop: nil, mean: [], standardDeviation: [1, 1, 1])
    }
  }

  @Test("A result that would be enormous is refused before it is made")
  func limits() throws {
    let line = try noise(20_000, 1, seed: 1)
    let open = try Preprocessing(
      resizing: .shorterSide(8192), crop: nil, mean: [0, 0, 0], standardDeviation: [1, 1, 1])
    let failure = #expect(throws: PictureFailure.self) { try open.pixels(of: line) }
    #expect(failure?.code == .tooLarge)
    let padded = try Preprocessing(
      framing: .squarePad(.edge), resizing: .shorterSide(8), crop: nil, mean: [0, 0, 0],
      standardDeviation: [1, 1, 1])
    #expect(throws: PictureFailure.self) { try padded.pixels(of: line) }
    // The crop of the same enormous picture is small.
    #expect(try Preprocessing.imageNetV1.pixels(of: line).size == PictureSize(width: 224, height: 224))
  }
}
