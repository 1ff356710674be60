/// The candidates with the fewest edits to `name`, at most three, for error messages.
func nearestNames(to name: String, in candidates: [String]) -> [String] {
  let target = Array(name.utf8)
  let ranked = candidates.map { (edits(target, Array($0.utf8)), $0) }
  return ranked.sorted { $0.0 < $1.0 }.prefix(3).map(\.1)
}

/// Levenshtein's distance.
private func edits(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let substituted = diagonal + (x == y ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substituted, min(row[j], row[j + 1]) + 1)
    }
  }
  return row[b.count]
}
