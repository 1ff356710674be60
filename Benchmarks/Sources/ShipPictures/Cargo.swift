/// Container ships, bulk carriers with cranes, and geared ships that carry both.
func cargoShip(_ generator: inout SeededGenerator) -> Ship {
  let hull = Hull(
    beam: generator.uniform(0.12, 0.17), freeboard: generator.uniform(0.07, 0.15),
    sheer: generator.uniform(0.02, 0.06), rake: generator.uniform(0.02, 0.08),
    shoulder: generator.uniform(0.5, 0.7))
  var ship = Ship(hull: hull, livery: .random(&generator))
  let house = generator.chance(0.75) ? generator.uniform(-0.82, -0.66) : generator.uniform(-0.4, 0.1)
  ship.addHouse(
    &generator, at: house, length: generator.uniform(0.12, 0.18), height: generator.uniform(0.24, 0.36))
  ship.addForecastle(&generator)
  let kind = generator.unit()
  let containers = kind < 0.7
  let cranes = kind > 0.5
  let bays = generator.integer(6, 10)
  let from: Float = -0.95
  let pitch = (0.78 - from) / Float(bays)
  let fullness = generator.uniform(0.35, 1)
  for bay in 0..<bays {
    let x = from + Float(bay) * pitch
    // The funnel stands abaft the house, so stacks keep clear of both.
    guard x + pitch < house - 0.22 || x > house + 0.08 else { continue }
    if containers {
      ship.addStack(&generator, at: x, length: pitch * 0.9, fullness: fullness)
    } else {
      ship.addHatch(&generator, at: x, length: pitch * 0.75)
    }
    if cranes, bay % 2 == 1, x < 0.6 {
      ship.addDeckCrane(&generator, at: x + pitch * 0.96)
    }
  }
  return ship
}

extension Ship {
  fileprivate mutating func addStack(
    _ generator: inout SeededGenerator, at x: Float, length: Float, fullness: Float
  ) {
    let tier: Float = 0.048
    let y = hull.height(x)
    let z = min(hull.halfBeam(x), hull.halfBeam(x + length)) * 0.94
    let rows = 3
    // Far rows first; each row holds its own number of boxes and each box its own paint.
    let stacks: [[Colour]] = (0..<rows).map { _ in
      let tiers = Int((fullness * generator.uniform(0.5, 1.25) * 5).rounded())
      return (0..<max(0, min(6, tiers))).map { _ in
        generator.choice(Livery.accents) * generator.uniform(0.75, 1.1)
      }
    }
    let split = generator.chance(0.5)
    add(at: x) { painter in
      for (row, boxes) in stacks.enumerated() {
        let z0 = -z + 2 * z * Float(row) / Float(rows)
        let z1 = -z + 2 * z * (Float(row) + 0.96) / Float(rows)
        for (level, colour) in boxes.enumerated() {
          let base = y + 0.01 + Float(level) * tier
          if split {
            let middle = x + length / 2
            painter.box(x...(middle - 0.003), base...(base + tier * 0.95), z0...z1, colour)
            painter.box((middle + 0.003)...(x + length), base...(base + tier * 0.95), z0...z1, colour * 0.85)
          } else {
            painter.box(x...(x + length), base...(base + tier * 0.95), z0...z1, colour)
          }
        }
      }
    }
  }

  fileprivate mutating func addHatch(_ generator: inout SeededGenerator, at x: Float, length: Float) {
    let y = hull.height(x)
    let z = hull.halfBeam(x + length) * 0.7
    let colour = mix(livery.deck, livery.accent, 0.3)
    add(at: x) { painter in
      painter.box(x...(x + length), y...(y + 0.035), (-z)...z, colour)
      painter.box(
        (x + 0.01)...(x + length - 0.01), (y + 0.035)...(y + 0.045), (-z * 0.9)...(z * 0.9), colour * 1.15)
    }
  }

  fileprivate mutating func addDeckCrane(_ generator: inout SeededGenerator, at x: Float) {
    let y = hull.height(x)
    let colour = generator.chance(0.5) ? livery.house : livery.accent
    let reach = generator.sign() * generator.uniform(0.2, 0.32)
    let lift = generator.uniform(0.02, 0.2)
    let height = generator.uniform(0.26, 0.36)
    add(at: x) { painter in
      painter.column(Place(x, y, 0), radius: 0.02, height: height, colour)
      painter.box((x - 0.03)...(x + 0.03), (y + height * 0.7)...(y + height), -0.025...0.025, colour)
      let tip = Place(x + reach, y + height * 0.75 + lift, 0.02)
      painter.rod(Place(x, y + height * 0.75, 0.02), tip, width: 0.022, colour)
      painter.rod(Place(x, y + height + 0.03, 0), tip, width: 0.006, colour * 0.5)
    }
  }
}
