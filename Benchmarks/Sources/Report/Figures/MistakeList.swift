/// The most frequent mistakes of a head: pairs of true and predicted class with the number of pictures.
struct MistakeList {
  struct Mistake {
    var trueClass: String
    var predictedClass: String
    var count: Int
    /// Share of the true class's pictures.
    var share: Double
  }

  let mistakes: [Mistake]

  init(_ head: HeadResult, data: DataSetFacts, limit: Int = 6) {
    var found: [(row: Int, column: Int, count: Int)] = []
    for (row, counts) in head.confusion.enumerated() {
      for (column, count) in counts.enumerated() where row != column && count > 0 {
        found.append((row, column, count))
      }
    }
    found.sort { $0.count != $1.count ? $0.count > $1.count : ($0.row, $0.column) < ($1.row, $1.column) }
    mistakes = found.prefix(limit).map { entry in
      let total = head.confusion[entry.row].reduce(0.0) { $0 + Double(max($1, 0)) }
      return Mistake(
        trueClass: data.className(entry.row), predictedClass: data.className(entry.column),
        count: entry.count,
        share: Double(entry.count) / total)
    }
  }
}
