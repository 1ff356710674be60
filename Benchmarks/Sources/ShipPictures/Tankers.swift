/// Crude and product tankers, now and then a gas carrier with its domes.
func tanker(_ generator: inout SeededGenerator) -> Ship {
  let laden = generator.chance(0.6)
  let hull = Hull(
    beam: generator.uniform(0.13, 0.18),
    freeboard: laden ? generator.uniform(0.045, 0.08) : generator.uniform(0.08, 0.15),
    sheer: generator.uniform(0.01, 0.05), rake: generator.uniform(0, 0.05),
    shoulder: generator.uniform(0.65, 0.8))
  var ship = Ship(hull: hull, livery: .random(&generator))
  let house = generator.uniform(-0.84, -0.72)
  ship.addHouse(
    &generator, at: house, length: generator.uniform(0.12, 0.2), height: generator.uniform(0.22, 0.32))
  ship.addForecastle(&generator)
  if generator.chance(0.05) {
    ship.addDomes(&generator, from: house + 0.25)
  } else {
    ship.addPipes(&generator, from: house + 0.1)
  }
  return ship
}

extension Ship {
  fileprivate mutating func addPipes(_ generator: inout SeededGenerator, from start: Float) {
    let pipe = generator.choice([livery.deck * 1.3, livery.accent, livery.house])
    let lines = generator.integer(3, 5)
    let spread = hull.beam * 0.4
    // One part a stretch of deck, so that cranes and vents are hidden and hiding in the right order.
    for piece in 0..<8 {
      let x = start + (0.8 - start) * Float(piece) / 8
      let y = hull.height(x)
      let end = x + (0.8 - start) / 8
      let vent = generator.uniform(0.03, 0.08)
      let side = generator.sign()
      let support = generator.chance(0.8)
      let edge = hull.halfBeam(end)
      let rail = livery.house
      add(at: x) { painter in
        painter.rod(Place(x, y + 0.03, -edge), Place(end, y + 0.03, -edge), width: 0.006, rail)
        for line in 0..<lines {
          let z = -spread + 2 * spread * Float(line) / Float(lines - 1)
          let up = y + 0.025 + (line % 2 == 0 ? 0.015 : 0)
          painter.rod(Place(x, up, z), Place(end, up, z), width: 0.016, pipe * (0.8 + 0.1 * Float(line % 3)))
        }
        if support { painter.box(x...(x + 0.012), y...(y + 0.05), (-spread)...spread, pipe * 0.8) }
        painter.rod(
          Place(end, y, spread * side * 1.4), Place(end, y + vent, spread * side * 1.4), width: 0.012, rail)
        painter.rod(Place(x, y + 0.03, edge), Place(end, y + 0.03, edge), width: 0.006, rail)
      }
    }
    addManifold(&generator, pipe: pipe)
    let mast = generator.uniform(0.5, 0.68)
    let y = hull.height(mast)
    let height = generator.uniform(0.1, 0.22)
    let colour = livery.house
    add(at: mast) { painter in
      painter.rod(Place(mast, y, 0), Place(mast, y + height, 0), width: 0.018, colour)
    }
  }

  /// The hose connections amidships with one or two slim cranes over them.
  fileprivate mutating func addManifold(_ generator: inout SeededGenerator, pipe: Colour) {
    let x = generator.uniform(-0.12, 0.12)
    let y = hull.height(x)
    let z = hull.beam * 0.95
    let height = generator.uniform(0.12, 0.2)
    let jib = generator.sign() * generator.uniform(0.1, 0.2)
    let crane = generator.chance(0.5) ? livery.house : livery.accent
    let deck = livery.deck
    add(at: x) { painter in
      for step in 0..<5 {
        let at = x - 0.08 + Float(step) * 0.04
        painter.rod(Place(at, y + 0.055, -z), Place(at, y + 0.055, z), width: 0.016, pipe)
        painter.box((at - 0.008)...(at + 0.008), y...(y + 0.06), (z - 0.02)...z, deck * 0.8)
      }
      for at in [x - 0.13, x + 0.13] {
        painter.column(Place(at, y, 0), radius: 0.011, height: height, crane)
        painter.rod(Place(at, y + height, 0), Place(at + jib, y + height * 0.85, 0.03), width: 0.012, crane)
      }
    }
  }

  fileprivate mutating func addDomes(_ generator: inout SeededGenerator, from start: Float) {
    let count = generator.integer(3, 4)
    let pitch = (0.72 - start) / Float(count - 1)
    let colour = generator.chance(0.5) ? livery.house : livery.deck * 1.6
    let pipe = livery.accent
    let y = hull.height(0)
    let radius = min(pitch * 0.32, hull.beam * 0.8)
    for dome in 0..<count {
      let x = start + Float(dome) * pitch
      add(at: x) { painter in
        painter.ball(Place(x, y + radius * 0.45, 0), radius: radius, colour)
        painter.box((x - radius)...(x + radius), y...(y + radius * 0.25), (-radius)...radius, colour * 0.9)
        painter.rod(
          Place(x - pitch / 2, y + radius * 1.5, 0), Place(x + pitch / 2, y + radius * 1.5, 0), width: 0.014,
          pipe)
      }
    }
  }
}
