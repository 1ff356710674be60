import Glibc

/// Everything round the ship: sky, coast and sea, and what the water does at the ship's side.
struct Scene {
  let light: Light
  let camera: Camera
  let noise: Noise
  private let waves: Point
  private let cloudScale: Point

  init(_ generator: inout SeededGenerator, light: Light, camera: Camera) {
    self.light = light
    self.camera = camera
    noise = Noise(seed: UInt32(truncatingIfNeeded: generator.next()))
    waves = Point(generator.uniform(20, 44), generator.uniform(44, 90))
    cloudScale = Point(generator.uniform(2, 5), generator.uniform(4, 12))
  }

  func paintSky(_ canvas: inout Canvas) {
    let rows = min(canvas.height, Int(camera.horizon) + 1)
    guard rows > 0 else { return }
    let width = Float(canvas.width)
    for y in 0..<rows {
      let height = 1 - Float(y) / max(camera.horizon, 1)
      let base = mix(light.horizon, light.zenith, min(1, height * 1.2).squareRoot() * 0.9)
      let lit = mix(base, grey(luminance(light.horizon) * 1.1), 0.75)
      for x in 0..<canvas.width {
        let n = noise.fractal(
          Float(x) / width * cloudScale.x, Float(y) / width * cloudScale.y, octaves: 4)
        let cover = min(1, max(0, (n - 0.48) * 4)) * light.cloud * 0.7
        canvas[x, y] = mix(base, lit * (0.85 + 0.3 * n), cover)
      }
    }
  }

  /// Hills, or the roofs of a harbour town, in the haze.
  func paintCoast(_ canvas: inout Canvas, _ generator: inout SeededGenerator) {
    guard camera.horizon > 4, generator.chance(0.4) else { return }
    let base = camera.horizon + 1
    let tall = Float(canvas.height) * generator.uniform(0.03, 0.14)
    let colour = mix(
      generator.choice([Colour(0.20, 0.27, 0.22), [0.30, 0.29, 0.28], [0.22, 0.26, 0.34]]),
      light.horizon, generator.uniform(0.4, 0.8))
    let town = generator.chance(0.3)
    let from = generator.uniform(-0.4, 0.5) * Float(canvas.width)
    let to = from + generator.uniform(0.4, 1.4) * Float(canvas.width)
    var outline = [Point(from, base)]
    var x = from
    while x < to {
      let edge = min(1, min(x - from, to - x) / 30)
      let rise = noise.fractal(x / 40, 7.7, octaves: 3) * tall * edge
      outline.append(Point(x, base - rise))
      let step = town ? generator.uniform(3, 9) : 2
      if town { outline.append(Point(x + step, base - rise)) }
      x += step
    }
    outline.append(Point(to, base))
    canvas.fill(outline, colour * light.sun)
  }

  func paintSea(_ canvas: inout Canvas) {
    let first = max(0, Int(camera.horizon.rounded(.up)))
    guard first < canvas.height else { return }
    let width = Float(canvas.width)
    let height = Float(canvas.height)
    let shine = mix(light.horizon, light.zenith, 0.35)
    for y in first..<canvas.height {
      let below = (Float(y) - camera.horizon) / height
      let distance = 1 / (below + 0.16)
      let calm = min(1, below * 5 + 0.12)
      let mirror = 0.72 - min(0.5, below * 0.8)
      for x in 0..<canvas.width {
        let u = (Float(x) / width - 0.5) * distance * waves.x * 0.3
        let v = distance * waves.y * 0.3
        let n = noise.fractal(u, v, octaves: 4) * 0.7 + noise.value(u * 5.3, v * 7.1) * 0.3 - 0.5
        let slope = n * calm * (0.14 + light.swell * 0.32)
        var colour = mix(light.deep, shine, min(1, max(0, mirror + slope * 1.1)))
        let crest = (n - 0.24 + light.swell * 0.06) * 9
        if crest > 0, light.swell > 0.7 { colour = mix(colour, light.horizon, min(0.7, crest) * calm) }
        if light.glare > 0.3 {
          let path = 1 - abs(Float(x) / width - 0.5) * 2.4
          if path > 0, n > 0.08 {
            colour = mix(colour, light.horizon, path * light.glare * min(1, n * 4) * 0.4)
          }
        }
        canvas[x, y] = colour
      }
    }
  }
}
