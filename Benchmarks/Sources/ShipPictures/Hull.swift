import Glibc

/// The form of a hull, in half lengths.
struct Hull {
  var beam: Float
  var freeboard: Float
  /// How much higher the bow stands than the deck amidships.
  var sheer: Float
  /// How far the stem leans forward.
  var rake: Float
  /// Where the sides begin to close towards the stem.
  var shoulder: Float
  /// The water line's width as a share of the deck's: small for flared hulls.
  var flare: Float = 0.94

  private static let stations: [Float] = [
    -1, -0.9, -0.6, -0.3, 0, 0.25, 0.45, 0.6, 0.7, 0.78, 0.85, 0.91, 0.96, 1,
  ]

  func height(_ x: Float) -> Float {
    let rise = max(0, (x - 0.45) / 0.55)
    return freeboard + sheer * rise * rise
  }

  func halfBeam(_ x: Float) -> Float {
    let closing = max(0, (x - shoulder) / (1 - shoulder))
    let stern = max(0, (-0.8 - x) / 0.2)
    return beam * (1 - closing * closing) * (1 - 0.12 * stern)
  }

  private func rail(_ x: Float, _ side: Float) -> Place {
    let lean = rake * max(0, (x - 0.6) / 0.4)
    return Place(x + lean, height(x), halfBeam(x) * side)
  }

  private func keel(_ x: Float, _ side: Float, y: Float) -> Place {
    let share = (y + Self.draught) / (height(x) + Self.draught)
    let top = rail(x, side)
    let bottom = Place(x, -Self.draught, halfBeam(x) * flare * side)
    return bottom + (top - bottom) * share
  }

  /// Painted below the water line so that troughs show paint, then covered by the sea.
  static let draught: Float = 0.05

  /// The water line, both sides.
  var waterline: [[Place]] {
    [1, -1].map { side in Self.stations.map { keel($0, side, y: 0) } }
  }

  func paint(_ painter: inout Painter, _ livery: Livery) {
    let xs = Self.stations
    let near = xs.map { rail($0, 1) }
    let far = xs.reversed().map { rail($0, -1) }
    painter.facing(near + far, livery.deck, painter.light.top)
    painter.facing(
      [keel(-1, -1, y: -Self.draught), keel(-1, 1, y: -Self.draught), rail(-1, 1), rail(-1, -1)],
      livery.hull, painter.light.end * 0.85)
    let bands: [(Float, Colour)] = [(-Self.draught, livery.hull), (livery.bootTop, livery.boot)]
    for (upper, colour) in bands {
      for (a, b) in zip(xs, xs.dropFirst()) {
        let turn = min(1, 4 * (halfBeam(a) - halfBeam(b)) / (b - a))
        let light = painter.light
        let brightness = light.side + (light.end - light.side) * max(0, turn)
        // Walls overlap, or antialiasing would let the sea shine through every seam.
        let wide = min(1, b + 0.02)
        func wall(_ side: Float) -> [Place] {
          if upper < 0 {
            return [
              keel(a, side, y: upper), keel(wide, side, y: upper), rail(wide, side), rail(a, side),
            ]
          }
          return [
            keel(a, side, y: -Self.draught), keel(wide, side, y: -Self.draught), keel(wide, side, y: upper),
            keel(a, side, y: upper),
          ]
        }
        painter.facing(wall(1), colour, brightness)
        painter.facing(wall(-1).reversed(), colour, light.end * 0.85)
      }
    }
  }
}

/// The paint of one ship. Every class draws from the same colours, only with different preferences.
struct Livery {
  var hull: Colour
  var boot: Colour
  var bootTop: Float
  var deck: Colour
  var house: Colour
  var accent: Colour

  static let navyGrey: Colour = [0.50, 0.53, 0.56]
  static let white: Colour = [0.93, 0.93, 0.92]

  private static let hulls: [Colour] = [
    [0.10, 0.12, 0.16], [0.12, 0.20, 0.36], [0.45, 0.13, 0.12], [0.14, 0.32, 0.28], [0.50, 0.53, 0.56],
    [0.70, 0.71, 0.70], [0.90, 0.90, 0.89], [0.62, 0.34, 0.16], [0.24, 0.42, 0.56], [0.33, 0.34, 0.35],
  ]
  private static let decks: [Colour] = [
    [0.50, 0.26, 0.20], [0.34, 0.40, 0.36], [0.42, 0.43, 0.44], [0.28, 0.29, 0.31], [0.62, 0.55, 0.42],
    [0.26, 0.40, 0.30],
  ]
  private static let houses: [Colour] = [
    [0.93, 0.93, 0.92], [0.88, 0.85, 0.76], [0.70, 0.72, 0.74], [0.52, 0.55, 0.58], [0.80, 0.78, 0.70],
  ]
  static let accents: [Colour] = [
    [0.75, 0.18, 0.14], [0.14, 0.30, 0.58], [0.88, 0.66, 0.16], [0.16, 0.44, 0.30], [0.85, 0.45, 0.15],
    [0.88, 0.88, 0.86], [0.15, 0.16, 0.18], [0.55, 0.57, 0.60], [0.42, 0.22, 0.16], [0.30, 0.55, 0.68],
  ]

  /// `usual` is what most people picture for the class; nearly half of the ships are painted otherwise.
  static func random(_ generator: inout SeededGenerator, usual: Colour? = nil) -> Livery {
    let hull = generator.choice(hulls)
    let house = generator.choice(houses)
    let chosen = generator.chance(0.55) ? usual : nil
    let tint = Colour(generator.uniform(0.9, 1.1), generator.uniform(0.9, 1.1), generator.uniform(0.9, 1.1))
    return Livery(
      hull: (chosen ?? hull) * tint,
      boot: generator.chance(0.6) ? [0.48, 0.14, 0.12] : generator.choice(hulls),
      bootTop: generator.chance(0.6) ? generator.uniform(0.004, 0.04) : -1,
      deck: generator.choice(decks) * tint,
      house: (chosen ?? house) * generator.uniform(0.92, 1.05),
      accent: generator.choice(accents))
  }
}
