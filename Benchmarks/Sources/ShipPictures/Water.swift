import Glibc

/// What the sea does to a ship already painted: it mirrors it, laps up its side and foams along it.
extension Scene {
  /// The lowest row the hull's water line reaches in every column, nil where there is no hull.
  private func lowestRows(_ hull: Hull, columns: Int) -> [Float?] {
    var rows: [Float?] = Array(repeating: nil, count: columns)
    for side in hull.waterline {
      let points = side.map(camera.project)
      for (p, q) in zip(points, points.dropFirst()) {
        let (a, b) = p.x <= q.x ? (p, q) : (q, p)
        guard b.x >= 0, a.x < Float(columns), b.x > a.x else { continue }
        for column in max(0, Int(a.x))...min(columns - 1, Int(b.x)) {
          let share = min(1, max(0, (Float(column) + 0.5 - a.x) / (b.x - a.x)))
          let row = a.y + (b.y - a.y) * share
          rows[column] = max(rows[column] ?? row, row)
        }
      }
    }
    return rows
  }

  /// `water` is the canvas before the ship was painted.
  func lap(_ canvas: inout Canvas, water: Canvas, hull: Hull, _ generator: inout SeededGenerator) {
    let lowest = lowestRows(hull, columns: canvas.width)
    let height = light.swell * camera.scale * 0.035
    let mirror = generator.uniform(0.1, 0.5) * (1 - light.swell * 0.6) * max(0, 1 - camera.elevation * 2.5)
    let foam = generator.uniform(0.1, 0.9)
    let wake = generator.chance(0.7)
    let painted = canvas
    for (x, row) in lowest.enumerated() {
      guard let row else { continue }
      let wave = noise.fractal(Float(x) * 9 / camera.scale, 3.3, octaves: 3) * height
      let edge = row - wave
      for y in max(0, Int(edge))..<max(0, canvas.height) where y < canvas.height {
        let share = min(1, Float(y) + 1 - edge)
        let wobble = (noise.value(Float(x) * 0.1, Float(y) * 0.35) - 0.5) * (2 + Float(y) - row) * 0.4
        let source = Int(2 * row - Float(y) + wobble)
        let from = min(canvas.width - 1, max(0, x + Int(wobble * 1.5)))
        var under = water[x, y]
        if source >= 0, source < canvas.height, Float(source) < row,
          painted[from, source] != water[from, source]
        {
          under = mix(under, painted[from, source] * 0.8, mirror)
        }
        canvas[x, y] = mix(painted[x, y], under, share)
      }
      let crest = noise.fractal(Float(x) * 22 / camera.scale, 8.1, octaves: 2)
      guard wake, crest > 0.35 else { continue }
      let thick = 1 + camera.scale * 0.012 * crest
      for step in 0..<Int(thick + 1) {
        canvas.blend(x, Int(edge) + step, light.horizon * 0.97, foam * (crest - 0.2) * 0.9)
      }
    }
    if wake { paintWake(&canvas, hull: hull, foam: foam) }
  }

  /// The white water at the stem and astern.
  private func paintWake(_ canvas: inout Canvas, hull: Hull, foam: Float) {
    let white = light.horizon * 0.97
    for patch in 0..<46 {
      let share = Float(patch) / 46
      let jitter = noise.value(Float(patch) * 3.7, 1.5) - 0.5
      let astern = patch % 2 == 0
      let x = astern ? -1 - share * 0.6 : 0.97 - share * 0.4
      let z = astern ? jitter * hull.beam * 1.6 : hull.halfBeam(min(x, 0.98)) * 0.9 + 0.015 + share * 0.05
      let size = camera.scale * (0.012 + 0.02 * (0.5 + jitter)) * (astern ? 1 : 1 - share * 0.5)
      let point = camera.project(Place(x, 0, z))
      canvas.ellipse(
        point, Point(size * 2, size * 0.7), white, opacity: foam * (astern ? 0.4 : 0.55) * (1 - share))
    }
  }
}
