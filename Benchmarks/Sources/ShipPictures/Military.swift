/// Frigates and destroyers: slender, a gun, blocks with sloped walls, pyramids of masts, a flight deck astern.
func warship(_ generator: inout SeededGenerator) -> Ship {
  let hull = Hull(
    beam: generator.uniform(0.085, 0.115), freeboard: generator.uniform(0.05, 0.075),
    sheer: generator.uniform(0.03, 0.07), rake: generator.uniform(0.06, 0.14),
    shoulder: generator.uniform(0.05, 0.3),
    flare: generator.uniform(0.8, 0.92))
  var ship = Ship(hull: hull, livery: .random(&generator, usual: Livery.navyGrey))
  // One paint from stem to stern for most, but not for all: patrol ships are white or two-toned.
  if generator.chance(0.7) { ship.livery.house = ship.livery.hull * generator.uniform(0.95, 1.1) }
  let house = ship.livery.house
  let dark = house * 0.35
  let z = hull.beam * 0.95
  let y = hull.height(0)

  let gun = generator.uniform(0.58, 0.68)
  let lift = generator.uniform(0, 0.05)
  ship.add(at: gun) { painter in
    let deck = hull.height(gun)
    painter.box((gun - 0.045)...(gun + 0.045), deck...(deck + 0.055), -0.035...0.035, house, taper: 0.35)
    painter.rod(
      Place(gun + 0.03, deck + 0.035, 0), Place(gun + 0.17, deck + 0.045 + lift, 0), width: 0.014, house)
  }

  let bridge = generator.uniform(0.2, 0.34)
  let height = generator.uniform(0.12, 0.18)
  let forward = generator.uniform(0.26, 0.4)
  let mast = generator.uniform(0.17, 0.25)
  let dome = generator.chance(0.5)
  ship.add(at: bridge) { painter in
    painter.box((bridge - forward)...(bridge + 0.18), y...(y + height * 0.55), (-z)...z, house, taper: 0.12)
    painter.box(
      (bridge - 0.12)...(bridge + 0.1), (y + height * 0.55)...(y + height), (-z * 0.85)...(z * 0.85), house,
      taper: 0.2)
    painter.glass(
      (bridge - 0.06)...(bridge + 0.09), (y + height * 0.74)...(y + height * 0.86), (-z * 0.78)...(z * 0.78),
      dark)
    painter.tower(x: bridge - 0.1, y: y + height, height: mast, house)
    if dome { painter.ball(Place(bridge + 0.02, y + height + 0.03, 0), radius: 0.03, house * 1.1) }
  }

  let funnel = generator.uniform(-0.22, -0.08)
  let second = generator.chance(0.6)
  let stackHeight = generator.uniform(0.08, 0.14)
  ship.add(at: funnel) { painter in
    painter.box((funnel - 0.14)...(funnel + 0.1), y...(y + 0.05), (-z * 0.8)...(z * 0.8), house, taper: 0.1)
    painter.box(
      (funnel - 0.07)...(funnel + 0.05), (y + 0.05)...(y + 0.05 + stackHeight), (-z * 0.45)...(z * 0.45),
      house,
      taper: 0.25)
    painter.box(
      (funnel - 0.055)...(funnel + 0.035), (y + 0.05 + stackHeight)...(y + 0.07 + stackHeight),
      (-z * 0.32)...(z * 0.32), dark)
    if second { painter.tower(x: funnel - 0.14, y: y + 0.05, height: mast * 0.7, house) }
  }
  ship.addStern(&generator, dark: dark)
  return ship
}

extension Ship {
  fileprivate mutating func addStern(_ generator: inout SeededGenerator, dark: Colour) {
    let house = livery.house
    let z = hull.beam * 0.9
    let y = hull.height(-0.5)
    let hangar = generator.uniform(-0.5, -0.42)
    let height = generator.uniform(0.08, 0.12)
    let helicopter = generator.chance(0.35)
    let launcher = generator.chance(0.5)
    add(at: hangar) { painter in
      painter.box((hangar - 0.1)...(hangar + 0.12), y...(y + height), (-z)...z, house, taper: 0.1)
      if launcher {
        painter.box(
          (hangar - 0.03)...(hangar + 0.05), (y + height)...(y + height + 0.035), -0.03...0.03, house * 0.9,
          taper: 0.3)
      }
    }
    add(at: -0.8) { painter in
      painter.rod(Place(-0.97, y, 0), Place(-0.99, y + 0.09, 0), width: 0.009, house)
      guard helicopter else { return }
      painter.ball(Place(-0.76, y + 0.03, 0), radius: 0.03, dark)
      painter.rod(Place(-0.76, y + 0.035, 0), Place(-0.9, y + 0.045, 0), width: 0.014, dark)
      painter.rod(Place(-0.88, y + 0.07, 0), Place(-0.64, y + 0.07, 0), width: 0.007, dark)
    }
  }
}

extension Painter {
  /// A tapering mast with yards and aerials.
  mutating func tower(x: Float, y: Float, height: Float, _ colour: Colour) {
    box((x - 0.045)...(x + 0.045), y...(y + height * 0.6), -0.04...0.04, colour, taper: 0.65)
    rod(Place(x, y + height * 0.55, 0), Place(x, y + height, 0), width: 0.012, colour)
    for share: Float in [0.45, 0.62, 0.78] {
      let reach = 0.09 * (1.1 - share)
      rod(
        Place(x - reach, y + height * share, 0), Place(x + reach, y + height * share, 0), width: 0.012, colour
      )
      rod(Place(x, y + height * share, -reach), Place(x, y + height * share, reach), width: 0.012, colour)
    }
  }
}
