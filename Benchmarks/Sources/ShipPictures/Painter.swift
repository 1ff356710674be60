import Glibc

/// Draws solids of a ship onto a canvas through a camera, in a light.
struct Painter {
  var canvas: Canvas
  let camera: Camera
  let light: Light

  /// A surface colour as seen: lit, then veiled by the haze between.
  func seen(_ colour: Colour, _ brightness: Float) -> Colour {
    mix(colour * light.sun * brightness, light.horizon, light.haze)
  }

  mutating func face(_ places: [Place], _ colour: Colour, _ brightness: Float) {
    canvas.fill(places.map(camera.project), seen(colour, brightness))
  }

  /// Paints a face only when its outline, given anticlockwise as seen from outside, is turned to the viewer.
  mutating func facing(_ places: [Place], _ colour: Colour, _ brightness: Float) {
    let points = places.map(camera.project)
    guard turned(points) else { return }
    canvas.fill(points, seen(colour, brightness))
  }

  private func turned(_ points: [Point]) -> Bool {
    var area: Float = 0
    var previous = points[points.count - 1]
    for point in points {
      area += previous.x * point.y - point.x * previous.y
      previous = point
    }
    return area * camera.heading < 0
  }

  /// A box; `taper` draws its top in from both ends and sides, as the sloped walls of warships do.
  mutating func box(
    _ x: ClosedRange<Float>, _ y: ClosedRange<Float>, _ z: ClosedRange<Float>, _ colour: Colour,
    taper: Float = 0
  ) {
    let dx = (x.upperBound - x.lowerBound) / 2 * taper
    let dz = (z.upperBound - z.lowerBound) / 2 * taper
    func corner(_ right: Bool, _ up: Bool, _ near: Bool) -> Place {
      let inward: Float = up ? 1 : 0
      return Place(
        right ? x.upperBound - dx * inward : x.lowerBound + dx * inward,
        up ? y.upperBound : y.lowerBound,
        near ? z.upperBound - dz * inward : z.lowerBound + dz * inward)
    }
    facing(
      [
        corner(true, false, true), corner(true, false, false), corner(true, true, false),
        corner(true, true, true),
      ],
      colour, light.end)
    facing(
      [
        corner(false, false, false), corner(false, false, true), corner(false, true, true),
        corner(false, true, false),
      ],
      colour, light.end * 0.9)
    facing(
      [
        corner(false, true, true), corner(true, true, true), corner(true, true, false),
        corner(false, true, false),
      ],
      colour, light.top)
    facing(
      [
        corner(false, false, true), corner(true, false, true), corner(true, true, true),
        corner(false, true, true),
      ],
      colour, light.side)
  }

  /// An upright cylinder or cone.
  mutating func column(_ foot: Place, radius: Float, top: Float? = nil, height: Float, _ colour: Colour) {
    let upper = top ?? radius
    let a = camera.project(foot)
    let b = camera.project(foot + Place(0, height, 0))
    let r = Point(camera.scale * radius * camera.stoutness, 0)
    let s = Point(camera.scale * upper * camera.stoutness, 0)
    let flat = max(0.02, sin(camera.elevation))
    canvas.ellipse(a, Point(r.x, r.x * flat), seen(colour, light.side * 0.8))
    canvas.fill([a - r, a + r, b + s, b - s], seen(colour, light.side))
    canvas.fill([a + r * 0.3, a + r, b + s, b + s * 0.3], seen(colour, light.side * 0.75))
    canvas.ellipse(b, Point(s.x, s.x * flat), seen(colour, light.top))
  }

  mutating func ball(_ centre: Place, radius: Float, _ colour: Colour) {
    let c = camera.project(centre)
    let r = camera.scale * radius * camera.stoutness
    canvas.ellipse(c, Point(r, r), seen(colour, light.side * 0.8))
    canvas.ellipse(c + Point(-0.12, -0.15) * r, Point(r, r) * 0.8, seen(colour, light.side * 1.05))
  }

  mutating func rod(_ a: Place, _ b: Place, width: Float, _ colour: Colour) {
    canvas.line(
      camera.project(a), camera.project(b), width: width * camera.scale * camera.stoutness,
      seen(colour, light.side))
  }

  /// Rows of openings on the near wall of a box.
  mutating func windows(
    _ x: ClosedRange<Float>, _ y: ClosedRange<Float>, near z: Float, columns: Int, rows: Int, fill: Point,
    _ colour: Colour
  ) {
    let w = (x.upperBound - x.lowerBound) / Float(columns)
    let h = (y.upperBound - y.lowerBound) / Float(rows)
    for column in 0..<columns {
      for row in 0..<rows {
        let middle = Place(
          x.lowerBound + (Float(column) + 0.5) * w, y.lowerBound + (Float(row) + 0.5) * h, z)
        let dx = w * fill.x / 2
        let dy = h * fill.y / 2
        face(
          [
            middle + Place(-dx, -dy, 0), middle + Place(dx, -dy, 0), middle + Place(dx, dy, 0),
            middle + Place(-dx, dy, 0),
          ], colour, light.side)
      }
    }
  }

  /// A dark band of glass round the front and the near side of a bridge.
  mutating func glass(
    _ x: ClosedRange<Float>, _ y: ClosedRange<Float>, _ z: ClosedRange<Float>, _ colour: Colour
  ) {
    let e: Float = 0.002
    box(
      (x.lowerBound - e)...(x.upperBound + e), y, (z.lowerBound - e)...(z.upperBound + e), colour)
  }
}
