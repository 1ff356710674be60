import Backbone
import Testing

/// Real photographs, which are not committed: these tests run where PERMAFROST_DATA names their folder.
@Suite("Photographs", .enabled(if: RealData.folder != nil))
struct PicturesPhotographTests {
  @Test("A hundred photographs reach the network as torchvision's preset on Pillow gives them")
  func imageNetV1() throws {
    let goldens = try PictureGoldens.photographs().imageNetV1
    #expect(goldens.count == 100)
    for (path, expected) in goldens {
      let tensor = try Preprocessing.imageNetV1.tensor(of: RealData.bytes(path))
      #expect(digest(tensor.values) == expected, "\(path)")
    }
  }

  @Test("Photographs with every orientation are upright as Pillow's exif_transpose makes them")
  func orientation() throws {
    for (path, expected) in try PictureGoldens.photographs().orientation {
      let bytes = try RealData.bytes(path)
      #expect(try digest(Picture.decode(bytes).rgb) == expected.upright, "\(path)")
      #expect(try digest(Picture.decode(bytes, orientation: .asStored).rgb) == expected.stored, "\(path)")
    }
  }

  /// Where pixels differ from Pillow's on purpose or by another decoder, with the reason.
  private static let different = [
    "imagers_basi0g16.png": "16-bit grey keeps its high byte",
    "pillow_16bit.cropped.tif": "16-bit grey keeps its high byte",
    "pillow_i_trns.png": "16-bit grey keeps its high byte",
    "pillow_avif_hopper.avif": "another AVIF decoder interpolates colours differently",
    "pillow_hopper.Lab.tif": "Lab is converted by formula, not by a colour engine's table",
    "imagers_large-gif-anim-combine.gif": "libvips makes transparent GIF pixels black",
    "pillow_dispose_bgnd_transparency.gif": "libvips makes transparent GIF pixels black",
    "vips_cogs.gif": "libvips makes transparent GIF pixels black",
    "vips_dispose-background.gif": "libvips makes transparent GIF pixels black",
    "vips_trans-x.gif": "libvips makes transparent GIF pixels black",
    "pillow_exif_imagemagick_orientation.png": "an orientation in a PNG's text is not read",
  ]

  /// Pillow reads these, and Permafrost does not.
  private static let unsupported: Set<String> = [
    "pillow_hopper.bmp", "vips_issue412.jp2", "vips_ojpeg-strip.tif",
  ]

  @Test("Odd pictures decode to Pillow's pixels or fail with a reason where Pillow fails")
  func odd() throws {
    let goldens = try PictureGoldens.photographs().odd
    for name in try RealData.names("odd") {
      let bytes = try RealData.bytes("odd/\(name)")
      let result = Result { () throws(PictureFailure) in try Picture.decode(bytes) }
      switch result {
      case .success(let picture):
        #expect(!Self.unsupported.contains(name), "\(name)")
        if let expected = goldens[name] ?? nil {
          let same = digest(picture.rgb) == expected.upright
          #expect(same == (Self.different[name] == nil), "\(name)")
        } else {
          #expect(name.hasSuffix(".heif"), "\(name): Pillow has no decoder for it")
        }
      case .failure(let failure):
        let pillowFails = (goldens[name] ?? nil) == nil
        #expect(pillowFails || Self.unsupported.contains(name), "\(name): \(failure)")
        #expect(!failure.reason.isEmpty && !failure.reason.contains("\n"), "\(name)")
      }
    }
  }

  @Test("Cut at every 97th byte, a photograph is a failure or whole")
  func truncated() throws {
    let names = [
      "clothing/" + (try #require(PictureGoldens.photographs().imageNetV1.keys.sorted().first?.dropFirst(9))),
      "odd/pillow_hopper.png", "odd/pillow_flower.webp", "odd/pillow_hopper.gif", "odd/pillow_hopper.Lab.tif",
      "odd/pillow_avif_hopper.avif",
    ]
    for name in names {
      let bytes = try RealData.bytes(name)
      let whole = try Picture.decode(bytes)
      for length in stride(from: 0, to: bytes.count, by: 97) {
        let result = Result { () throws(PictureFailure) in try Picture.decode(Array(bytes.prefix(length))) }
        if case .success(let picture) = result { #expect(picture == whole, "\(name) to \(length)") }
      }
    }
  }
}
