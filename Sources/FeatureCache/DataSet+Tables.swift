import Tensors

extension DataSet {
  /// The pictures of a CSV file (RFC 4180, UTF-8, with a header line): the first column is a path, the second
  /// a label, if it is not named `split`; a column named `split` says `train`, `validation` or `val`, or
  /// `test`.
  ///
  /// Keys are the paths as written; the order is the file's. Where every label is an integer, classes are
  /// sorted by number, else by UTF-8 bytes; an empty label or split is none. Empty lines are skipped.
  ///
  /// - Parameter imageRoot: what relative paths are relative to; the CSV's own folder if it is `nil`.
  /// - Throws: `.io`; `.invalidDataSet` naming the file and the line.
  public static func csv(_ path: String, imageRoot: String? = nil) throws(FeatureCacheError) -> DataSet {
    let bytes = try Files(operations: POSIXFiles()).read(path, limit: tableLimit, followingLinks: true)
    var reader = try CSVReader(bytes, name: path)
    guard let header = try reader.nextRecord() else {
      throw FeatureCacheError(.invalidDataSet, "\(path) has no header line")
    }
    let splitColumn = header.fields.dropFirst().firstIndex(of: "split")
    let hasLabels = header.fields.count > 1 && splitColumn != 1
    var rows: [(key: String, label: String, split: Split?, line: Int)] = []
    while let record = try reader.nextRecord() {
      func fail(_ what: String) -> FeatureCacheError {
        FeatureCacheError(.invalidDataSet, "\(path), line \(record.line): \(what)")
      }
      guard record.fields.count == header.fields.count else {
        throw fail("\(record.fields.count) fields, the header has \(header.fields.count)")
      }
      let word = splitColumn.map { record.fields[$0] } ?? ""
      let split = Split(folder: word)
      guard split != nil || word.isEmpty else { throw fail("\"\(word)\" is no split") }
      rows.append((record.fields[0], hasLabels ? record.fields[1] : "", split, record.line))
    }
    let classes = ClassNames(rows.map(\.label))
    return try table(
      path, imageRoot, rows.map { ($0.key, classes.label(of: $0.label), $0.split, $0.line) }, classes.names)
  }

  /// The pictures of a text file with a path a line, without labels. Keys are the paths as written; the order
  /// is the file's. Empty lines are skipped.
  ///
  /// - Parameter imageRoot: what relative paths are relative to; the list's own folder if it is `nil`.
  /// - Throws: `.io`; `.invalidDataSet` naming the file and the line.
  public static func list(_ path: String, imageRoot: String? = nil) throws(FeatureCacheError) -> DataSet {
    var bytes = try Files(operations: POSIXFiles()).read(path, limit: tableLimit, followingLinks: true)[...]
    if bytes.starts(with: CSVReader.byteOrderMark) { bytes.removeFirst(CSVReader.byteOrderMark.count) }
    var rows: [(key: String, label: Int?, split: Split?, line: Int)] = []
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (number, line) in zip(1..., lines) {
      let key = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      guard let text = String(validating: key, as: UTF8.self) else {
        throw FeatureCacheError(.invalidDataSet, "\(path), line \(number): not UTF-8")
      }
      if !text.isEmpty { rows.append((text, nil, nil, number)) }
    }
    return try table(path, imageRoot, rows, [])
  }

  /// Files of more bytes are no table of pictures.
  private static let tableLimit = 1 << 32

  private static func table(
    _ path: String, _ imageRoot: String?, _ rows: [(key: String, label: Int?, split: Split?, line: Int)],
    _ classes: [String]
  ) throws(FeatureCacheError) -> DataSet {
    let folder = imageRoot ?? Path.folder(of: path) ?? "."
    var lines: [[UInt8]: Int] = [:]
    var samples: [Sample] = []
    for row in rows {
      func fail(_ what: String) -> FeatureCacheError {
        FeatureCacheError(.invalidDataSet, "\(path), line \(row.line): \(what)")
      }
      let key = Array(row.key.utf8)
      guard !key.isEmpty, !key.contains(where: { $0 == 0 || $0 == 10 || $0 == 13 }) else {
        throw fail("the path is empty or has a line break or NUL in it")
      }
      if let first = lines.updateValue(row.line, forKey: key) {
        throw fail("key \(row.key) occurs twice, first in line \(first)")
      }
      samples.append(
        Sample(key: row.key, label: row.label, split: row.split, path: Path.join(folder, row.key)))
    }
    guard !samples.isEmpty else { throw FeatureCacheError(.invalidDataSet, "\(path) names no picture") }
    return try DataSet(samples: samples, classes: classes, folder: folder)
  }
}

/// Class names out of the labels that a table writes.
private struct ClassNames {
  let names: [String]
  private let labels: [[UInt8]: Int]

  init(_ written: [String]) {
    let distinct = Set(written.lazy.filter { !$0.isEmpty }.map { Array($0.utf8) })
    let texts = distinct.map { String(decoding: $0, as: UTF8.self) }
    let numbers = texts.compactMap { Int($0) }
    var labels: [[UInt8]: Int] = [:]
    if numbers.count == texts.count {
      let sorted = Set(numbers).sorted()  // 1, 01 and +1 are one label
      names = sorted.map(String.init)
      var places: [Int: Int] = [:]
      for (place, number) in sorted.enumerated() { places[number] = place }
      for (text, number) in zip(texts, numbers) { labels[Array(text.utf8)] = places[number] }
    } else {
      names = texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      for (place, name) in names.enumerated() { labels[Array(name.utf8)] = place }
    }
    self.labels = labels
  }

  func label(of written: String) -> Int? { labels[Array(written.utf8)] }
}
