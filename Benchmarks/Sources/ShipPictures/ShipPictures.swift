/// Five classes of ships, drawn by a program: the pictures of `permafrost demo`.
///
/// A picture is a pure function of its class, its index and a seed. Pose, distance, light, sea and paint come
/// from the same distributions for every class, so that neither colour nor brightness gives a class away.
public struct ShipPictures {
  /// In the order of their numbers; the names are those of a well-known data set of real ships.
  public static let classes = ["Cargo", "Military", "Carrier", "Cruise", "Tankers"]

  /// Draws one picture, `rgb` row by row from the top, three bytes a pixel.
  ///
  /// - Precondition: `class` is an index of ``classes``.
  public static func draw(
    class number: Int, index: Int, seed: UInt64
  ) -> (width: Int, height: Int, rgb: [UInt8]) {
    precondition(classes.indices.contains(number), "class \(number) is not in 0..<\(classes.count)")
    var generator = SeededGenerator(seed, UInt64(number), UInt64(bitPattern: Int64(index)))
    let (width, height) = size(&generator)
    let light = Light.random(&generator)
    let camera = Camera.random(&generator, width: Float(width), height: Float(height))
    let scene = Scene(&generator, light: light, camera: camera)

    var water = Canvas(width: width, height: height)
    scene.paintSky(&water)
    scene.paintSea(&water)
    scene.paintCoast(&water, &generator)

    let ship = ship(number, &generator, camera: camera)
    var painter = Painter(canvas: water, camera: camera, light: light)
    ship.paint(&painter)
    var canvas = painter.canvas
    scene.lap(&canvas, water: water, hull: ship.hull, &generator)
    Film.smoke(&canvas, scene: scene, &generator)
    Film.clutter(&canvas, scene: scene, &generator)
    return (width, height, Film.develop(&canvas, &generator))
  }

  /// Mostly landscape, a few square or upright, as in a collection from many cameras.
  private static func size(_ generator: inout SeededGenerator) -> (Int, Int) {
    let height = generator.integer(120, 190)
    let aspect = generator.chance(0.1) ? generator.uniform(0.85, 1) : generator.uniform(1.15, 1.5)
    return (max(110, min(280, Int(Float(height) * aspect))), height)
  }

  private static func ship(_ number: Int, _ generator: inout SeededGenerator, camera: Camera) -> Ship {
    switch number {
    case 0: cargoShip(&generator)
    case 1: warship(&generator)
    case 2: carrier(&generator, heading: camera.heading)
    case 3: cruiseShip(&generator)
    default: tanker(&generator)
    }
  }
}
