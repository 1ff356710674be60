import FeatureCache

/// Rows of one shape in one stored type.
struct CacheCase {
  let rows: Int
  let dimension: Int
  let storage: StorageType
  /// Rows that a consumer takes at once.
  let batch: Int

  var name: String { "\(rows)x\(dimension)-\(storage.rawValue)" }

  /// Bytes of all rows as they are stored.
  var storedBytes: Int { rows * dimension * (storage == .float16 ? 2 : 4) }

  /// Rows of a block of an epoch in random order: as many as fit four mebibytes of stored bytes.
  var blockRows: Int { max(1, (4 << 20) * rows / storedBytes) }

  /// Rows of a run of ours within such blocks: those of sixteen kibibytes of stored bytes.
  var runRows: Int { max(1, (16 << 10) * rows / storedBytes) }

  /// Row r has the numbers of row r modulo this: the source is no more than 32 MiB of float32.
  var sourceRows: Int { min(rows, max(1, (8 << 20) / dimension)) }
}

/// What is done with a case's rows. `peer_cache.py` knows them by the same names.
enum CacheTask: String, CaseIterable {
  case write
  case open
  case firstScan = "first-scan"
  case scan
  case epoch
  case shuffled
  case random
}

/// What one run of a task took, and what came of it.
struct CacheRun: Decodable {
  var milliseconds: Double
  /// The sum of all numbers that were read.
  var sum: Double
}
