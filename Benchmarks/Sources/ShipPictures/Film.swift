import Glibc

/// What stands between the scene and the file: things in the way, focus, exposure, grain, grey film.
struct Film {
  /// Gulls, a buoy, a near crest, a post of the quay one looks from.
  static func clutter(_ canvas: inout Canvas, scene: Scene, _ generator: inout SeededGenerator) {
    let width = Float(canvas.width)
    let height = Float(canvas.height)
    let dark = mix(grey(0.12), scene.light.horizon, 0.15)
    if generator.chance(0.3) {
      for _ in 0..<generator.integer(1, 5) {
        let at = Point(generator.uniform(0, width), generator.uniform(0, height * 0.5))
        let span = generator.uniform(2, 6)
        let tone = generator.chance(0.5) ? dark : grey(0.95)
        canvas.line(at + Point(-span, -span * 0.5), at, width: 1, tone)
        canvas.line(at, at + Point(span, -span * 0.6), width: 1, tone)
      }
    }
    if generator.chance(0.25) {
      let at = Point(generator.uniform(0, width), generator.uniform(height * 0.7, height * 0.98))
      let size = generator.uniform(2, 7)
      let tone = generator.choice(Livery.accents) * scene.light.sun
      canvas.fill([at + Point(-size, 0), at + Point(size, 0), at + Point(0, -size * 2.2)], tone)
      canvas.ellipse(at, Point(size * 1.3, size * 0.5), tone * 0.7)
    }
    if generator.chance(0.3) {
      let top = height * generator.uniform(0.86, 0.96)
      var crest = [Point(0, height)]
      for step in 0...20 {
        let x = Float(step) / 20
        crest.append(Point(x * width, top - scene.noise.fractal(x * 5, 41, octaves: 2) * height * 0.08))
      }
      crest.append(Point(width, height))
      canvas.fill(crest, mix(scene.light.deep, scene.light.horizon, 0.2), opacity: 0.9)
    }
    if generator.chance(0.07) {
      let x = generator.uniform(0, width)
      let thick = generator.uniform(2, 8)
      canvas.line(Point(x, height), Point(x, height * generator.uniform(0, 0.5)), width: thick, dark)
      if generator.chance(0.6) {
        let y = height * generator.uniform(0.8, 0.95)
        canvas.line(Point(0, y), Point(width, y), width: thick * 0.6, dark)
      }
    }
  }

  static func smoke(_ canvas: inout Canvas, scene: Scene, _ generator: inout SeededGenerator) {
    guard generator.chance(0.15) else { return }
    let camera = scene.camera
    let start = camera.project(Place(generator.uniform(-0.8, 0.2), 0.45, 0))
    let drift = Point(-camera.heading * generator.uniform(1, 3), -generator.uniform(0.2, 1.2))
    let tone = mix(grey(generator.uniform(0.1, 0.6)), scene.light.horizon, 0.4)
    for puff in 0..<26 {
      let t = Float(puff)
      let sway = Point(generator.gaussian(), generator.gaussian()) * t * 0.12
      let size = camera.scale * (0.02 + 0.005 * t)
      canvas.ellipse(start + drift * t + sway, Point(size, size * 0.8), tone, opacity: 0.22 * (1 - t / 26))
    }
  }

  /// Mean and standard deviation of the luminance: every camera meters, even before it disappoints.
  private static func meter(_ canvas: Canvas) -> (Float, Float) {
    var sum: Float = 0
    var squares: Float = 0
    for pixel in canvas.pixels {
      let level = luminance(pixel)
      sum += level
      squares += level * level
    }
    let count = Float(canvas.pixels.count)
    let mean = sum / count
    return (mean, max(0, squares / count - mean * mean).squareRoot())
  }

  /// Focus, exposure, contrast, colour and grain; returns bytes.
  static func develop(_ canvas: inout Canvas, _ generator: inout SeededGenerator) -> [UInt8] {
    if generator.chance(0.5) { canvas.soften(generator.uniform(0.1, 0.4)) }
    let (mean, deviation) = meter(canvas)
    let middle = generator.uniform(0.38, 0.58)
    let exposure = min(1.9, max(0.7, middle / max(mean, 0.02)))
    let contrast = min(1.7, max(0.9, 0.2 / max(deviation * exposure, 0.02))) * generator.uniform(0.85, 1.2)
    let grain = generator.chance(0.8) ? generator.uniform(0.004, 0.022) : 0
    let grainIsGrey = generator.chance(0.5)
    let monochrome = generator.chance(0.2)
    let tone = monochrome && generator.chance(0.25) ? Colour(1.06, 1, 0.88) : grey(1)
    let saturation = generator.uniform(0.4, 1.15)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(canvas.pixels.count * 3)
    for pixel in canvas.pixels {
      let level = luminance(pixel)
      var colour = monochrome ? grey(level) : mix(grey(level), pixel, saturation)
      colour = (colour * exposure - middle) * contrast + middle
      if grain > 0 {
        let first = generator.approximateGaussian() * grain
        colour +=
          grainIsGrey || monochrome
          ? grey(first)
          : Colour(first, generator.approximateGaussian() * grain, generator.approximateGaussian() * grain)
      }
      let clamped = (colour * tone).clamped(lowerBound: .zero, upperBound: grey(1)) * 255
      for channel in 0..<3 { bytes.append(UInt8(clamped[channel].rounded())) }
    }
    return bytes
  }
}

extension SeededGenerator {
  /// Four bytes of one draw, summed: near enough to normal for film grain and far cheaper.
  mutating func approximateGaussian() -> Float {
    let bits = next()
    let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
    return (Float(sum) / 65536 - 2) * 1.732
  }
}
