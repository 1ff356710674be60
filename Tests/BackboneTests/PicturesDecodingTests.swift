import Backbone
import Testing

@Suite("Decoding pictures")
struct PicturesDecodingTests {
  @Test("Every committed picture decodes to Pillow's pixels, upright and as stored")
  func pillow() throws {
    for (name, expected) in try PictureGoldens.read().decoded {
      let bytes = try PictureGoldens.file(name)
      let upright = try Picture.decode(bytes)
      #expect(upright.width == expected.width && upright.height == expected.height, "\(name)")
      #expect(digest(upright.rgb) == expected.upright, "\(name)")
      #expect(try digest(Picture.decode(bytes, orientation: .asStored).rgb) == expected.stored, "\(name)")
    }
  }

  @Test("The eight orientations are one picture, up to what JPEG loses, and differ as stored")
  func orientations() throws {
    let stored = try (1...8).map {
      try Picture.decode(PictureGoldens.file("orientation-\($0).jpg"), orientation: .asStored)
    }
    #expect(Set(stored).count == 1)
    let upright = try (1...8).map { try Picture.decode(PictureGoldens.file("orientation-\($0).jpg")) }
    #expect(Set(upright).count == 8)
    let first = upright[0]
    for (x, y) in [(0, 0), (34, 0), (3, 20), (17, 9)] {
      let (right, bottom) = (34 - x, 21 - y)
      let turned = [
        (x, y), (right, y), (right, bottom), (x, bottom), (y, x), (bottom, x), (bottom, right), (y, right),
      ]
      for (picture, place) in zip(upright, turned) { #expect(picture[place.0, place.1] == first[x, y]) }
    }
  }

  @Test("A profile that is not there changes nothing; libvips and libjpeg agree on a JPEG's pixels")
  func profile() throws {
    for name in ["444.jpg", "422.jpg", "420-odd.jpg", "progressive.jpg", "grey.jpg", "rgb.png", "cmyk.jpg"] {
      let bytes = try PictureGoldens.file(name)
      #expect(try Picture.decode(bytes, colourProfile: .applied) == Picture.decode(bytes), "\(name)")
    }
  }

  @Test("A colour profile is applied where that is asked for", arguments: ["jpg", "png"])
  func appliedProfile(kind: String) throws {
    // In this profile red and blue have changed places.
    let bytes = try PictureGoldens.file("exchanging-profile.\(kind)")
    let plain = try Picture.decode(bytes)
    let applied = try Picture.decode(bytes, colourProfile: .applied)
    #expect(applied.size == plain.size)
    var largest = 0
    for y in 0..<plain.height {
      for x in 0..<plain.width {
        let (before, after) = (plain[x, y], applied[x, y])
        for (a, b) in [(before.red, after.blue), (before.green, after.green), (before.blue, after.red)] {
          largest = max(largest, abs(Int(a) - Int(b)))
        }
      }
    }
    #expect(largest <= 2)
  }

  @Test("PNG gives back the same picture, JPEG nearly")
  func encoding() throws {
    let picture = try noise(37, 19, seed: 3).resized(
      to: PictureSize(width: 90, height: 60), interpolation: .lanczos)
    #expect(try Picture.decode(picture.encoded(as: .png)) == picture)
    let lossy = try Picture.decode(picture.encoded(as: .jpeg(quality: 95)))
    #expect(lossy.size == picture.size)
    let differences = zip(lossy.rgb, picture.rgb).map { abs(Int($0) - Int($1)) }
    #expect(differences.reduce(0, +) < 8 * differences.count)
    let small = try picture.encoded(as: .jpeg(quality: 10))
    #expect(try small.count < picture.encoded(as: .jpeg(quality: 95)).count)
  }

  @Test("Arguments out of range are refused")
  func arguments() throws {
    let picture = try noise(4, 4, seed: 1)
    for quality in [Int.min, -1, 0, 101, .max] {
      #expect(throws: BackboneError.self) { try picture.encoded(as: .jpeg(quality: quality)) }
    }
    let tooWide = try Picture(width: 70_000, height: 1, rgb: Array(repeating: 0, count: 210_000))
    #expect(throws: BackboneError.self) { try tooWide.encoded(as: .jpeg(quality: 90)) }
    for (width, height, count) in [(0, 0, 0), (2, 2, 11), (-1, -1, 3), (.max, .max, 3), (1 << 62, 4, 0)] {
      #expect(throws: BackboneError.self) {
        try Picture(width: width, height: height, rgb: Array(repeating: 0, count: count))
      }
    }
  }

  @Test("Decoding on many threads at once gives the same pictures and the same reasons")
  func concurrency() async throws {
    let files = try PictureGoldens.fileNames().map { name in
      let bytes = try PictureGoldens.file(name)
      return name.hasPrefix("bomb.") ? Array(bytes.prefix(1000)) : bytes
    }
    let all = files + files.map { Array($0.prefix($0.count * 2 / 3)) }
    @Sendable func result(_ bytes: [UInt8]) -> Result<Picture, PictureFailure> {
      Result { () throws(PictureFailure) in try Picture.decode(bytes) }
    }
    let expected = all.map(result)
    await withTaskGroup(of: (Int, Bool).self) { group in
      for _ in 0..<12 {
        for index in all.indices {
          let bytes = all[index]
          let one = expected[index]
          group.addTask { (index, result(bytes) == one) }
        }
      }
      for await (index, same) in group { #expect(same, "\(index)") }
    }
  }
}
