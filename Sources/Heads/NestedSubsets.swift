extension DataSplit {
  /// An order of the rows of which every beginning is a stratified sample: it has, to the nearest row, each
  /// class's share. It starts with one row of every class, so that a head can be fitted to any beginning that
  /// is at least as long. Longer beginnings contain the shorter ones.
  public static func nestedOrder(labels: [Int], seed: UInt64) -> [Int] {
    var generator = SeededGenerator(seed: seed, stream: 3)
    let classes = Dictionary(grouping: labels.indices, by: { labels[$0] }).sorted { $0.key < $1.key }
    var places: [(row: Int, isFirst: Bool, share: Double, label: Int)] = []
    for (label, members) in classes {
      var members = members
      generator.shuffle(&members)
      // The j-th of n rows stands where its class has had the share (j + 1/2) / n.
      for (index, row) in members.enumerated() {
        places.append((row, index == 0, (Double(index) + 0.5) / Double(members.count), label))
      }
    }
    places.sort {
      if $0.isFirst != $1.isFirst { return $0.isFirst }
      return ($0.share, $0.label) < ($1.share, $1.label)
    }
    return places.map(\.row)
  }
}
