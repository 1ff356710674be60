extension RasterPicture {
  /// The picture made to fit a square box, its proportions kept; a smaller one stays as it is. Every new
  /// pixel is the mean of the old ones under it, parts of pixels counted by their area.
  func fitted(into side: Int) -> RasterPicture {
    let longest = max(width, height)
    guard longest > side, side > 0 else { return self }
    let newWidth = max(1, Int((Double(width) * Double(side) / Double(longest)).rounded()))
    let newHeight = max(1, Int((Double(height) * Double(side) / Double(longest)).rounded()))
    let columns = Self.shares(from: width, to: newWidth)
    let rows = Self.shares(from: height, to: newHeight)
    var result: [UInt8] = []
    result.reserveCapacity(3 * newWidth * newHeight)
    for row in rows {
      for column in columns {
        var sums = (0.0, 0.0, 0.0)
        for (y, yShare) in row {
          for (x, xShare) in column {
            let start = 3 * (y * width + x)
            let share = yShare * xShare
            sums.0 += share * Double(rgb[start])
            sums.1 += share * Double(rgb[start + 1])
            sums.2 += share * Double(rgb[start + 2])
          }
        }
        for sum in [sums.0, sums.1, sums.2] { result.append(UInt8(min(max(sum.rounded(), 0), 255))) }
      }
    }
    return (try? RasterPicture(width: newWidth, height: newHeight, rgb: result)) ?? self
  }

  /// For each new pixel of a line, the old ones under it and their shares, which sum to one.
  private static func shares(from old: Int, to new: Int) -> [[(index: Int, share: Double)]] {
    let scale = Double(old) / Double(new)
    return (0..<new).map { index in
      let start = Double(index) * scale
      let end = min(start + scale, Double(old))
      let last = max(Int(start), min(Int(end.rounded(.up)), old) - 1)
      let parts = (Int(start)...last).map {
        (index: $0, share: min(Double($0 + 1), end) - max(Double($0), start))
      }
      let sum = parts.reduce(0) { $0 + $1.share }
      return parts.map { ($0.index, $0.share / sum) }
    }
  }
}
