import FeatureCache
import Heads

/// The labelled rows of some columns of a cache, row by row of the same samples.
struct ColumnData {
  /// Positions in the cache's sample table.
  let samples: [Int]
  let columns: [(name: String, data: LabeledFeatures)]
  let classes: [String]
  let splits: [Split?]
  let store: FeatureStore

  /// - Parameter names: the columns; none: all
  init(_ store: FeatureStore, columns names: [String]) throws {
    let names = names.isEmpty ? store.columns.map(\.column) : names
    let rows = try names.map { (name: $0, rows: try store.rows(of: $0)) }
    let table = try store.samples
    // A sample may have failed in one column only: heads are compared on those that all have.
    var common = Set((rows.first?.rows.samples ?? []).filter { table.label($0) != nil })
    for column in rows.dropFirst() { common.formIntersection(column.rows.samples) }
    let samples = common.sorted()
    guard !samples.isEmpty else { throw CommandError.failed("\(store.root) holds no labelled features") }
    let labels = samples.compactMap { table.label($0) }
    columns = try rows.map { column in
      let positions = Dictionary(
        uniqueKeysWithValues: column.rows.samples.enumerated().map { ($1, $0) })
      let matrix = column.rows.matrix.selecting(samples.compactMap { positions[$0] })
      return (column.name, try LabeledFeatures(matrix, labels: labels, classes: table.classes))
    }
    self.samples = samples
    self.store = store
    classes = table.classes
    splits = samples.map { table.split($0) }
  }

  private var labels: [Int] { columns.first?.data.labels ?? [] }

  /// The parts that `--split` asks for: the data set's own column, or a stratified random split.
  ///
  /// Where there is no test part, the validation part is the test part.
  func parts(_ rule: String?, seed: UInt64) throws -> DataSplit {
    let split: DataSplit
    if rule == "column" || (rule == nil && splits.contains { $0 != nil }) {
      split = DataSplit(splits)
    } else {
      split = try DataSplit(stratified: labels, SplitRule(rule ?? "0.8/0.1/0.1"), seed: seed)
    }
    guard !split.training.isEmpty else { throw CommandError.failed("the split has no training rows") }
    guard split.test.isEmpty else { return split }
    guard !split.validation.isEmpty else {
      throw CommandError.failed("the split leaves no rows to test on")
    }
    return split.testingOnValidation()
  }
}
