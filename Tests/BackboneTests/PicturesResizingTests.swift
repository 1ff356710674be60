import Backbone
import CPermafrostKernels
import Testing

@Suite("Resizing pictures")
struct PicturesResizingTests {
  @Test("Pillow's resize, bit for bit")
  func pillow() throws {
    for golden in try PictureGoldens.read().resizes {
      let picture = try noise(golden.width, golden.height, seed: golden.seed, twoValued: golden.twoValued)
      let interpolation = try #require(Interpolation(rawValue: golden.interpolation))
      let size = PictureSize(width: golden.toWidth, height: golden.toHeight)
      let resized = try picture.resized(to: size, interpolation: interpolation)
      #expect(digest(resized.rgb) == golden.digest, "\(picture.size) to \(size), \(interpolation)")
    }
  }

  @Test("The same size changes nothing; one colour stays one colour", arguments: Interpolation.allCases)
  func invariants(interpolation: Interpolation) throws {
    let picture = try noise(31, 17, seed: 5)
    #expect(try picture.resized(to: picture.size, interpolation: interpolation) == picture)
    let plain = try Picture(
      width: 29, height: 43, rgb: (0..<29 * 43).flatMap { _ in [255 as UInt8, 0, 77] })
    for (width, height) in [(1, 1), (7, 90), (90, 7), (200, 300), (28, 43)] {
      let resized = try plain.resized(
        to: PictureSize(width: width, height: height), interpolation: interpolation)
      #expect(resized.hasUniformColour() && resized[0, 0] == (255, 0, 77))
    }
  }

  @Test("Every instruction set computes the same bits, and a window is what the whole picture has there")
  func instructionSets() throws {
    var generator = Generator(state: 11)
    let portable = try unsafe #require(pf_resample_kernels_for(PF_ISA_PORTABLE))
    for round in 0..<400 {
      let limit = round % 3 == 0 ? 12 : 150
      let source = try noise(
        generator.next(1...limit), generator.next(1...limit), seed: UInt32(round), twoValued: round % 2 == 0)
      let full = PictureSize(width: generator.next(1...limit), height: generator.next(1...limit))
      let width = generator.next(1...full.width)
      let height = generator.next(1...full.height)
      var shape = pf_resample_shape(
        in_width: source.width, in_height: source.height, in_stride: source.width * 3, full_width: full.width,
        full_height: full.height, x: generator.next(0...full.width - width),
        y: generator.next(0...full.height - height), width: width, height: height,
        filter: pf_filter(UInt32(round % 3)))
      let expected = unsafe resample(portable, shape, source.rgb)
      for isa in 1..<UInt32(PF_ISA_COUNT) {
        guard let kernels = unsafe pf_resample_kernels_for(pf_isa(isa)) else { continue }
        #expect(unsafe resample(kernels, shape, source.rgb) == expected, "\(shape)")
      }
      let window = (x: shape.x, y: shape.y)
      (shape.x, shape.y, shape.width, shape.height) = (0, 0, full.width, full.height)
      let whole = try Picture(
        width: full.width, height: full.height, rgb: unsafe resample(portable, shape, source.rgb))
      let part = try whole.cropped(x: window.x, y: window.y, to: PictureSize(width: width, height: height))
      #expect(part.rgb == expected, "\(shape)")
    }
  }

  @Test("torchvision's centre crop, with black around what is smaller")
  func centreCrops() throws {
    for golden in try PictureGoldens.read().centreCrops {
      let picture = try noise(golden.width, golden.height, seed: 7)
      let size = PictureSize(width: golden.cropWidth, height: golden.cropHeight)
      #expect(try digest(picture.centreCropped(to: size).rgb) == golden.digest, "\(picture.size) to \(size)")
    }
  }

  @Test("Sizes and parts that make no sense are refused")
  func arguments() throws {
    let picture = try noise(8, 6, seed: 2)
    for (width, height) in [
      (0, 5), (5, 0), (-1, 5), (.max, 5), (.max, .max), (1 << 40, 1 << 40), (20_000, 20_000),
    ] {
      let size = PictureSize(width: width, height: height)
      #expect(throws: BackboneError.self) { try picture.centreCropped(to: size) }
      #expect(throws: BackboneError.self) { try picture.cropped(x: 0, y: 0, to: size) }
      #expect(throws: BackboneError.self) { try picture.resized(to: size) }
    }
    #expect(throws: BackboneError.self) { try noise(20_000, 1, seed: 1).paddedToSquare() }
    for (x, y) in [(-1, 0), (0, -1), (5, 0), (0, 3), (.max, 0), (.min, .min)] {
      #expect(throws: BackboneError.self) {
        try picture.cropped(x: x, y: y, to: PictureSize(width: 4, height: 4))
      }
    }
  }

  private func resample(
    _ kernels: UnsafePointer<pf_resample_kernels>, _ shape: pf_resample_shape, _ rgb: [UInt8]
  ) -> [UInt8] {
    // Allocated to the byte, so that reading beyond the end can be caught.
    var shape = shape
    return unsafe [UInt8](unsafeUninitializedCapacity: shape.width * shape.height * 3) { out, count in
      count = shape.width * shape.height * 3
      unsafe rgb.withUnsafeBufferPointer { input in
        #expect(unsafe pf_resample(kernels, &shape, input.baseAddress, out.baseAddress) == 0)
      }
    }
  }
}

/// Numbers that are the same at every run.
struct Generator {
  var state: UInt64

  mutating func next(_ range: ClosedRange<Int>) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return range.lowerBound + Int(state >> 33) % range.count
  }
}
