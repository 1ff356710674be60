/// A part of a ship standing on the deck, painted in the order of distance.
struct Part {
  let x: Float
  let paint: (inout Painter) -> Void
}

/// A ship ready to be painted: hull, liveries and parts.
struct Ship {
  var hull: Hull
  var livery: Livery
  var parts: [Part] = []
  /// Set when the parts are already in the order of painting.
  var keepsOrder = false

  mutating func add(at x: Float, _ paint: @escaping (inout Painter) -> Void) {
    parts.append(Part(x: x, paint: paint))
  }

  func paint(_ painter: inout Painter) {
    hull.paint(&painter, livery)
    let ascending = painter.camera.bowIsNearer
    let ordered = keepsOrder ? parts : parts.sorted { ascending ? $0.x < $1.x : $0.x > $1.x }
    for part in ordered { part.paint(&painter) }
  }

  /// Accommodation with a bridge and a funnel, as on every merchant ship: tells the classes nothing apart.
  mutating func addHouse(
    _ generator: inout SeededGenerator, at x: Float, length: Float, height: Float
  ) {
    let y = hull.height(x)
    let z = hull.beam * generator.uniform(0.65, 0.9)
    let decks = max(3, Int(height / 0.05))
    let colour = livery.house
    let accent = livery.accent
    let glassColour = generator.choice([Colour(0.10, 0.13, 0.17), Colour(0.2, 0.22, 0.22)])
    let funnelBehind = generator.uniform(0.02, 0.05)
    let funnelHeight = height * generator.uniform(0.75, 1.15)
    let wing = generator.chance(0.7)
    let mast = generator.uniform(0.08, 0.18)
    add(at: x) { painter in
      let half = length / 2
      let funnel = (x - half - funnelBehind - 0.07)...(x - half - funnelBehind)
      func stack(_ painter: inout Painter) {
        painter.box(funnel, y...(y + funnelHeight * 0.75), (-z * 0.35)...(z * 0.35), colour)
        painter.box(
          funnel, (y + funnelHeight * 0.75)...(y + funnelHeight), (-z * 0.35)...(z * 0.35), accent, taper: 0.1
        )
      }
      if painter.camera.bowIsNearer { stack(&painter) }
      painter.box((x - half)...(x + half), y...(y + height * 0.82), (-z)...z, colour)
      painter.windows(
        (x - half)...(x + half), (y + height * 0.06)...(y + height * 0.8), near: z,
        columns: max(3, Int(length * 40)),
        rows: decks, fill: Point(0.5, 0.42), glassColour)
      let bridge = wing ? z * 1.25 : z
      painter.box(
        (x - half * 0.7)...(x + half * 1.05), (y + height * 0.82)...(y + height * 0.88), (-bridge)...bridge,
        colour)
      painter.glass(
        (x - half * 0.6)...(x + half), (y + height * 0.88)...(y + height * 0.95), (-z)...z, glassColour)
      painter.box((x - half * 0.7)...(x + half * 1.05), (y + height * 0.95)...(y + height), (-z)...z, colour)
      painter.rod(Place(x, y + height, 0), Place(x, y + height + mast, 0), width: 0.014, accent)
      painter.rod(
        Place(x, y + height + mast * 0.6, -0.04), Place(x, y + height + mast * 0.6, 0.04), width: 0.01, accent
      )
      if !painter.camera.bowIsNearer { stack(&painter) }
    }
  }

  /// A short mast at the bow, a windlass, a rail: small things all classes share.
  mutating func addForecastle(_ generator: inout SeededGenerator) {
    let y = hull.height(0.88)
    let colour = livery.house
    let deck = livery.deck
    let mast = generator.uniform(0.06, 0.2)
    add(at: 0.88) { painter in
      painter.box(0.84...0.9, y...(y + 0.02), -0.02...0.02, deck)
      painter.rod(Place(0.9, y, 0), Place(0.9, y + mast, 0), width: 0.012, colour)
    }
  }
}
