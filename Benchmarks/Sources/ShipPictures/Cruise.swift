/// Passenger ships: many equal decks from near the bow to the stern, rows of openings, boats and a funnel.
func cruiseShip(_ generator: inout SeededGenerator) -> Ship {
  let hull = Hull(
    beam: generator.uniform(0.11, 0.15), freeboard: generator.uniform(0.08, 0.13),
    sheer: generator.uniform(0.01, 0.05), rake: generator.uniform(0.04, 0.12),
    shoulder: generator.uniform(0.4, 0.6))
  var ship = Ship(hull: hull, livery: .random(&generator, usual: Livery.white))
  ship.addForecastle(&generator)
  let decks = generator.integer(5, 8)
  let storey = generator.uniform(0.036, 0.046)
  let aft = generator.uniform(-0.97, -0.88)
  let fore = generator.uniform(0.52, 0.72)
  let stepAft = generator.uniform(0.0, 0.06)
  let stepFore = generator.uniform(0.01, 0.05)
  let z = hull.beam * 0.97
  let base = hull.height(0)
  let house = ship.livery.house
  let glass = generator.choice([Colour(0.12, 0.16, 0.22), Colour(0.20, 0.24, 0.28), Colour(0.34, 0.40, 0.46)])
  let balconies = generator.chance(0.6)
  let columns = generator.integer(22, 40)
  let boatColour: Colour = generator.chance(0.6) ? [0.90, 0.45, 0.12] : Livery.white
  let boats = generator.chance(0.75)
  let ports = generator.chance(0.8)
  ship.add(at: -0.2) { painter in
    if ports {
      painter.windows(
        -0.85...0.5, (base * 0.45)...(base * 0.9), near: hull.beam * 0.99, columns: columns, rows: 2,
        fill: Point(0.35, 0.3), glass)
    }
    for deck in 0..<decks {
      let y = base + Float(deck) * storey
      let x0 = aft + stepAft * Float(deck)
      let x1 = fore - stepFore * Float(deck)
      let inset: Float = deck == 0 && boats ? 0.82 : 1
      painter.box(x0...x1, y...(y + storey * 1.02), (-z * inset)...(z * inset), house)
      painter.windows(
        (x0 + 0.02)...(x1 - 0.02), (y + storey * 0.25)...(y + storey * 0.9), near: z * inset,
        columns: columns, rows: 1,
        fill: balconies ? Point(0.86, 0.9) : Point(0.5, 0.7), glass)
      if deck == 0 && boats {
        for boat in 0..<9 {
          let x = -0.6 + Float(boat) * 0.12
          painter.box(
            (x - 0.04)...(x + 0.04), (y + 0.005)...(y + 0.028), (z * 0.85)...z, boatColour, taper: 0.2)
        }
      }
    }
  }
  let top = base + Float(decks) * storey
  ship.addSunDeck(
    &generator, y: top, z: z, aft: aft + stepAft * Float(decks), fore: fore - stepFore * Float(decks),
    glass: glass)
  return ship
}

extension Ship {
  fileprivate mutating func addSunDeck(
    _ generator: inout SeededGenerator, y: Float, z: Float, aft: Float, fore: Float, glass: Colour
  ) {
    let house = livery.house
    let accent = livery.accent
    let places: [Float] = generator.chance(0.15) ? [0.25, 0.55] : [generator.uniform(0.1, 0.45)]
    let height = generator.uniform(0.1, 0.18)
    let lean = generator.uniform(0, 0.06)
    let radome = generator.chance(0.6)
    let bridge = generator.uniform(0.08, 0.14)
    add(at: -0.1) { painter in
      painter.glass((fore - bridge)...fore, y...(y + 0.022), (-z * 1.05)...(z * 1.05), glass)
      painter.box((fore - bridge - 0.02)...fore, (y + 0.022)...(y + 0.034), (-z)...z, house)
      let mast = fore - bridge * 0.6
      painter.rod(Place(mast, y, 0), Place(mast - 0.02, y + 0.13, 0), width: 0.02, house)
      painter.rod(
        Place(mast - 0.01, y + 0.08, -0.05), Place(mast - 0.01, y + 0.08, 0.05), width: 0.012, house)
      if radome { painter.ball(Place(mast - 0.14, y + 0.03, 0), radius: 0.028, house) }
      painter.box((aft + 0.1)...(fore - bridge - 0.05), y...(y + 0.012), (-z * 0.8)...(z * 0.8), house)
      for place in places {
        let x = aft + (fore - aft) * place
        let back = x - lean
        painter.box(
          (x - 0.07)...(x + 0.07), y...(y + height * 0.55), (-z * 0.4)...(z * 0.4), accent, taper: 0.15)
        painter.box(
          (back - 0.055)...(back + 0.05), (y + height * 0.55)...(y + height), (-z * 0.3)...(z * 0.3),
          accent * 0.85,
          taper: 0.15)
      }
    }
  }
}
