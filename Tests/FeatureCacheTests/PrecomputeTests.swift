import FeatureCache
import Testing

@Suite struct PrecomputeTests {
  let scratch = Scratch()

  @Test func secondRunComputesNothing() async throws {
    scratch.writePictures()
    let extractor = FakeExtractor()
    let first = try await scratch.run(extractor)
    #expect((first.rows, first.computed, first.reused) == (9, 9, 0))
    #expect(first.failures.map(\.key) == ["dog/3.jpg"])
    #expect(first.failures.map(\.reason) == ["the picture is broken"])
    #expect(extractor.asked.take().count == 10)
    #expect(try scratch.stored("pool") == scratch.expected("pool", 3))

    let names = try scratch.list("cache")
    let second = try await scratch.run(extractor)
    #expect((second.rows, second.computed, second.reused) == (9, 0, 9))
    #expect(second.failures == first.failures)
    #expect(extractor.asked.take().isEmpty)
    #expect(try scratch.list("cache") == names, "a run with nothing to say must write nothing")
    #expect(names.count == 7, "config, plan and shard records, table, index, one column, wip: \(names)")
  }

  @Test func newDatesChangeNothing() async throws {
    scratch.writePictures()
    let extractor = FakeExtractor()
    _ = try await scratch.run(extractor)
    _ = extractor.asked.take()
    scratch.writePictures()
    #expect(try await scratch.run(extractor).computed == 0)
    #expect(extractor.asked.take().isEmpty)
  }

  @Test func replacedFileIsComputedAlone() async throws {
    scratch.writePictures()
    let extractor = FakeExtractor()
    _ = try await scratch.run(extractor)
    _ = extractor.asked.take()
    scratch.write("another cat", to: "pictures/cat/2.jpg")
    let report = try await scratch.run(extractor)
    #expect((report.rows, report.computed, report.reused) == (9, 1, 8))
    #expect(extractor.asked.take() == ["cat/2.jpg"])
    #expect(try scratch.stored("pool") == scratch.expected("pool", 3))
  }

  /// Fault 18: a picture that changes between the plan and the reading goes by the bytes that were read.
  @Test func aPictureThatChangesAfterThePlanGoesByItsBytes() async throws {
    scratch.writePictures()
    try FeatureStore.plan(.folder(scratch["pictures"]), in: scratch["cache"])
    scratch.write("another cat", to: "pictures/cat/0.jpg")
    scratch.write("", to: "pictures/cat/1.jpg")
    let planned = try FeatureStore.plannedDataSet(in: scratch["cache"])
    _ = try await FeatureStore.precompute(planned, with: FakeExtractor(), into: scratch["cache"])
    #expect(try scratch.stored("pool") == scratch.expected("pool", 3))
  }

  @Test func repairedPictureIsComputed() async throws {
    scratch.writePictures()
    let extractor = FakeExtractor()
    _ = try await scratch.run(extractor)
    _ = extractor.asked.take()
    scratch.write("dog at last", to: "pictures/dog/3.jpg")
    let report = try await scratch.run(extractor)
    #expect((report.rows, report.computed, report.failures.count) == (10, 1, 0))
    #expect(extractor.asked.take() == ["dog/3.jpg"])
    #expect(try FeatureStore(scratch["cache"]).failures.isEmpty)
  }

  @Test func addedPicturesComputeOnlyThemselves() async throws {
    scratch.writePictures()
    let extractor = FakeExtractor()
    _ = try await scratch.run(extractor)
    _ = extractor.asked.take()
    scratch.write("a bird", to: "pictures/bird/0.jpg")
    scratch.write("broken cat", to: "pictures/cat/10.jpg")
    let report = try await scratch.run(extractor)
    #expect((report.rows, report.computed, report.reused) == (10, 1, 9))
    #expect(report.failures.map(\.key) == ["cat/10.jpg", "dog/3.jpg"])
    #expect(extractor.asked.take() == ["bird/0.jpg", "cat/10.jpg"])
    let store = try FeatureStore(scratch["cache"])
    #expect(try store.samples.classes == ["bird", "cat", "dog"])
    #expect(try store.samples.first?.key == "bird/0.jpg")
    #expect(try scratch.stored("pool") == scratch.expected("pool", 3))
    #expect(try store.rows(of: "pool").samples == [0, 1, 2, 4, 5, 6, 7, 8, 9, 11])
  }

  @Test func removedPicturesLeaveTheTable() async throws {
    scratch.writePictures()
    let extractor = FakeExtractor()
    _ = try await scratch.run(extractor)
    _ = extractor.asked.take()
    Scratch.remove(scratch["pictures/cat/0.jpg"])
    #expect(try await scratch.run(extractor).rows == 8)
    #expect(extractor.asked.take().isEmpty)
    #expect(try scratch.stored("pool") == scratch.expected("pool", 3))
  }

  @Test func anotherLayerAddsAColumn() async throws {
    scratch.writePictures()
    _ = try await scratch.run(FakeExtractor(("pool", 3)))
    let other = FakeExtractor(("features.3:max", 5))
    #expect(try await scratch.run(other).computed == 9)
    #expect(try FeatureStore(scratch["cache"]).columns.map(\.column) == ["pool", "features.3:max"])
    #expect(try scratch.stored("pool") == scratch.expected("pool", 3))
    #expect(try scratch.stored("features.3:max") == scratch.expected("features.3:max", 5))
    let both = FakeExtractor(("pool", 3), ("features.3:max", 5))
    #expect(try await scratch.run(both).computed == 0)
    #expect(!other.asked.take().contains("dog/3.jpg"), "a broken picture is broken in every column")
  }

  @Test func severalLayersInOnePass() async throws {
    scratch.writePictures()
    let extractor = FakeExtractor(("a", 1), ("b", 2000), ("c", 7))
    #expect(try await scratch.run(extractor).computed == 9)
    #expect(extractor.asked.take().count == 10)
    for (column, dimension) in [("a", 1), ("b", 2000), ("c", 7)] {
      #expect(try scratch.stored(column) == scratch.expected(column, dimension))
    }
  }

  @Test func columnThatLacksNewPicturesIsIncomplete() async throws {
    scratch.writePictures()
    _ = try await scratch.run(FakeExtractor(("a", 2)))
    scratch.write("a late cat", to: "pictures/cat/9.jpg")
    let later = FakeExtractor(("b", 2))
    #expect(try await scratch.run(later).computed == 10)
    let store = try FeatureStore(scratch["cache"])
    let error = #expect(throws: FeatureCacheError.self) { try store.matrix("a") }
    #expect(error?.code == .incomplete)
    #expect(error?.message.contains("column a lacks 1 of 11 pictures, cat/9.jpg first") == true)
    let both = FakeExtractor(("a", 2), ("b", 2))
    #expect(try await scratch.run(both).computed == 1)
    #expect(both.asked.take() == ["cat/9.jpg"])
    #expect(try scratch.stored("a") == scratch.expected("a", 2))
    #expect(try scratch.stored("b") == scratch.expected("b", 2))
  }

  @Test func equalBytesUnderTwoKeysAreTwoRows() async throws {
    for key in ["x/1.jpg", "x/2.jpg", "y/1.jpg"] { scratch.write("twin", to: "pictures/\(key)") }
    scratch.write("single", to: "pictures/y/2.jpg")
    let extractor = FakeExtractor()
    let report = try await scratch.run(extractor)
    #expect((report.rows, report.computed, report.reused) == (4, 2, 2))
    #expect(extractor.asked.take() == ["x/1.jpg", "y/2.jpg"])
    #expect(try scratch.stored("pool") == scratch.expected("pool", 3))
    let samples = try FeatureStore(scratch["cache"]).samples
    #expect(samples.map(\.label) == [0, 0, 1, 1])
  }

  @Test func relabelledPicturesAreNotComputedAgain() async throws {
    scratch.writePictures()
    let extractor = FakeExtractor()
    _ = try await scratch.run(extractor)
    _ = extractor.asked.take()
    let samples = try DataSet.folder(scratch["pictures"]).samples.map {
      Sample(key: $0.key, label: 0, split: .test, path: $0.path)
    }
    let report = try await FeatureStore.precompute(
      DataSet(samples: samples, classes: ["animal"]), with: extractor, into: scratch["cache"])
    #expect(report.computed == 0)
    #expect(extractor.asked.take().isEmpty)
    let store = try FeatureStore(scratch["cache"])
    #expect(try store.samples.classes == ["animal"])
    #expect(try store.samples.allSatisfy { $0.split == .test && $0.label == 0 })
    #expect(try store.samples.map(\.path) == samples.map(\.path))
  }

  @Test func batchSizeChangesNothing() async throws {
    scratch.writePictures()
    var exports: [[UInt8]] = []
    for batch in [1, 3, 16] {
      Scratch.remove(scratch["cache"])
      _ = try await scratch.run(FakeExtractor(), batch: batch)
      try FeatureStore(scratch["cache"]).export("pool", to: scratch["export"])
      exports.append(try scratch.read("export/features.npy"))
    }
    #expect(exports[0] == exports[1] && exports[1] == exports[2])
  }

  @Test func runsAtOnceAgree() async throws {
    scratch.writePictures()
    let scratch = scratch
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 { group.addTask { try await scratch.run(FakeExtractor()).rows } }
      for try await rows in group { #expect(rows == 9) }
    }
    #expect(
      try scratch.list("cache").filter { $0.hasPrefix("s") && $0.hasSuffix("json") } == ["s1-0-of-1.json"])
    #expect(try scratch.stored("pool") == scratch.expected("pool", 3))
    #expect(try scratch.list("cache/wip").isEmpty)
  }

  @Test func runsOfOtherColumnsAtOnceAllCount() async throws {
    scratch.writePictures()
    let scratch = scratch
    try await withThrowingTaskGroup(of: Int.self) { group in
      for index in 0..<6 {
        group.addTask { try await scratch.run(FakeExtractor(("c\(index)", index + 1))).rows }
      }
      for try await rows in group { #expect(rows == 9) }
    }
    for index in 0..<6 {
      #expect(try scratch.stored("c\(index)") == scratch.expected("c\(index)", index + 1))
    }
    #expect(try FeatureStore.verify(scratch["cache"]).isEmpty)
  }
}
