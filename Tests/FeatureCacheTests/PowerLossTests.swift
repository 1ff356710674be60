import FeatureCache
import Testing

/// Faults 2, 3 and 4: the power goes at any sync, and every unsynced write and name is there, lost or torn by
/// itself. What was published stays, a reader sees one state or another, and a run completes what is missing.
@Suite struct PowerLossTests {
  let scratch = Scratch()
  private static let exported = ["features.npy", "labels.npy", "keys.txt", "splits.txt", "failures.json"]

  private func export(_ cache: String) throws -> [[UInt8]] {
    try FeatureStore(cache, checking: .whole).export("pool", to: scratch["export"])
    return try Self.exported.map { try scratch.read("export/\($0)") }
  }

  private func run(_ cache: String, operations: any FileOperations = POSIXFiles()) async throws {
    _ = try await FeatureStore.precompute(
      .folder(scratch["pictures"]), with: FakeExtractor(), into: cache, storage: .float16, batch: 2,
      onFailure: .record, journal: .everyBatch, operations: operations)
  }

  /// Does something to the folder `disk`, and looks at all that a power loss may leave of it.
  ///
  /// - Parameter body: gets the folder and its files.
  /// - Returns: how many disks were looked at.
  private func forEachLoss(
    _ body: (String, PowerLossFiles) async throws -> Void, look: (String, String) async throws -> Void
  ) async throws -> Int {
    let disk = scratch["disk"]
    let files = try PowerLossFiles(disk)
    try await body(disk, files)
    var count = 0
    for moment in files.moments {
      for (fate, seeds) in [(PowerLossFiles.Fate.kept, 1), (.dropped, 1), (.trashed, 1), (.anyOfThese, 4)] {
        for seed in 0..<seeds {
          let after = scratch["after"]
          Scratch.remove(after)
          try files.restore(after: moment, fate, seed: UInt64(moment * 10 + seed), to: after)
          try await look(after, "\(fate) \(seed) before event \(moment)")
          count += 1
        }
      }
    }
    return count
  }

  private func makeDisk() throws { try POSIXFiles().makeFolder(scratch["disk"]) }

  @Test func aFirstRun() async throws {
    scratch.writePictures()
    try await run(scratch["expected"])
    let expected = try export(scratch["expected"])
    try makeDisk()
    var missing = 0
    let count = try await forEachLoss { disk, files in
      try await run(disk + "/new/cache", operations: files)
    } look: { disk, what in
      let before = missing
      do throws(FeatureCacheError) {
        _ = try FeatureStore(disk + "/new/cache")
      } catch {
        #expect([.noCache, .io].contains(error.code), "\(what): \(error)")
        missing += 1
      }
      if missing == before { #expect(try export(disk + "/new/cache") == expected, "\(what)") }
      try await run(disk + "/new/cache")
      #expect(try export(disk + "/new/cache") == expected, "\(what)")
      #expect(try FeatureStore.verify(disk + "/new/cache").isEmpty)
    }
    #expect(count > 90 && missing < count)
    #expect(try FeatureStore(scratch["after/new/cache"]).sampleCount == 10, "the run had ended")
  }

  /// What was published before stays; once the run has returned, so does what it published.
  @Test func anotherRun() async throws {
    scratch.write("cat 0", to: "pictures/cat/0.jpg")
    try makeDisk()
    try await run(scratch["disk/cache"])
    let first = try export(scratch["disk/cache"])
    scratch.writePictures()
    try await run(scratch["expected"])
    let second = try export(scratch["expected"])
    var last: [[UInt8]] = []
    let count = try await forEachLoss { disk, files in
      try await run(disk + "/cache", operations: files)
    } look: { disk, what in
      last = try export(disk + "/cache")
      #expect(last == first || last == second, "\(what)")
      try await run(disk + "/cache")
      #expect(try export(disk + "/cache") == second, "\(what)")
      #expect(try FeatureStore.verify(disk + "/cache").isEmpty)
    }
    #expect(last == second, "the run had ended")
    #expect(count > 90)
  }

  @Test func compactingAndCollecting() async throws {
    try makeDisk()
    scratch.write("cat 0", to: "pictures/cat/0.jpg")
    try await run(scratch["disk/cache"])
    scratch.writePictures()
    try await run(scratch["disk/cache"])
    let expected = try export(scratch["disk/cache"])
    let count = try await forEachLoss { disk, files in
      _ = try FeatureStore.compact(disk + "/cache", operations: files)
      try FeatureStore.collect(disk + "/cache", idle: .seconds(-60), operations: files)
    } look: { disk, what in
      #expect(try export(disk + "/cache") == expected, "\(what)")
      try FeatureStore.compact(disk + "/cache")
      try FeatureStore.collect(disk + "/cache", idle: .seconds(-60))
      #expect(try export(disk + "/cache") == expected, "\(what)")
      #expect(try FeatureStore.verify(disk + "/cache").isEmpty)
    }
    #expect(count > 90)
  }
}
