import Tensors

extension FeatureStore {
  /// Writes one column for other programs: `features.npy` (float32 [n, d]), `labels.npy` (int64 [n], -1 where
  /// there is none), `keys.txt` and `splits.txt` (a line a row; an empty line: no split), `classes.txt` (a
  /// line a class), `failures.json` (`[{"key", "reason"}]`). Rows are in sample order, without the samples
  /// that failed; features are streamed. Files of these names are replaced.
  ///
  /// - Throws: as `rows(of:)`, `.cancelled`.
  public func export(
    _ column: String, to folder: String, progress: (@Sendable (_ done: Int, _ total: Int) -> Void)? = nil
  ) throws(FeatureCacheError) {
    let rows = try rows(of: column)
    let samples = try samples
    let files = cache.files
    try files.makeFolders(folder)
    try replace("features.npy", in: folder) { (file) throws(FeatureCacheError) in
      try Self.write(rows.matrix, to: file, progress)
    }
    let labels = rows.samples.map { Int64(samples.label($0) ?? -1) }
    let keys = rows.samples.lazy.map { samples.key($0) }
    let splits = rows.samples.lazy.map { samples.split($0)?.rawValue ?? "" }
    let texts: [(String, [UInt8])] = [
      ("labels.npy", NPY.header("<i8", shape: [labels.count]) + bytesInMemory(labels)),
      ("keys.txt", Self.lines(keys)), ("splits.txt", Self.lines(splits)),
      ("classes.txt", Self.lines(samples.classes)), ("failures.json", try failuresJSON(column)),
    ]
    for (name, bytes) in texts {
      try replace(name, in: folder) { (file) throws(FeatureCacheError) in try file.write(bytes, at: 0) }
    }
    try files.syncFolder(folder)
  }

  /// Writes a file under a temporary name, makes it durable, and gives it its name.
  private func replace(
    _ name: String, in folder: String, _ write: (OpenFile) throws(FeatureCacheError) -> Void
  ) throws(FeatureCacheError) {
    let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
    let temporary = Path.join(folder, "\(name).\(suffix).tmp")
    let file = try cache.files.create(temporary, mode: 0o644)
    do throws(FeatureCacheError) {
      try write(file)
      try file.sync()
      try file.close()
      try cache.files.rename(temporary, to: Path.join(folder, name))
    } catch {
      try? cache.files.operations.remove(temporary)
      throw error
    }
  }

  private static func write(
    _ matrix: FeatureMatrix, to file: OpenFile, _ progress: (@Sendable (Int, Int) -> Void)?
  ) throws(FeatureCacheError) {
    let header = NPY.header("<f4", shape: [matrix.rowCount, matrix.dimension])
    try file.write(header, at: 0)
    let step = max(1, (1 << 20) / matrix.dimension)
    for start in stride(from: 0, to: matrix.rowCount, by: step) {
      guard !Task.isCancelled else { throw FeatureCacheError(.cancelled, "the export was cancelled") }
      let end = min(start + step, matrix.rowCount)
      let values: [Float]
      do throws(TensorsError) {
        values = try matrix.rows(start..<end)
      } catch {
        throw FeatureCacheError(.damaged, error.message)
      }
      try file.write(bytesInMemory(values), at: header.count + start * matrix.dimension * 4)
      progress?(end, matrix.rowCount)
    }
  }

  private static func lines(_ texts: some Sequence<String>) -> [UInt8] {
    texts.reduce(into: []) { $0 += Array($1.utf8) + [10] }
  }

  private func failuresJSON(_ column: String) throws(FeatureCacheError) -> [UInt8] {
    let samples = try samples
    let failed = try failedSamples().sorted { $0.key < $1.key }
    let entries: [JSONValue] = failed.compactMap { sample, failures in
      failures.first { $0.column == nil || $0.column == column }.map {
        ["key": .string(samples.key(sample)), "reason": .string($0.failure.reason)]
      }
    }
    return Array(JSONValue.array(entries).text().utf8) + [10]
  }
}
