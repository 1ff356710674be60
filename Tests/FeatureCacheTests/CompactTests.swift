import FeatureCache
import Testing

/// Compacting, and removing what nobody needs.
@Suite struct CompactTests {
  let scratch = Scratch()

  private func rows(_ column: String) throws -> [FeatureRow] { try scratch.stored(column) }

  /// Three generations: pictures, another column, and other pictures; one failure of each kind.
  private func prepare(_ storage: StorageType) async throws {
    scratch.writePictures()
    scratch.write("nan of sorts", to: "pictures/cat/nan.jpg")
    _ = try await scratch.run(FakeExtractor(), storage: storage)
    _ = try await scratch.run(FakeExtractor(("pool", 3), ("fc:max", 5)), storage: storage)
    Scratch.remove(scratch["pictures/cat/1.jpg"])
    scratch.write("cat 0", to: "pictures/dog/again.jpg")
    scratch.write("a bird", to: "pictures/bird/0.jpg")
    _ = try await scratch.run(FakeExtractor(("pool", 3), ("fc:max", 5)), storage: storage)
  }

  @Test(arguments: StorageType.allCases)
  func aCompactedCacheShowsTheSame(storage: StorageType) async throws {
    try await prepare(storage)
    let before = try FeatureStore(scratch["cache"])
    let (pool, fc) = (try rows("pool"), try rows("fc:max"))
    let failures = try before.failures
    let report = try FeatureStore.compact(scratch["cache"])
    #expect(report.rows == 9 + 9)
    #expect(report.droppedRows == 2, "the picture that is gone, in both columns")
    #expect(try rows("pool") == pool)
    #expect(try rows("fc:max") == fc)
    #expect(try FeatureStore(scratch["cache"]).failures == failures)
    #expect(try FeatureStore.verify(scratch["cache"]).isEmpty)

    let trial = try FeatureStore.collect(scratch["cache"], idle: .seconds(-60), isTrial: true)
    let names = try scratch.list("cache")
    let collected = try FeatureStore.collect(scratch["cache"], idle: .seconds(-60))
    #expect(collected == trial)
    #expect(try Set(names).subtracting(scratch.list("cache")) == Set(collected.files))
    #expect(collected.bytes > 3 * 65536)
    // What is left: the identity, the manifest, a plan, its table, a record, its index, two columns, wip.
    #expect(try scratch.list("cache").count == 9)
    #expect(try rows("pool") == pool)
    // What was opened before sees what it saw.
    #expect(try before.matrix("pool").rows(0..<10) == pool.flatMap(\.self))
    #expect(try before.samples.count == 12)

    let extractor = FakeExtractor(("pool", 3), ("fc:max", 5))
    #expect(try await scratch.run(extractor, storage: storage).computed == 0)
    #expect(extractor.asked.take().isEmpty)
    scratch.write("cat 1", to: "pictures/cat/1.jpg")
    #expect(try await scratch.run(extractor, storage: storage).computed == 1)
    #expect(try rows("pool").count == 10 + 1)
    try FeatureStore.compact(scratch["cache"])
    try FeatureStore.collect(scratch["cache"], idle: .seconds(-60))
    #expect(try scratch.list("cache").filter { $0.hasPrefix("manifest") } == ["manifest-2.json"])
    #expect(try rows("fc:max").count == 10 + 1)
  }

  @Test func nothingYoungIsCollected() async throws {
    try await prepare(.float32)
    try FeatureStore.compact(scratch["cache"])
    scratch.write("left over", to: "cache/s1-0-of-1-abc.safetensors")
    #expect(try FeatureStore.collect(scratch["cache"]).files.isEmpty)
    scratch.write("somebody's own", to: "cache/notes.txt")
    scratch.write("somebody's own", to: "cache/summary.safetensors")
    let collected = try FeatureStore.collect(scratch["cache"], idle: .seconds(-60))
    #expect(collected.files.contains("s1-0-of-1-abc.safetensors"))
    #expect(try scratch.list("cache").contains("notes.txt"))
    #expect(try scratch.list("cache").contains("summary.safetensors"))
  }

  @Test func everyCallOfCompactingMayFail() async throws {
    try await prepare(.float32)
    let expected = try rows("pool")
    let prepared = try scratch.list("cache")
    var at = 0
    while true {
      let files = FaultyFiles(.crash(at: at))
      _ = try? FeatureStore.compact(scratch["cache"], operations: files)
      #expect(try rows("pool") == expected, "at call \(at)")
      for name in try scratch.list("cache") where !prepared.contains(name) {
        Scratch.remove(scratch["cache/\(name)"])
      }
      guard files.calls > at else { break }
      at += 1
    }
    #expect(at > 60)
  }

  /// Fault 20: a reader that opens again and again while runs, compacting and collecting go on sees one state or another.
  @Test func readersSeeWholeStates() async throws {
    scratch.writePictures()
    _ = try await scratch.run(FakeExtractor())
    let scratch = scratch
    let writer = Task {
      for round in 0..<12 {
        scratch.write("number \(round)", to: "pictures/cat/n\(round).jpg")
        _ = try await scratch.run(FakeExtractor())
        if round % 3 == 2 {
          try FeatureStore.compact(scratch["cache"])
          try FeatureStore.collect(scratch["cache"], idle: .seconds(-60))
        }
      }
    }
    let reader = Task {
      var counts: Set<Int> = []
      while !Task.isCancelled {
        let store = try FeatureStore(scratch["cache"])
        let rows = try store.rows(of: "pool")
        #expect(try store.samples.count == rows.matrix.rowCount + 1, "all but the broken one")
        for (row, sample) in rows.samples.enumerated() {
          let bytes = try FileBytes.read(store.samples[sample].path, limit: 1 << 20)
          #expect(try rows.matrix.row(row) == FakeExtractor.row(bytes, store.columns[0]))
        }
        counts.insert(rows.matrix.rowCount)
        // Other tests need a thread too: one that cancels a fit must get its turn.
        await Task.yield()
      }
      return counts
    }
    try await writer.value
    reader.cancel()
    #expect(try await reader.value.isSubset(of: Set(9...21)))
  }
}
