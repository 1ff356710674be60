import FeatureCache
import Testing

@Suite struct StorageTests {
  let scratch = Scratch()

  @Test func float16AndBfloat16RoundToNearest() async throws {
    scratch.writePictures()
    _ = try await scratch.run(FakeExtractor(("v", 70)), storage: .float16)
    // The fake features are multiples of 1/16 below 63, which float16 holds exactly.
    #expect(try scratch.stored("v") == scratch.expected("v", 70))
    Scratch.remove(scratch["cache"])
    _ = try await scratch.run(FakeExtractor(("v", 70)), storage: .bfloat16)
    for (stored, exact) in zip(try scratch.stored("v"), try scratch.expected("v", 70)) {
      #expect(zip(stored, exact).allSatisfy { abs($0 - $1) <= $1.magnitude / 256 })
      #expect(stored.allSatisfy { $0.bitPattern & 0xffff == 0 })
    }
  }

  @Test func int8KeepsAScaleARow() async throws {
    scratch.writePictures()
    scratch.write("", to: "pictures/cat/zero.jpg")
    let report = try await scratch.run(FakeExtractor(("v", 70)), storage: .int8)
    #expect(report.rows == 10)
    let store = try FeatureStore(scratch["cache"])
    #expect(try store.matrix("v").elementType == .int8)
    for (stored, exact) in zip(try scratch.stored("v"), try scratch.expected("v", 70)) {
      let largest = exact.map(\.magnitude).max() ?? 0
      #expect(zip(stored, exact).allSatisfy { abs($0 - $1) <= largest / 127 * 0.501 })
      #expect(stored.map(\.magnitude).max() == largest / 127 * 127)
    }
  }

  /// Fault 19: NaN, infinities and overflow.
  @Test(arguments: StorageType.allCases)
  func whatCannotBeStoredIsAFailure(_ storage: StorageType) async throws {
    scratch.writePictures()
    scratch.write("nan", to: "pictures/cat/a.jpg")
    scratch.write("huge", to: "pictures/cat/b.jpg")
    let extractor = FakeExtractor()
    let report = try await scratch.run(extractor, storage: storage)
    let expected = ["cat/a.jpg"] + (storage == .float16 ? ["cat/b.jpg"] : []) + ["dog/3.jpg"]
    #expect(report.failures.map(\.key) == expected)
    #expect(
      report.failures.first?.failure == PictureFailure(.notStorable, "a feature is not a finite number"))
    #expect(report.rows == 12 - expected.count)
    #expect(try FeatureStore(scratch["cache"]).matrix("pool").rowCount == report.rows)
    _ = extractor.asked.take()
    #expect(try await scratch.run(extractor, storage: storage).failures == report.failures)
    #expect(extractor.asked.take().isEmpty, "a failure is not tried again")
  }

  @Test func oneColumnFailsTheOtherStays() async throws {
    scratch.write("nan first", to: "pictures/a.jpg")
    scratch.write("fine", to: "pictures/b.jpg")
    struct HalfBroken: FeatureExtractor {
      var outputs = [
        OutputDescription(column: "bad", dimension: 2), OutputDescription(column: "good", dimension: 1),
      ]
      func identity() throws(ExtractionError) -> ExtractorIdentity {
        ExtractorIdentity(network: "half", weights: "", preprocessing: [:], semanticsVersion: 1)
      }
      func extract(_ pictures: [EncodedPicture]) async throws(ExtractionError)
        -> [Result<[FeatureRow], PictureFailure>]
      { pictures.map { .success([FakeExtractor.row($0.bytes, outputs[0]), [Float($0.bytes.count)]]) } }
    }
    let report = try await FeatureStore.precompute(
      .folder(scratch["pictures"]), with: HalfBroken(), into: scratch["cache"])
    #expect(report.failures.map(\.key) == ["a.jpg"])
    #expect(report.computed == 1)
    let store = try FeatureStore(scratch["cache"])
    #expect(try store.rows(of: "bad").samples == [1])
    #expect(try store.rows(of: "good").samples == [0, 1])
    #expect(try store.matrix("good").rows(0..<2) == [9, 4])
  }
}
