import FeatureCache
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Rows so long that they are written while others are computed.
@Suite struct LongRowTests {
  let scratch = Scratch()
  /// Of more bytes than a piece, and of fewer.
  private static let extractor = FakeExtractor(("long", 270_000), ("short", 30_000))

  private func check(_ what: String) throws {
    #expect(try scratch.stored("long") == scratch.expected("long", 270_000), "\(what)")
    #expect(try scratch.stored("short") == scratch.expected("short", 30_000), "\(what)")
    #expect(try FeatureStore.verify(scratch["cache"]).isEmpty, "\(what)")
  }

  @Test(arguments: StorageType.allCases)
  func allOfThemArrive(storage: StorageType) async throws {
    scratch.writePictures()
    _ = try await scratch.run(Self.extractor, storage: storage)
    if storage == .float32 {
      try check("undisturbed")
    } else {
      #expect(try FeatureStore.verify(scratch["cache"]).isEmpty)
      #expect(try scratch.stored("long").count == 9)
    }
  }

  /// Fault 5: a write that fails on the writer's own thread is an error of the run, which computes no lie.
  @Test func anyCallFailsOnce() async throws {
    scratch.writePictures()
    let undisturbed = FaultyFiles(.fail(0, at: .max, forever: false))
    _ = try await scratch.run(Self.extractor, operations: undisturbed)
    var failed = 0
    for at in stride(from: 0, to: undisturbed.calls, by: 2) {
      Scratch.remove(scratch["cache"])
      do throws(FeatureCacheError) {
        _ = try await scratch.run(
          Self.extractor, operations: FaultyFiles(.fail(ENOSPC, at: at, forever: false)))
      } catch {
        #expect(error.code == .io, "at call \(at): \(error)")
        failed += 1
        _ = try await scratch.run(Self.extractor)
      }
      // What could not be read was a picture.
      if try FeatureStore(scratch["cache"]).failures.count == 1 { try check("at call \(at)") }
    }
    #expect(failed > 15)
  }
}
