import FeatureCache
import Testing

@Suite struct ExportTests {
  let scratch = Scratch()

  @Test func filesForOtherPrograms() async throws {
    scratch.write("one", to: "pictures/train/b/1.jpg")
    scratch.write("two", to: "pictures/val/a/2.jpg")
    scratch.write("broken", to: "pictures/test/a/3.jpg")
    scratch.write("1.jpg\n", to: "list.txt")
    _ = try await scratch.run(FakeExtractor(("pool", 2)), storage: .float16)
    try FeatureStore(scratch["cache"]).export("pool", to: scratch["to"])

    let features = try scratch.read("to/features.npy")
    // numpy.lib.format of NumPy 2: np.save of a float32 array of shape (2, 2) starts with these 128 bytes.
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }"
    #expect(features.prefix(10).elementsEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]))
    #expect(
      String(decoding: features[10..<128], as: UTF8.self) == header + String(repeating: " ", count: 58) + "\n"
    )
    let expected = try scratch.expected("pool", 2).flatMap { $0 }
    #expect(Array(features[128...]) == bytes(of: expected))

    let labels = try scratch.read("to/labels.npy")
    #expect(
      String(decoding: labels[10..<70], as: UTF8.self).hasPrefix(
        "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }"))
    #expect(Array(labels[128...]) == bytes(of: [Int64(1), 0]))
    func text(_ name: String) throws -> String {
      String(decoding: try scratch.read("to/\(name)"), as: UTF8.self)
    }
    #expect(try text("keys.txt") == "train/b/1.jpg\nval/a/2.jpg\n")
    #expect(try text("splits.txt") == "train\nvalidation\n")
    #expect(try text("classes.txt") == "a\nb\n")
    #expect(try text("failures.json") == #"[{"key":"test/a/3.jpg","reason":"the picture is broken"}]"# + "\n")
    #expect(try scratch.list("to").count == 6)
  }

  private func bytes<Value: BitwiseCopyable>(of values: [Value]) -> [UInt8] {
    unsafe values.withUnsafeBytes { unsafe Array($0) }
  }

  @Test func samplesWithoutLabels() async throws {
    scratch.write("one", to: "pictures/1.jpg")
    _ = try await scratch.run(FakeExtractor())
    try FeatureStore(scratch["cache"]).export("pool", to: scratch["to"])
    #expect(try scratch.read("to/labels.npy").suffix(8).allSatisfy { $0 == 0xff })
    #expect(try scratch.read("to/splits.txt") == [10])
    #expect(try scratch.read("to/classes.txt").isEmpty)
  }

  @Test func unknownColumnsAreNamed() async throws {
    scratch.write("one", to: "pictures/1.jpg")
    _ = try await scratch.run(FakeExtractor(("a", 1), ("b:max", 1)))
    let error = #expect(throws: FeatureCacheError.self) { try FeatureStore(scratch["cache"]).matrix("c") }
    #expect(error?.code == .unknownColumn)
    #expect(error?.message.hasSuffix("has no column c, only a, b:max") == true)
  }

  @Test func plannedSamplesNeedNoDataSet() async throws {
    scratch.writePictures()
    try FeatureStore.plan(.folder(scratch["pictures"]), in: scratch["cache"])
    try FeatureStore.plan(.folder(scratch["pictures"]), in: scratch["cache"])
    let planned = try FeatureStore.plannedDataSet(in: scratch["cache"])
    #expect(planned.samples == (try DataSet.folder(scratch["pictures"])).samples)
    #expect(throws: FeatureCacheError.self) { try FeatureStore(scratch["cache"]) }
    let report = try await FeatureStore.precompute(planned, with: FakeExtractor(), into: scratch["cache"])
    #expect(report.rows == 9)
    #expect(
      try scratch.list("cache").filter { $0.hasPrefix("plan-") && $0.hasSuffix("json") } == ["plan-1.json"])
    #expect(try scratch.stored("pool") == scratch.expected("pool", 3))
  }
}
