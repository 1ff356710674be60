/// Aircraft carriers: a high hull under a flat deck wider than it, one island to starboard, aircraft in rows.
func carrier(_ generator: inout SeededGenerator, heading: Float) -> Ship {
  let hull = Hull(
    beam: generator.uniform(0.11, 0.13), freeboard: generator.uniform(0.115, 0.15),
    sheer: generator.uniform(0, 0.015), rake: generator.uniform(0.02, 0.08),
    shoulder: generator.uniform(0.35, 0.55),
    flare: generator.uniform(0.7, 0.85))
  var ship = Ship(hull: hull, livery: .random(&generator, usual: Livery.navyGrey))
  if generator.chance(0.7) { ship.livery.house = ship.livery.hull * generator.uniform(0.95, 1.1) }
  let wide = hull.beam * generator.uniform(1.35, 1.6)
  let narrow = hull.beam * 1.15
  let deck = hull.freeboard
  let jump = generator.chance(0.3) ? generator.uniform(0.025, 0.05) : 0
  let livery = ship.livery
  // The island is to starboard, which is the near side when the bow points to the right.
  let starboardIsNear = heading > 0
  let near = starboardIsNear ? narrow : wide
  let far = starboardIsNear ? -wide : -narrow
  ship.add(at: -2) { painter in
    painter.flightDeck(y: deck, near: near, far: far, jump: jump, livery)
  }
  // Ordered by hand rather than by x: all that stands on a flat deck is sorted across it first.
  let island = Island(&generator)
  let park = Park(&generator, near: near, far: far)
  ship.add(at: 2) { painter in
    let z = starboardIsNear ? near - 0.055 : far + 0.055
    if !starboardIsNear { painter.island(island, y: deck + 0.02, z: z, livery) }
    for plane in park.planes { painter.aircraft(plane, y: deck + 0.022, park.colour) }
    if starboardIsNear { painter.island(island, y: deck + 0.02, z: z, livery) }
  }
  ship.parts.sort { $0.x < $1.x }
  ship.keepsOrder = true
  return ship
}

struct Island {
  let x: Float
  let length: Float
  let height: Float
  let mast: Float
  let two: Bool

  init(_ generator: inout SeededGenerator) {
    x = generator.uniform(-0.3, 0.2)
    length = generator.uniform(0.16, 0.3)
    height = generator.uniform(0.12, 0.17)
    mast = generator.uniform(0.07, 0.13)
    two = generator.chance(0.08)
  }
}

/// The aircraft on deck, farthest first.
struct Park {
  var planes: [Place] = []
  let colour: Colour

  init(_ generator: inout SeededGenerator, near: Float, far: Float) {
    colour = generator.chance(0.7) ? grey(generator.uniform(0.3, 0.7)) : generator.choice(Livery.accents)
    let rows = generator.integer(1, 3)
    for row in 0..<rows {
      let z = far + (near - far) * (Float(row) + 0.7) / (Float(rows) + 0.5)
      var x = generator.uniform(-0.9, -0.6)
      while x < 0.75 {
        if generator.chance(0.7) { planes.append(Place(x, generator.uniform(0.85, 1.15), z)) }
        x += generator.uniform(0.1, 0.22)
      }
    }
  }
}

extension Painter {
  fileprivate mutating func flightDeck(y: Float, near: Float, far: Float, jump: Float, _ livery: Livery) {
    let profile: [(Float, Float)] = [
      (-1.0, 0), (-0.5, 0), (0, 0), (0.5, 0), (0.72, 0.15), (0.88, 0.5), (1.02, 1),
    ]
    func edge(_ x: Float, _ rise: Float, _ z: Float, _ y: Float) -> Place {
      let narrowing: Float = x > 0.6 ? 1 - (x - 0.6) * 0.75 : 1
      return Place(x, y + rise * jump, z * narrowing)
    }
    let nearTop = profile.map { edge($0.0, $0.1, near, y + 0.022) }
    let farTop = profile.reversed().map { edge($0.0, $0.1, far, y + 0.022) }
    let nearBottom = profile.reversed().map { edge($0.0, $0.1, near, y - 0.02) }
    let sponson = profile.reversed().map { edge($0.0 * 0.94, $0.1, near * 0.8, y - 0.07) }
    face(nearTop + sponson, livery.hull * 0.6, light.side)
    if let bow = profile.last, camera.bowIsNearer {
      facing(
        [
          edge(bow.0, bow.1, near, y - 0.02), edge(bow.0, bow.1, far, y - 0.02),
          edge(bow.0, bow.1, far, y + 0.022),
          edge(bow.0, bow.1, near, y + 0.022),
        ], livery.hull, light.end)
    }
    facing(nearTop + farTop, livery.deck, light.top)
    face(nearTop + nearBottom, livery.hull, light.side)
    let stripe = mix(livery.deck, grey(0.9), 0.6)
    let middle = (near + far) / 2
    rod(Place(-0.95, y + 0.024, middle + 0.03), Place(0.7, y + 0.024, middle), width: 0.008, stripe)
  }

  fileprivate mutating func island(_ island: Island, y: Float, z: Float, _ livery: Livery) {
    let blocks = island.two ? [island.x - 0.25, island.x + 0.1] : [island.x]
    for x in camera.bowIsNearer ? blocks : blocks.reversed() {
      let half = island.length / (island.two ? 2.6 : 2)
      let top = y + island.height
      box(
        (x - half)...(x + half), y...(y + island.height * 0.65), (z - 0.035)...(z + 0.035), livery.house,
        taper: 0.05)
      box(
        (x - half * 0.7)...(x + half * 0.9), (y + island.height * 0.65)...top, (z - 0.03)...(z + 0.03),
        livery.house,
        taper: 0.1)
      glass(
        (x - half * 0.6)...(x + half * 0.82), (top - 0.045)...(top - 0.025), (z - 0.03)...(z + 0.03),
        livery.house * 0.35)
      tower(x: x - half * 0.2, y: top, height: island.mast, livery.house)
    }
  }

  /// A jet at rest: body, wings and fin, `plane.y` its size.
  fileprivate mutating func aircraft(_ plane: Place, y: Float, _ colour: Colour) {
    let s = 0.055 * plane.y
    let (x, z) = (plane.x, plane.z)
    face(
      [
        Place(x - s * 0.6, y + s * 0.3, z - s), Place(x + s * 0.3, y + s * 0.3, z),
        Place(x - s * 0.6, y + s * 0.3, z + s),
      ], colour, light.top)
    face(
      [
        Place(x - s, y + s * 0.15, z), Place(x + s * 0.8, y + s * 0.15, z),
        Place(x + s * 1.2, y + s * 0.3, z),
        Place(x + s * 0.3, y + s * 0.6, z), Place(x - s, y + s * 0.5, z),
      ], colour, light.side)
    face(
      [
        Place(x - s * 1.05, y + s * 0.4, z), Place(x - s * 0.5, y + s * 0.4, z),
        Place(x - s * 0.9, y + s * 1.15, z),
        Place(x - s * 1.15, y + s * 1.15, z),
      ], colour * 0.85, light.side)
  }
}
