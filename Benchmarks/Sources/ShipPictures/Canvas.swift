import Glibc

typealias Colour = SIMD3<Float>
typealias Point = SIMD2<Float>

func mix(_ a: Colour, _ b: Colour, _ t: Float) -> Colour {
  a + (b - a) * t
}

func grey(_ level: Float) -> Colour {
  Colour(repeating: level)
}

func luminance(_ colour: Colour) -> Float {
  (colour * Colour(0.299, 0.587, 0.114)).sum()
}

/// An RGB raster in [0, 1] with antialiased fills: exact coverage along a row, four sub-rows in height.
struct Canvas {
  let width: Int
  let height: Int
  var pixels: [Colour]
  private var coverage: [Float]

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    pixels = Array(repeating: .zero, count: width * height)
    coverage = Array(repeating: 0, count: width)
  }

  subscript(x: Int, y: Int) -> Colour {
    get { pixels[y * width + x] }
    set { pixels[y * width + x] = newValue }
  }

  mutating func blend(_ x: Int, _ y: Int, _ colour: Colour, _ opacity: Float) {
    guard x >= 0, y >= 0, x < width, y < height else { return }
    pixels[y * width + x] = mix(pixels[y * width + x], colour, opacity)
  }

  mutating func fill(_ points: [Point], _ colour: Colour, opacity: Float = 1) {
    fill(points, opacity: opacity) { _, _ in colour }
  }

  /// Fills a polygon by the even-odd rule, asking `paint` for the colour of every touched pixel.
  mutating func fill(_ points: [Point], opacity: Float = 1, paint: (Int, Int) -> Colour) {
    guard points.count > 2 else { return }
    var low = Point(repeating: .infinity)
    var high = -low
    for point in points {
      low = pointwiseMin(low, point)
      high = pointwiseMax(high, point)
    }
    guard high.x > 0, high.y > 0, low.x < Float(width), low.y < Float(height) else { return }
    let firstRow = max(0, Int(low.y))
    let lastRow = min(height - 1, Int(high.y))
    let firstColumn = max(0, Int(low.x))
    let lastColumn = min(width - 1, Int(high.x))
    guard firstRow <= lastRow, firstColumn <= lastColumn else { return }
    var crossings: [Float] = []
    for row in firstRow...lastRow {
      for column in firstColumn...lastColumn { coverage[column] = 0 }
      for part in 0..<4 {
        let y = Float(row) + (Float(part) + 0.5) / 4
        crossings.removeAll(keepingCapacity: true)
        var previous = points[points.count - 1]
        for point in points {
          if (previous.y <= y) != (point.y <= y) {
            crossings.append(previous.x + (y - previous.y) / (point.y - previous.y) * (point.x - previous.x))
          }
          previous = point
        }
        if crossings.count > 2 { crossings.sort() }
        var pair = 0
        while pair + 1 < crossings.count {
          cover(min(crossings[pair], crossings[pair + 1]), max(crossings[pair], crossings[pair + 1]))
          pair += 2
        }
      }
      for column in firstColumn...lastColumn where coverage[column] > 0 {
        let share = min(1, coverage[column]) * opacity
        pixels[row * width + column] = mix(pixels[row * width + column], paint(column, row), share)
      }
    }
  }

  /// Adds a quarter row of coverage between two abscissas.
  private mutating func cover(_ from: Float, _ to: Float) {
    let left = max(from, 0)
    let right = min(to, Float(width))
    guard right > left else { return }
    let first = Int(left)
    let last = min(width - 1, Int(right))
    if first == last {
      coverage[first] += (right - left) * 0.25
      return
    }
    coverage[first] += (Float(first + 1) - left) * 0.25
    for column in (first + 1)..<max(last, first + 1) { coverage[column] += 0.25 }
    coverage[last] += (right - Float(last)) * 0.25
  }

  mutating func ellipse(_ centre: Point, _ radii: Point, _ colour: Colour, opacity: Float = 1) {
    let outline = (0..<24).map { step in
      let angle = Float(step) * .pi / 12
      return centre + radii * Point(cos(angle), sin(angle))
    }
    fill(outline, colour, opacity: opacity)
  }

  /// Strokes are never thinner than a third of a pixel, or distant rigging would flicker away altogether.
  mutating func line(_ a: Point, _ b: Point, width: Float, _ colour: Colour, opacity: Float = 1) {
    let along = b - a
    let length = max((along * along).sum().squareRoot(), 1e-4)
    let across = Point(-along.y, along.x) / length * max(width, 0.35) / 2
    fill([a + across, b + across, b - across, a - across], colour, opacity: opacity)
  }

  /// Two passes of a binomial filter of three taps, mixed in by `strength`; about a lens slightly out of focus.
  mutating func soften(_ strength: Float) {
    for _ in 0..<2 {
      let source = pixels
      for y in 0..<height {
        for x in 0..<width {
          let left = source[y * width + max(x - 1, 0)]
          let right = source[y * width + min(x + 1, width - 1)]
          let up = source[max(y - 1, 0) * width + x]
          let down = source[min(y + 1, height - 1) * width + x]
          let around = (left + right + up + down) * 0.25
          pixels[y * width + x] = mix(source[y * width + x], around, strength)
        }
      }
    }
  }
}
