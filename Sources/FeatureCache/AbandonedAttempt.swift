import Tensors

/// A row as a column file holds it.
struct StoredRow {
  var bytes: [UInt8]
  /// What an int8 row is multiplied by; else 1.
  var scale: Float
}

/// What an attempt that ended early has left behind: as much as its journal proves.
///
/// Nothing of it is ever appended to: if its process should live after all, it must not meet another's bytes.
/// The lock that is held meanwhile keeps others from removing it.
final class AbandonedAttempt {
  let folder: String
  let header: Journal.Header
  private(set) var failures: [JournalEntry.Failure] = []
  private let storage: StorageType
  private let journal: OpenFile
  private var files: [OpenFile?] = []
  /// For each column the contents of its rows, in order, and the rows' scales.
  private(set) var digests: [[Digest]]
  private var scales: [[Float]]

  /// Journals are read whole; this is as many bytes as those of some hundred million rows.
  private static let largestJournal = 1 << 34

  /// - Returns: `nil` where there is no journal, or its process is at work.
  init?(_ folder: String, cache: String, storage: StorageType, _ files: Files) {
    self.folder = folder
    self.storage = storage
    guard let journal = try? files.open(Path.join(folder, Journal.fileName)),
      // Without locks nothing says that it lives, and reading does it no harm.
      journal.lock(exclusive: false) ?? true, journal.byteCount <= Self.largestJournal,
      let bytes = try? journal.read(0..<journal.byteCount)
    else { return nil }
    let lines = JournalLine.whole(in: bytes)
    guard let first = lines.first, let header = Journal.Header(first), header.cache == cache else {
      return nil
    }
    self.journal = journal
    self.header = header
    digests = Array(repeating: [], count: header.columns.count)
    scales = digests.map { _ in [] }
    self.files = header.columns.indices.map { column in
      try? files.open(Path.join(folder, ShardWriter.fileName(column)))
    }
    for line in lines.dropFirst() {
      guard let entry = JournalEntry(line, columnCount: header.columns.count, storage: storage),
        header.columns.indices.allSatisfy({ holds(entry.columns[$0], column: $0) })
      else { return }  // what stands before it is right
      for (column, rows) in entry.columns.enumerated() {
        digests[column] += rows.digests
        scales[column] += rows.scales
      }
      failures += entry.failures
    }
  }

  private func rowBytes(_ column: Int) -> Int {
    header.columns[column].dimension * storage.elementType.byteCount
  }

  private func range(_ rows: Range<Int>, _ column: Int) -> Range<Int> {
    let size = rowBytes(column)
    return CacheFormat.rowsOffset + rows.lowerBound * size..<CacheFormat.rowsOffset + rows.upperBound * size
  }

  /// Whether the column's file has these rows next, with the right bytes.
  private func holds(_ rows: JournalEntry.Rows, column: Int) -> Bool {
    guard !rows.digests.isEmpty else { return true }
    let first = digests[column].count
    let range = range(first..<first + rows.digests.count, column)
    guard let file = files[column], range.upperBound <= file.byteCount else { return false }
    var checksum: UInt32 = 0
    for start in stride(from: range.lowerBound, to: range.upperBound, by: CacheFormat.blockBytes) {
      let piece = start..<min(start + CacheFormat.blockBytes, range.upperBound)
      guard let bytes = try? file.read(piece) else { return false }
      checksum = Checksum.crc32c(bytes[...], continuing: checksum)
    }
    return checksum == rows.checksum
  }

  /// A row that `digests` lists.
  func row(_ row: Int, column: Int) throws(FeatureCacheError) -> StoredRow {
    guard let file = files[column] else {
      throw FeatureCacheError(.io, "\(folder) has lost the file of column \(header.columns[column].column)")
    }
    return StoredRow(
      bytes: try file.read(range(row..<row + 1, column)),
      scale: storage == .int8 ? scales[column][row] : 1)
  }
}
