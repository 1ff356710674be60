import FeatureCache
import Heads

/// The labelled rows of some columns of one cache or several, row by row of the same samples.
struct ColumnData {
  /// Positions in the first cache's sample table.
  let samples: [Int]
  let columns: [FeatureColumn]
  let classes: [String]
  let splits: [Split?]
  /// The first of the caches; the others have the same samples, matched by key.
  let store: FeatureStore
  let stores: [FeatureStore]

  var labels: [Int] { columns.first?.data.labels ?? [] }

  /// - Parameter names: the columns of each cache; none: all
  init(_ stores: [FeatureStore], columns names: [String]) throws {
    guard let first = stores.first else { throw CommandError.arguments("no cache is given") }
    let table = try first.samples
    var read: [(source: String, name: String, rows: ColumnRows, place: [Int: Int])] = []
    for (store, source) in zip(stores, Self.sources(stores)) {
      let place = try Self.places(of: store, in: table)
      let known = store.columns.map(\.column)
      // With several caches a layer may belong to one of them.
      let wanted = names.isEmpty ? known : stores.count == 1 ? names : names.filter(known.contains)
      read += try wanted.map { (source, $0, try store.rows(of: $0), place) }
    }
    if let missing = names.first(where: { name in !read.contains { $0.name == name } }) {
      throw CommandError.arguments("no cache has a column \(missing)")
    }
    // A sample may have failed in one column only: heads are compared on those that all have.
    var common = Set(table.indices.filter { table.label($0) != nil })
    for column in read { common.formIntersection(column.rows.samples.compactMap { column.place[$0] }) }
    let samples = common.sorted()
    guard !samples.isEmpty else {
      throw CommandError.failed("\(stores.map(\.root).joined(separator: " and ")) share no labelled features")
    }
    let labels = samples.compactMap { table.label($0) }
    columns = try read.map { column in
      var positions: [Int: Int] = [:]
      for (position, sample) in column.rows.samples.enumerated() {
        if let place = column.place[sample] { positions[place] = position }
      }
      let matrix = column.rows.matrix.selecting(samples.compactMap { positions[$0] })
      return FeatureColumn(
        source: column.source, name: column.name,
        data: try LabeledFeatures(matrix, labels: labels, classes: table.classes))
    }
    self.samples = samples
    self.stores = stores
    store = first
    classes = table.classes
    splits = samples.map { table.split($0) }
  }

  /// Where the samples of a cache stand in the first one's table, by key.
  private static func places(of store: FeatureStore, in table: SampleTable) throws -> [Int: Int] {
    let own = try store.samples
    guard own.classes == table.classes else {
      throw CommandError.failed("\(store.root) has other classes than the first cache")
    }
    let keys = Dictionary(table.indices.map { (table.key($0), $0) }) { first, _ in first }
    var places: [Int: Int] = [:]
    for index in own.indices {
      guard let place = keys[own.key(index)] else { continue }
      guard own.label(index) == table.label(place) else {
        throw CommandError.failed("\(own.key(index)) has another label in \(store.root)")
      }
      places[index] = place
    }
    return places
  }

  /// A name for each cache; none where there is one.
  private static func sources(_ stores: [FeatureStore]) -> [String] {
    guard stores.count > 1 else { return stores.map { _ in "" } }
    let networks = stores.map(\.identity.extractor.network)
    guard Set(networks).count < networks.count else { return networks }
    return stores.map { store in
      let folder = store.root.split(separator: "/").last.map(String.init) ?? store.root
      return "\(store.identity.extractor.network) (\(folder))"
    }
  }

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
