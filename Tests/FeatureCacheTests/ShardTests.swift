import FeatureCache
import Testing

/// A plan cut into parts, computed by many workers: at once, twice, broken off, in any order.
@Suite struct ShardTests {
  let scratch = Scratch()

  private func writePictures(_ count: Int = 23) {
    for index in 0..<count {
      let name = index < 10 ? "0\(index)" : "\(index)"
      // Two pictures with the same bytes, far apart.
      let text = index % 7 == 3 ? "broken \(index)" : "picture \(index == 20 ? 1 : index)"
      scratch.write(text, to: "pictures/\(index % 2 == 0 ? "a" : "b")/\(name).jpg")
    }
  }

  private func plan(_ shards: Int) throws {
    try FeatureStore.plan(.folder(scratch["pictures"]), in: scratch["cache"], shards: shards)
  }

  @discardableResult
  private func run(
    _ shard: Int, of count: Int? = nil, _ extractor: FakeExtractor = FakeExtractor(),
    operations: any FileOperations = POSIXFiles()
  ) async throws(FeatureCacheError) -> PrecomputeReport {
    try await FeatureStore.precompute(
      shard: shard, of: count, with: extractor, into: scratch["cache"], storage: .float32, batch: 2,
      onFailure: .record, journal: .everyBatch, operations: operations)
  }

  private func export(_ column: String = "pool") throws -> [[UInt8]] {
    try FeatureStore(scratch["cache"], checking: .whole).export(column, to: scratch["export"])
    return try ["features.npy", "labels.npy", "keys.txt", "failures.json"].map {
      try scratch.read("export/\($0)")
    }
  }

  /// What one run over everything exports.
  private func expected(_ column: String = "pool", _ dimension: Int = 3) async throws -> [[UInt8]] {
    _ = try await scratch.run(FakeExtractor((column, dimension)))
    defer { Scratch.remove(scratch["cache"]) }
    return try export(column)
  }

  /// Fault 23: also more shards than samples.
  @Test(arguments: [1, 2, 3, 7, 23, 40])
  func anyNumberOfShardsIsOneMatrix(count: Int) async throws {
    writePictures()
    let expected = try await expected()
    try plan(count)
    for shard in (0..<count).reversed() {
      if shard > 0 { #expect((try? FeatureStore(scratch["cache"])) == nil || shard == count - 1) }
      try await run(shard, of: count)
    }
    #expect(try export() == expected)
    #expect(try FeatureStore.verify(scratch["cache"]).isEmpty)
    // Again: nothing to do, nothing written.
    let names = try scratch.list("cache")
    let extractor = FakeExtractor()
    for shard in 0..<count { try await run(shard, extractor) }
    #expect(extractor.asked.take().isEmpty)
    #expect(try scratch.list("cache") == names)
  }

  /// Fault 8.
  @Test func twentyWorkersAtTheSameShard() async throws {
    writePictures()
    let expected = try await expected()
    try plan(2)
    try await run(1)
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<20 { group.addTask { try await run(0).rows } }
      for try await rows in group { #expect(rows == 10) }
    }
    #expect(try scratch.list("cache").filter { $0.hasSuffix("-0-of-2.json") } == ["s1-0-of-2.json"])
    #expect(try export() == expected)
    #expect(try scratch.list("cache/wip").isEmpty)
  }

  @Test func anotherColumnIsAnotherGeneration() async throws {
    writePictures()
    let expected = try await expected("fc", 5)
    try plan(3)
    for shard in 0..<3 { try await run(shard) }
    for shard in 0..<3 {
      try await run(shard, FakeExtractor(("fc", 5)))
      #expect(try FeatureStore(scratch["cache"]).samples.count == 23, "the cache stays open meanwhile")
    }
    #expect(try export("fc") == expected)
    #expect(try FeatureStore(scratch["cache"]).columns.map(\.column) == ["pool", "fc"])
  }

  /// Fault 1, for a worker at a shard.
  @Test func everyCallOfAWorkerCrashes() async throws {
    writePictures(9)
    let expected = try await expected()
    var at = 0
    while true {
      Scratch.remove(scratch["cache"])
      try plan(2)
      let files = FaultyFiles(.crash(at: at))
      _ = try? await run(0, operations: files)
      try await run(1)
      try await run(0)
      #expect(try export() == expected, "at call \(at)")
      guard files.calls > at else { break }
      at += 1
    }
    #expect(at > 60)
  }

  /// Fault 9: other numbers of shards and shards that do not exist.
  @Test func mistakesAreNamed() async throws {
    writePictures()
    func error(_ body: () async throws(FeatureCacheError) -> Void) async -> FeatureCacheError? {
      do throws(FeatureCacheError) { try await body() } catch { return error }
      return nil
    }
    scratch.write("", to: "cache/README")
    let none = await error { () throws(FeatureCacheError) in try await run(0) }
    #expect(none?.code == .noCache)
    try plan(4)
    let other = await error { () throws(FeatureCacheError) in try await run(1, of: 5) }
    #expect(other?.message == "shard 1 of 5 was asked for, but the plan in \(scratch["cache"]) has 4")
    let beyond = await error { () throws(FeatureCacheError) in try await run(4) }
    #expect(beyond?.code == .invalidArgument)
    for count in [0, -1, 1_000_001] {
      let error = #expect(throws: FeatureCacheError.self) { try plan(count) }
      #expect(error?.code == .invalidArgument)
    }
  }

  /// Fault 9: another plan.
  @Test func aNewPlanStopsOldWorkers() async throws {
    writePictures()
    try plan(2)
    let scratch = scratch
    let planner = FakeExtractor()
    let error = await #expect(throws: FeatureCacheError.self) {
      try await FeatureStore.precompute(
        shard: 0, with: planner, into: scratch["cache"], batch: 2,
        progress: { progress in
          guard progress.done == 2 else { return }
          scratch.write("one more", to: "pictures/a/zz.jpg")
          _ = try? FeatureStore.plan(.folder(scratch["pictures"]), in: scratch["cache"], shards: 2)
        })
    }
    #expect(error?.code == .planChanged)
    // The work is not lost: the same worker of the new plan goes on from it.
    let extractor = FakeExtractor()
    try await run(0, extractor)
    #expect(extractor.asked.take().count < 3)
    try await run(1)
    #expect(try FeatureStore(scratch["cache"]).samples.count == 24)
  }

  /// Fault 23: no rows at all, one row, rows of one number and of very many.
  @Test(arguments: StorageType.allCases, [1, 25088])
  func extremeShapes(storage: StorageType, dimension: Int) async throws {
    let extractor = FakeExtractor(("pool", dimension))
    scratch.write("broken", to: "pictures/a/0.jpg")
    let none = try await scratch.run(extractor, storage: storage)
    #expect((none.rows, none.failures.count) == (0, 1))
    let empty = try FeatureStore(scratch["cache"])
    #expect(try (empty.sampleCount, empty.columns.count, empty.failures.count) == (1, 0, 1))
    scratch.write("one", to: "pictures/a/1.jpg")
    #expect(try await scratch.run(extractor, storage: storage).rows == 1)
    let stored = try scratch.stored("pool")
    let expected = try scratch.expected("pool", dimension)
    // A row's numbers are sixteenths below 64, which all but the narrow types hold.
    let error = zip(stored[0], expected[0]).map { abs($0 - $1) }.max() ?? .infinity
    #expect(stored.count == 1 && stored[0].count == dimension)
    #expect(error <= (storage == .float32 || storage == .float16 ? 0 : 0.3))
    #expect(try FeatureStore.verify(scratch["cache"]).isEmpty)
  }
}
