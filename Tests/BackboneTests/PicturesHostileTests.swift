import Backbone
import Testing

@Suite("Pictures that mean harm")
struct PicturesHostileTests {
  private func outcome(_ bytes: [UInt8], pixelLimit: Int = 1 << 22) -> Result<Picture, PictureFailure> {
    Result { () throws(PictureFailure) in try Picture.decode(bytes, pixelLimit: pixelLimit) }
  }

  private func failure(_ bytes: [UInt8], pixelLimit: Int = 1 << 22) -> PictureFailure? {
    if case .failure(let failure) = outcome(bytes, pixelLimit: pixelLimit) { failure } else { nil }
  }

  @Test("What is no picture, or one of a kind that is not read, says so")
  func unknown() throws {
    let cases: [([UInt8], String)] = [
      ([], "the file is empty"),
      ([0], "the bytes are of no supported picture format"),
      (Array("hello, this is text".utf8), "the bytes are of no supported picture format"),
      (Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8), "svg pictures are not supported"),
      (Array("%PDF-1.7".utf8), "pdf pictures are not supported"),
      (Array("BM".utf8) + [UInt8](repeating: 0, count: 60), "bmp pictures are not supported"),
      ([0, 0, 0, 12] + Array("jP  \r\n".utf8) + [0x87, 10], "jpeg 2000 pictures are not supported"),
    ]
    for (bytes, reason) in cases {
      #expect(failure(bytes) == PictureFailure(.unknownFormat, reason))
    }
  }

  @Test("A picture cut short is a failure, or complete where only what follows it is missing")
  func truncated() throws {
    for name in try PictureGoldens.fileNames() where !name.hasPrefix("bomb") {
      let bytes = try PictureGoldens.file(name)
      let whole = try Picture.decode(bytes)
      for length in stride(from: 0, to: bytes.count, by: 7) {
        switch outcome(Array(bytes.prefix(length))) {
        case .success(let picture): #expect(picture == whole, "\(name) to \(length) of \(bytes.count)")
        case .failure(let failure):
          #expect(!failure.reason.isEmpty && !failure.reason.contains("\n"), "\(name)")
        }
      }
    }
  }

  @Test("Damaged bytes give a picture or a reason, and never anything else")
  func damaged() throws {
    var generator = Generator(state: 3)
    for name in try PictureGoldens.fileNames() where !name.hasPrefix("bomb") {
      let original = try PictureGoldens.file(name)
      for _ in 0..<60 {
        var bytes = original
        for _ in 0...generator.next(0...8) {
          bytes[generator.next(0...bytes.count - 1)] = UInt8(generator.next(0...255))
        }
        switch outcome(bytes) {
        case .success(let picture):
          #expect(picture.rgb.count == picture.width * picture.height * 3, "\(name)")
        case .failure(let failure):
          #expect(!failure.reason.isEmpty && !failure.reason.contains("\n"), "\(name)")
        }
      }
    }
  }

  @Test("Random bytes behind every format's first bytes are refused")
  func random() throws {
    var generator = Generator(state: 9)
    let starts: [[UInt8]] = [
      [0xff, 0xd8, 0xff], [0x89] + Array("PNG\r\n".utf8) + [0x1a, 10], Array("GIF89a".utf8),
      Array("RIFF____WEBP".utf8), Array("II*".utf8) + [0], Array("____ftypavif".utf8),
      Array("____ftypheic".utf8),
    ]
    for start in starts {
      for count in [0, 1, 10, 100, 3000] {
        let bytes = start + (0..<count).map { _ in UInt8(generator.next(0...255)) }
        #expect(failure(bytes) != nil)
      }
    }
  }

  @Test("More pixels than the limit are refused by the header alone")
  func bombs() throws {
    let header = try PictureGoldens.file("bomb-header.png")
    let honest = try PictureGoldens.file("bomb.png")
    #expect(failure(header, pixelLimit: Picture.defaultPixelLimit)?.code == .tooLarge)
    let reason = "the picture has 12000 x 12000 pixels, more than the limit of 1000000"
    #expect(failure(honest, pixelLimit: 1_000_000) == PictureFailure(.tooLarge, reason))
    let small = try PictureGoldens.file("444.jpg")
    #expect(failure(small, pixelLimit: 35 * 22 - 1)?.code == .tooLarge)
    #expect(failure(small, pixelLimit: 35 * 22) == nil)
    #expect(failure(small, pixelLimit: -1)?.code == .tooLarge)
  }

  @Test("A JPEG of very many scans is refused")
  func scans() throws {
    // The progressive picture with its last scan repeated.
    let bytes = try PictureGoldens.file("progressive.jpg")
    let marks = bytes.indices.dropLast().filter { bytes[$0] == 0xff && bytes[$0 + 1] == 0xda }
    let last = try #require(marks.last)
    let scan = bytes[last..<bytes.count - 2]
    let few = Array(bytes.dropLast(2)) + Array(repeating: scan, count: 5).joined() + [0xff, 0xd9]
    let many = Array(bytes.dropLast(2)) + Array(repeating: scan, count: 200).joined() + [0xff, 0xd9]
    #expect(failure(few) == nil)
    let reason = try #require(failure(many)?.reason)
    #expect(reason.contains("more than 100 scans"))
  }
}
