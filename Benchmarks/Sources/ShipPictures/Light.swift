/// The weather and the hour: what colours the sky, the sea and every face of a ship.
struct Light {
  var zenith: Colour
  var horizon: Colour
  var deep: Colour
  var sun: Colour
  /// How bright a face seen from the side, along the axis and from above is.
  var side: Float
  var end: Float
  var top: Float
  var haze: Float
  var cloud: Float
  var swell: Float
  var glare: Float

  static func random(_ generator: inout SeededGenerator) -> Light {
    var light = preset(generator.integer(0, 6))
    light.side *= generator.uniform(0.75, 1.1)
    light.end *= generator.uniform(0.6, 1.2)
    light.top *= generator.uniform(0.85, 1.1)
    light.haze = min(0.3, light.haze * generator.uniform(0.3, 1.3))
    light.cloud *= generator.uniform(0, 1.4)
    light.swell = generator.uniform(0.1, 1)
    let cast = Colour(generator.uniform(0.9, 1.1), generator.uniform(0.94, 1.06), generator.uniform(0.9, 1.1))
    light.zenith *= cast * generator.uniform(0.8, 1.15)
    light.horizon *= cast
    let water: [Colour] = [
      [0.05, 0.16, 0.26], [0.04, 0.24, 0.30], [0.16, 0.24, 0.22], [0.12, 0.17, 0.22], [0.24, 0.28, 0.24],
    ]
    light.deep = mix(light.deep, generator.choice(water) * generator.uniform(0.8, 1.4), 0.6)
    return light
  }

  private static func preset(_ kind: Int) -> Light {
    switch kind {
    case 0:  // clear day
      Light(
        zenith: [0.25, 0.47, 0.78], horizon: [0.76, 0.86, 0.94], deep: [0.05, 0.20, 0.34],
        sun: [1.0, 0.98, 0.94], side: 0.9, end: 0.7, top: 1.05, haze: 0.08, cloud: 0.5, swell: 0, glare: 0.2)
    case 1:  // overcast
      Light(
        zenith: [0.55, 0.60, 0.66], horizon: [0.80, 0.82, 0.84], deep: [0.22, 0.29, 0.33],
        sun: [0.82, 0.84, 0.87], side: 0.8, end: 0.72, top: 0.95, haze: 0.2, cloud: 0.9, swell: 0, glare: 0.1)
    case 2:  // dusk
      Light(
        zenith: [0.20, 0.22, 0.42], horizon: [0.98, 0.62, 0.36], deep: [0.10, 0.10, 0.18],
        sun: [0.95, 0.66, 0.48], side: 0.6, end: 0.75, top: 0.6, haze: 0.18, cloud: 0.7, swell: 0, glare: 0.7)
    case 3:  // fog
      Light(
        zenith: [0.72, 0.75, 0.77], horizon: [0.80, 0.82, 0.83], deep: [0.46, 0.52, 0.55],
        sun: [0.80, 0.81, 0.82], side: 0.75, end: 0.68, top: 0.85, haze: 0.4, cloud: 0.1, swell: 0, glare: 0)
    case 4:  // against the light
      Light(
        zenith: [0.62, 0.70, 0.80], horizon: [1.0, 0.93, 0.80], deep: [0.20, 0.26, 0.30],
        sun: [0.42, 0.42, 0.46], side: 0.45, end: 0.55, top: 0.9, haze: 0.12, cloud: 0.5, swell: 0, glare: 1)
    case 5:  // storm
      Light(
        zenith: [0.24, 0.28, 0.34], horizon: [0.56, 0.60, 0.62], deep: [0.13, 0.19, 0.21],
        sun: [0.68, 0.71, 0.75], side: 0.75, end: 0.65, top: 0.9, haze: 0.22, cloud: 1, swell: 0, glare: 0.1)
    default:  // early morning
      Light(
        zenith: [0.45, 0.55, 0.74], horizon: [0.96, 0.84, 0.76], deep: [0.16, 0.25, 0.36],
        sun: [1.0, 0.90, 0.80], side: 0.85, end: 0.6, top: 0.85, haze: 0.2, cloud: 0.5, swell: 0, glare: 0.4)
    }
  }
}
