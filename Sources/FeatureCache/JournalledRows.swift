import Tensors

/// Rows that runs which ended early have computed but not published, for a run that needs them again.
struct JournalledRows {
  private var attempts: [AbandonedAttempt] = []
  /// For each wanted column, where the rows are.
  private var places: [[Digest: (attempt: Int, column: Int, row: Int)]]
  private var failures: [Digest: [(column: String?, failure: PictureFailure)]] = [:]
  private let columns: [OutputDescription]

  /// - Parameter work: whose attempts; those of the whole data set take over everybody's.
  init(
    in root: CacheRoot, _ identity: CacheContents.Identity, work: Work, columns: [OutputDescription]
  ) {
    self.columns = columns
    places = columns.map { _ in [:] }
    let wip = root.file("wip")
    for name in (try? root.files.list(wip)) ?? [] where Path.isPlainName(name) {
      guard
        let attempt = AbandonedAttempt(
          Path.join(wip, name), cache: identity.digest, storage: identity.value.storage, root.files),
        work == .all || attempt.header.work == work.name
      else { continue }
      add(attempt)
    }
  }

  private mutating func add(_ attempt: AbandonedAttempt) {
    for (place, output) in attempt.header.columns.enumerated() {
      guard let wanted = columns.firstIndex(of: output) else { continue }
      for (row, digest) in attempt.digests[place].enumerated() {
        places[wanted][digest] = (attempts.count, place, row)
      }
    }
    for failure in attempt.failures {
      let column = failure.column.map { attempt.header.columns[$0].column }
      failures[failure.digest, default: []].append((column, failure.failure))
    }
    attempts.append(attempt)
  }

  /// What is known of a picture in some wanted columns: a row or a failure of each; `nil` where one of them is
  /// unknown.
  func results(
    _ digest: Digest, in wanted: [Int]
  ) throws(FeatureCacheError) -> [Result<StoredRow, PictureFailure>]? {
    let failures = failures[digest] ?? []
    var results: [Result<StoredRow, PictureFailure>] = []
    for column in wanted {
      if let place = places[column][digest] {
        results.append(.success(try attempts[place.attempt].row(place.row, column: place.column)))
      } else if let known = failures.first(where: { $0.column == columns[column].column }) {
        results.append(.failure(known.failure))
      } else {
        return nil
      }
    }
    return results
  }

  /// Why a picture has no features in any column.
  func failure(_ digest: Digest) -> PictureFailure? {
    failures[digest]?.first { $0.column == nil }?.failure
  }

  /// Removes the attempts that were read and that nobody works at: what they had is published.
  mutating func removeDead(_ files: Files) {
    // A lock tells only of processes on its own machine.
    let folders = attempts.filter { $0.header.host == Journal.Header.thisHost }.map(\.folder)
    (attempts, places, failures) = ([], columns.map { _ in [:] }, [:])  // with their own locks
    for folder in folders {
      guard let journal = try? files.open(Path.join(folder, Journal.fileName)),
        journal.lock(exclusive: true) == true
      else { continue }
      files.removeFolder(folder)
    }
  }
}
