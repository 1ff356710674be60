import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension FeatureStore {
  /// What was removed, or would be.
  public struct CollectReport: Hashable, Sendable {
    /// Files, by their names in the folder, sorted.
    public var files: [String] = []
    /// Their bytes.
    public var bytes = 0
  }

  /// Removes what nobody needs any more from the folder of a cache: attempts that ended early, files that a
  /// killed run left without a record, and generations that a compacted one has replaced.
  ///
  /// What has been changed within the last so many seconds stays: it may belong to a run on another machine,
  /// or be about to be opened. What an attempt that ended early has computed is lost with it.
  ///
  /// - Parameters:
  ///   - idle: at least this long must nothing have happened to a thing.
  ///   - isTrial: only says what would be removed.
  /// - Throws: `.io`, `.damaged`.
  @discardableResult
  public static func collect(
    _ root: String, idle: Duration = .seconds(24 * 3600), isTrial: Bool = false
  ) throws(FeatureCacheError) -> CollectReport {
    try collect(root, idle: idle, isTrial: isTrial, operations: POSIXFiles())
  }

  /// The same on other file operations.
  @discardableResult
  package static func collect(
    _ root: String, idle: Duration, isTrial: Bool = false, operations: any FileOperations
  ) throws(FeatureCacheError) -> CollectReport {
    let root = CacheRoot(root, operations)
    let names = try root.files.list(root.path)
    let contents = try root.read()
    var sweep = Sweep(
      root: root, latest: Int(time(nil)) - Int(idle.components.seconds), isTrial: isTrial)
    // Records before the files that they name: nobody must find a record and miss its files.
    for name in names where isSuperfluousRecord(name, contents) { sweep.remove(name) }
    let named = contents.fileNames
    for name in names where isDataFile(name) && !named.contains(name) { sweep.remove(name) }
    for attempt in (try? root.files.list(root.file("wip"))) ?? [] { sweep.removeAttempt("wip/\(attempt)") }
    sweep.report.files.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return sweep.report
  }

  private static func isSuperfluousRecord(_ name: String, _ contents: CacheContents) -> Bool {
    guard let manifest = contents.manifest else { return false }
    if let number = Manifest.number(ofName: name) { return number < manifest.number }
    let generation = PlanRecord.generation(ofName: name) ?? ShardName(recordName: name)?.generation
    return generation.map { $0 < manifest.firstGeneration } ?? false
  }

  /// Whether a name is one that this format gives to files of data.
  private static func isDataFile(_ name: String) -> Bool {
    name.hasSuffix(".safetensors")
      && (name.hasPrefix("plan-") || name.wholeMatch(of: /s\d+-\d+-of-\d+-.*/) != nil)
  }
}

extension CacheContents {
  /// The files of data that records name.
  fileprivate var fileNames: Set<String> {
    var names = Set(plans.map(\.table.name))
    for shard in shards {
      names.insert(shard.record.index.name)
      names.formUnion(shard.record.columns.map(\.file.name))
    }
    return names
  }
}

private struct Sweep {
  let root: CacheRoot
  /// Nothing that was changed after this second since 1970 is touched.
  let latest: Int
  let isTrial: Bool
  var report = FeatureStore.CollectReport()

  mutating func remove(_ name: String) {
    guard let status = try? root.files.status(root.file(name)), status.modified <= latest,
      isTrial || (try? root.files.operations.remove(root.file(name))) != nil
    else { return }
    report.files.append(name)
    report.bytes += status.kind == .regular ? status.size : 0
  }

  /// An attempt is one thing: its files go together, once the last of them has rested.
  mutating func removeAttempt(_ folder: String) {
    let names = ((try? root.files.list(root.file(folder))) ?? []).map { "\(folder)/\($0)" }
    let statuses = names.compactMap { try? root.files.status(root.file($0)) }
    let own = try? root.files.status(root.file(folder))
    guard (statuses + [own].compactMap(\.self)).allSatisfy({ $0.modified <= latest }), !isAlive(folder) else {
      return
    }
    // The journal last: while it stands, what is left can be told from a live attempt's.
    for name in names.sorted(by: { a, _ in !a.hasSuffix("/\(Journal.fileName)") }) { remove(name) }
    if !isTrial { try? root.files.operations.removeFolder(root.file(folder)) }
  }

  /// Whether a process on this machine works at it.
  private func isAlive(_ folder: String) -> Bool {
    guard let journal = try? root.files.open(root.file("\(folder)/\(Journal.fileName)")) else { return false }
    return journal.lock(exclusive: true) == false
  }
}
