import FeatureCache
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A small cache, a run that adds to it, and a fault at every single call that the run makes. Faults are numbered
/// as in Docs/Faults.md.
@Suite struct FaultTests {
  let scratch = Scratch()
  private static let exported = [
    "features.npy", "labels.npy", "keys.txt", "splits.txt", "classes.txt", "failures.json",
  ]

  private func writeFirst() {
    scratch.write("cat 0", to: "pictures/cat/0.jpg")
    scratch.write("dog 0", to: "pictures/dog/0.jpg")
  }

  private func writeSecond() {
    scratch.write("cat 1", to: "pictures/cat/1.jpg")
    scratch.write("broken dog", to: "pictures/dog/1.jpg")
  }

  private func export() throws -> [[UInt8]] {
    let store = try FeatureStore(scratch["cache"], checking: .whole)
    try store.export("pool", to: scratch["export"])
    return try Self.exported.map { try scratch.read("export/\($0)") }
  }

  /// What the cache holds after the first run, and after the second, when nothing goes wrong.
  private func undisturbed() async throws -> (first: [[UInt8]], second: [[UInt8]]) {
    writeFirst()
    _ = try await scratch.run(FakeExtractor())
    let first = try export()
    writeSecond()
    _ = try await scratch.run(FakeExtractor())
    let second = try export()
    return (first, second)
  }

  /// The first run, then the second under a fault.
  ///
  /// - Returns: how many calls the second made.
  private func secondRun(
    _ fault: FaultyFiles.Fault, expecting: (first: [[UInt8]], second: [[UInt8]])
  ) async throws -> Int {
    Scratch.remove(scratch["cache"])
    Scratch.remove(scratch["pictures"])
    writeFirst()
    _ = try await scratch.run(FakeExtractor())
    writeSecond()
    let files = FaultyFiles(fault)
    var failed = false
    do throws(FeatureCacheError) {
      _ = try await scratch.run(FakeExtractor(), operations: files)
    } catch {
      failed = true
      #expect([.io, .damaged].contains(error.code), "\(error)")
    }
    let after = try export()
    if !failed, files.calls > 0, after != expecting.second {
      // Only pictures that could not be read in that run may be missing.
      #expect(try FeatureStore(scratch["cache"]).failures.contains { $0.failure.code == .unreadable })
    } else {
      #expect(after == expecting.first || after == expecting.second, "\(fault)")
    }
    _ = try await scratch.run(FakeExtractor())
    #expect(try export() == expecting.second, "\(fault)")
    #expect(try FeatureStore.verify(scratch["cache"]).isEmpty)
    return files.calls
  }

  /// Faults 5 and 6: no space and errors of the device, at every call, syncing and closing too, once and for ever.
  @Test(arguments: [(ENOSPC, true), (ENOSPC, false), (EIO, true), (EIO, false), (EDQUOT, true)])
  func everyCallFailsOnce(_ number: Int32, _ forever: Bool) async throws {
    let expecting = try await undisturbed()
    #expect(expecting.first != expecting.second)
    var at = 0
    while try await secondRun(.fail(number, at: at, forever: forever), expecting: expecting) > at { at += 1 }
    #expect(at > 60, "the run makes \(at) calls; are they really all injected?")
  }

  /// Fault 7: interruptions and short counts.
  @Test func everyCallStutters() async throws {
    let expecting = try await undisturbed()
    Scratch.remove(scratch["cache"])
    writeFirst()
    let files = FaultyFiles(.stutter)
    let report = try await scratch.run(FakeExtractor(), operations: files)
    #expect(report.rows == 3)
    #expect(try export() == expecting.second)
  }

  /// Fault 1: the process ends after any call.
  @Test func firstRunMayFailAnywhere() async throws {
    let expecting = try await undisturbed()
    var at = 0
    while true {
      Scratch.remove(scratch["cache"])
      let files = FaultyFiles(.crash(at: at))
      _ = try? await scratch.run(FakeExtractor(), operations: files)
      _ = try await scratch.run(FakeExtractor())
      #expect(try export() == expecting.second)
      guard files.calls > at else { break }
      at += 1
    }
  }

  @Test func unreadablePicturesAreTriedAgain() async throws {
    writeFirst()
    scratch.write("dog 1\n", to: "pictures/dog/1.jpg")
    unsafe symlink("gone.jpg", scratch["pictures/dog/2.jpg"])
    let samples =
      try DataSet.folder(scratch["pictures"]).samples + [
        Sample(key: "dog/2.jpg", label: 1, path: scratch["pictures/dog/2.jpg"])
      ]
    let dataSet = try DataSet(samples: samples, classes: ["cat", "dog"])
    let report = try await FeatureStore.precompute(dataSet, with: FakeExtractor(), into: scratch["cache"])
    #expect(report.failures.map(\.key) == ["dog/2.jpg"])
    let names = try scratch.list("cache")
    let again = try await FeatureStore.precompute(dataSet, with: FakeExtractor(), into: scratch["cache"])
    #expect(again.failures == report.failures)
    #expect(try scratch.list("cache") == names)
    scratch.write("here now", to: "pictures/dog/gone.jpg")
    let found = try await FeatureStore.precompute(dataSet, with: FakeExtractor(), into: scratch["cache"])
    #expect((found.rows, found.computed) == (4, 1))
    #expect(try FeatureStore(scratch["cache"]).failures.isEmpty)
  }

  @Test func dataSetThatVanishedIsNoRun() async throws {
    let expecting = try await undisturbed()
    let dataSet = try DataSet.folder(scratch["pictures"])
    Scratch.remove(scratch["pictures"])
    let error = await #expect(throws: FeatureCacheError.self) {
      try await FeatureStore.precompute(dataSet, with: FakeExtractor(), into: scratch["cache"])
    }
    #expect(error?.code == .io)
    #expect(error?.message.contains("none of the 4 files can be read") == true)
    #expect(try export() == expecting.second)
  }

  /// Fault 16: folders that nobody can write.
  @Test func folderThatCannotBeMade() async throws {
    writeFirst()
    scratch.write("a file", to: "cache")
    let error = await #expect(throws: FeatureCacheError.self) { try await scratch.run(FakeExtractor()) }
    #expect(error?.code == .io)
    let readOnly = FaultyFiles(.fail(EROFS, at: 0, forever: true))
    let second = await #expect(throws: FeatureCacheError.self) {
      try await FeatureStore.precompute(
        DataSet.folder(scratch["pictures"]), with: FakeExtractor(), into: scratch["other"], storage: .float32,
        batch: 4, onFailure: .record, operations: readOnly)
    }
    #expect(second?.message.hasSuffix("other: Read-only file system") == true)
  }

  @Test func stopAtTheFirstFailure() async throws {
    writeFirst()
    writeSecond()
    let error = await #expect(throws: FeatureCacheError.self) {
      try await FeatureStore.precompute(
        .folder(scratch["pictures"]), with: FakeExtractor(), into: scratch["cache"], onFailure: .stop)
    }
    #expect(error == FeatureCacheError(.pictureFailed, "dog/1.jpg: the picture is broken"))
    #expect(try scratch.list("cache") == ["config.json", "wip"])
  }

  @Test func cancelledRunLeavesTheCacheAsItWas() async throws {
    writeFirst()
    let scratch = scratch
    let run = Task {
      unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
      return try await scratch.run(FakeExtractor())
    }
    let error = await #expect(throws: FeatureCacheError.self) { try await run.value }
    #expect(error?.code == .cancelled)
    #expect(try scratch.list("cache") == ["config.json", "wip"])
  }
}
