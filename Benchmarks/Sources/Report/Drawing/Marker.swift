extension Figure {
  /// A point's mark: a circle, square, diamond, triangle or turned triangle, so that shape tells what colour
  /// tells.
  mutating func marker(
    _ mark: Ranking.Mark, _ x: Double, _ y: Double, size: Double = 6, isHollow: Bool = false,
    tip: String? = nil
  ) {
    let name = isHollow ? "hollow k\(mark.color)" : "halo f\(mark.color)"
    let s = size
    switch mark.shape % 5 {
    case 0: circle(x, y, s, class: name, tip: tip)
    case 1:
      polygon(
        [(x - s, y - s), (x + s, y - s), (x + s, y + s), (x - s, y + s)].map { inset($0, x, y, 0.88) },
        class: name, tip: tip)
    case 2:
      polygon(
        [(x, y - s), (x + s, y), (x, y + s), (x - s, y)].map { inset($0, x, y, 1.2) }, class: name, tip: tip)
    case 3:
      polygon(
        [(x, y - s), (x + s, y + s * 0.8), (x - s, y + s * 0.8)].map { inset($0, x, y, 1.1) }, class: name,
        tip: tip)
    default:
      polygon(
        [(x, y + s), (x + s, y - s * 0.8), (x - s, y - s * 0.8)].map { inset($0, x, y, 1.1) }, class: name,
        tip: tip)
    }
  }

  /// A corner moved towards its centre or away from it, so that all shapes look equally large.
  private func inset(_ corner: (Double, Double), _ x: Double, _ y: Double, _ factor: Double) -> (
    x: Double, y: Double
  ) {
    (x + (corner.0 - x) * factor, y + (corner.1 - y) * factor)
  }
}
