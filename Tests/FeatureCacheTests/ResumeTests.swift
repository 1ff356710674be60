import FeatureCache
import Testing

/// Runs that break off, and those that go on from their journals.
@Suite struct ResumeTests {
  let scratch = Scratch()

  /// Thirty pictures, every seventh of them broken.
  private func writePictures() {
    for index in 0..<30 {
      let name = index < 10 ? "0\(index)" : "\(index)"
      scratch.write("\(index % 7 == 3 ? "broken " : "")picture \(index)", to: "pictures/a/\(name).jpg")
    }
  }

  private func run(
    _ extractor: FakeExtractor, storage: StorageType = .float32, journal: JournalInterval = .everyBatch,
    operations: any FileOperations = POSIXFiles()
  ) async throws(FeatureCacheError) -> PrecomputeReport {
    try await FeatureStore.precompute(
      .folder(scratch["pictures"]), with: extractor, into: scratch["cache"], storage: storage, batch: 4,
      onFailure: .record, journal: journal, operations: operations)
  }

  private func export() throws -> [UInt8] {
    try FeatureStore(scratch["cache"], checking: .whole).export("pool", to: scratch["export"])
    return try scratch.read("export/features.npy") + scratch.read("export/keys.txt")
      + scratch.read("export/failures.json")
  }

  @Test(arguments: StorageType.allCases)
  func nothingThatWasNotedIsComputedAgain(storage: StorageType) async throws {
    writePictures()
    let undisturbed = FakeExtractor()
    _ = try await run(undisturbed, storage: storage)
    let calls = FaultyFiles(.fail(0, at: .max, forever: false))
    Scratch.remove(scratch["cache"])
    _ = try await run(undisturbed, storage: storage, operations: calls)
    let expected = try export()
    _ = undisturbed.asked.take()

    for at in stride(from: 3, to: calls.calls, by: 7) {
      Scratch.remove(scratch["cache"])
      let broken = FakeExtractor()
      // What fails after the commit, and pictures that cannot be read, are no errors.
      _ = try? await run(broken, storage: storage, operations: FaultyFiles(.crash(at: at)))
      let first = broken.asked.take()
      let second = FakeExtractor()
      let report = try await run(second, storage: storage)
      let again = second.asked.take()
      // What is asked for twice is at most the batch whose line was not written, and the one before a commit.
      #expect(Set(first).intersection(again).count <= 8, "at call \(at)")
      #expect(first.count + again.count <= 38)
      #expect(report.rows == 26)
      #expect(try export() == expected, "at call \(at)")
      for attempt in try scratch.list("cache/wip") {
        #expect(
          try !scratch.list("cache/wip/\(attempt)").contains("0.rows"), "a run removes what it went on from")
      }
      #expect(try FeatureStore.verify(scratch["cache"]).isEmpty)
    }
  }

  @Test func aCancelledRunKeepsWhatItHas() async throws {
    writePictures()
    let extractor = FakeExtractor()
    let scratch = scratch
    let task = Task {
      try await FeatureStore.precompute(
        .folder(scratch["pictures"]), with: extractor, into: scratch["cache"], batch: 4,
        progress: { if $0.done >= 12 { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } } })
    }
    let error = await #expect(throws: FeatureCacheError.self) { try await task.value }
    #expect(error?.code == .cancelled)
    let before = extractor.asked.take()
    #expect(before.count == 12)
    let report = try await run(extractor)
    #expect(extractor.asked.take().count == 18)
    #expect((report.rows, report.computed, report.reused) == (26, 16, 10))
  }

  /// A run that ends after half of its pictures.
  ///
  /// - Returns: its attempt.
  private func breakOff() async throws -> String {
    let scratch = scratch
    let task = Task {
      try await FeatureStore.precompute(
        .folder(scratch["pictures"]), with: FakeExtractor(), into: scratch["cache"], batch: 4,
        journal: .everyBatch,
        progress: { if $0.done >= 16 { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } } })
    }
    await #expect(throws: FeatureCacheError.self) { try await task.value }
    return try #require(try scratch.list("cache/wip").first)
  }

  /// Every byte of the journal and of the rows it speaks of, flipped: what follows it is computed again.
  @Test func aDamagedJournalIsBelievedUpToItsDamage() async throws {
    writePictures()
    _ = try await run(FakeExtractor())
    let expected = try export()
    Scratch.remove(scratch["cache"])
    let attempt = try await breakOff()
    let files = try scratch.list("cache/wip/\(attempt)")
    #expect(files.contains("journal"))
    var originals: [String: [UInt8]] = [:]
    for name in files { originals[name] = try scratch.read("cache/wip/\(attempt)/\(name)") }
    for (name, original) in originals {
      for place in stride(from: name == "journal" ? 0 : 65536, to: original.count, by: 11) {
        Scratch.remove(scratch["cache"])
        for (name, bytes) in originals { scratch.write(bytes, to: "cache/wip/\(attempt)/\(name)") }
        var bytes = original
        bytes[place] ^= 0x10
        scratch.write(bytes, to: "cache/wip/\(attempt)/\(name)")
        _ = try await run(FakeExtractor())
        #expect(try export() == expected, "\(name) with byte \(place) flipped")
      }
    }
  }

  @Test func anotherExtractorsAttemptIsNotTouched() async throws {
    writePictures()
    let left = [try await breakOff()]
    Scratch.remove(scratch["cache/config.json"])
    var other = FakeExtractor()
    other.resize = "128"
    #expect(try await run(other).computed == 26)
    #expect(try scratch.list("cache/wip") == left)
  }
}
