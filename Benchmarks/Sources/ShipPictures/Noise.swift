/// Smooth value noise on a hashed lattice: no tables, any extent, one seed.
struct Noise {
  let seed: UInt32

  /// By conversion, since without SSE4.1 `rounded(.down)` is a call.
  @inline(__always)
  private func floor(_ x: Float) -> Int32 {
    let whole = Int32(x)
    return Float(whole) > x ? whole - 1 : whole
  }

  @inline(__always)
  private func lattice(_ x: Int32, _ y: Int32) -> Float {
    var h = UInt32(bitPattern: x) &* 0x8DA6_B343 ^ UInt32(bitPattern: y) &* 0xD816_3841 ^ seed
    h = (h ^ (h >> 15)) &* 0x2C1B_3C6D
    h = (h ^ (h >> 12)) &* 0x297A_2D39
    return Float((h ^ (h >> 15)) >> 8) * 0x1p-24
  }

  /// One octave, in [0, 1].
  func value(_ x: Float, _ y: Float) -> Float {
    let ix = floor(x)
    let iy = floor(y)
    var tx = x - Float(ix)
    var ty = y - Float(iy)
    tx = tx * tx * (3 - 2 * tx)
    ty = ty * ty * (3 - 2 * ty)
    let a = lattice(ix, iy)
    let b = lattice(ix &+ 1, iy)
    let c = lattice(ix, iy &+ 1)
    let d = lattice(ix &+ 1, iy &+ 1)
    let top = a + (b - a) * tx
    let bottom = c + (d - c) * tx
    return top + (bottom - top) * ty
  }

  /// Octaves of halving amplitude and doubling frequency, in [0, 1].
  func fractal(_ x: Float, _ y: Float, octaves: Int) -> Float {
    var sum: Float = 0
    var weight: Float = 0
    var amplitude: Float = 1
    var frequency: Float = 1
    for octave in 0..<octaves {
      sum += amplitude * value(x * frequency + Float(octave) * 17.3, y * frequency - Float(octave) * 9.7)
      weight += amplitude
      amplitude *= 0.5
      frequency *= 2
    }
    return sum / weight
  }
}
