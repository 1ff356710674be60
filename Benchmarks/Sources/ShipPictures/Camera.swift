import Glibc

/// A place on a ship: x from stern (-1) to bow (1), y up from the water line, z across, the near side positive.
typealias Place = SIMD3<Float>

/// Where the ship lies and how it is looked at.
struct Camera {
  let centre: Point
  let scale: Float
  /// Which way the bow points on the picture, 1 to the right and -1 to the left.
  let heading: Float
  let yaw: Float
  let elevation: Float
  let heel: Float
  let perspective: Float
  /// How much higher and wider than slender: a small picture has few rows to show a ship's height in.
  let stoutness: Float
  /// The row of the horizon, negative when it is above the picture.
  let horizon: Float

  /// Whether the bow is nearer than the stern, so that parts are painted from the stern on.
  var bowIsNearer: Bool { yaw > 0 }

  func project(_ place: Place) -> Point {
    let z = place.z * stoutness
    let across = place.x * cos(yaw) - z * sin(yaw)
    let depth = place.x * sin(yaw) + z * cos(yaw)
    let up = place.y * stoutness * cos(elevation) - depth * sin(elevation)
    let zoom = scale / (1 - perspective * depth)
    let u = across * heading * zoom
    let v = up * zoom
    return centre + Point(u * cos(heel) - v * sin(heel), -(u * sin(heel) + v * cos(heel)))
  }

  /// Broadside views are commonest, as in real collections; a quarter is seen well from ahead or astern.
  static func random(_ generator: inout SeededGenerator, width: Float, height: Float) -> Camera {
    let yaw =
      generator.chance(0.75) ? generator.gaussian() * 0.18 : generator.sign() * generator.uniform(0.3, 0.65)
    let elevation = generator.chance(0.7) ? generator.uniform(0.02, 0.14) : generator.uniform(0.14, 0.34)
    // From high up the horizon leaves the picture.
    let horizon = height * (generator.uniform(0.38, 0.62) - elevation * 1.5)
    // A foreshortened ship is brought nearer, else heads would learn its length instead of its form.
    let length = generator.uniform(0.31, 0.38) * min(width, height * 1.35) / max(0.66, cos(yaw))
    let low = max(horizon, height * 0.3) + height * generator.uniform(0.1, 0.22) + length * elevation * 0.3
    return Camera(
      centre: Point(width * generator.uniform(0.45, 0.55), min(low, height * 0.84)),
      scale: length, heading: generator.sign(), yaw: yaw, elevation: elevation,
      heel: generator.gaussian() * 0.016, perspective: generator.uniform(0, 0.22),
      stoutness: generator.uniform(1.65, 2), horizon: horizon)
  }
}
