import FeatureCache
import Tensors
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Ways of reading what is stored.
@Suite struct ReadingTests {
  let scratch = Scratch()

  @Test(arguments: StorageType.allCases, [ChecksumPolicy.never, .touched, .whole])
  func callsReadWhatMapsShow(storage: StorageType, checking: ChecksumPolicy) async throws {
    scratch.writePictures()
    _ = try await scratch.run(FakeExtractor(("pool", 700_001)), storage: storage)  // rows across blocks
    let mapped = try FeatureStore(scratch["cache"], checking: checking, reading: .mapped)
    let direct = try FeatureStore(scratch["cache"], checking: checking, reading: .direct)
    #expect(try direct.samples.map(\.key) == mapped.samples.map(\.key))
    let (a, b) = (try mapped.matrix("pool"), try direct.matrix("pool"))
    for range in [0..<9, 3..<4, 8..<9, 2..<7] {
      let areEqual = try a.rows(range) == b.rows(range)
      #expect(areEqual, "rows \(range)")
    }
  }

  /// Fault 11, where the file is read by calls.
  @Test func aFileThatShrinksWhileItIsReadIsAnError() async throws {
    scratch.writePictures()
    _ = try await scratch.run(FakeExtractor(("pool", 3000)))
    let matrix = try FeatureStore(scratch["cache"], reading: .direct).matrix("pool")
    _ = try matrix.row(0)
    let name = try #require(try scratch.list("cache").first { $0.contains(".pool.") })
    unsafe chmod(scratch["cache/\(name)"], 0o644)
    unsafe truncate(scratch["cache/\(name)"], 65536 + 12000)
    let error = #expect(throws: TensorsError.self) { try matrix.row(8) }
    #expect(error?.message.contains("it became shorter") == true)
  }

  /// Fault 11: what is mapped stays what it was when another file takes its name.
  @Test(arguments: [ReadingMode.mapped, .direct])
  func aFileThatIsReplacedWhileItIsReadChangesNothing(mode: ReadingMode) async throws {
    scratch.writePictures()
    _ = try await scratch.run(FakeExtractor())
    let matrix = try FeatureStore(scratch["cache"], reading: mode).matrix("pool")
    let name = try #require(try scratch.list("cache").first { $0.contains(".pool.") })
    scratch.write("short", to: "cache/another")
    unsafe rename(scratch["cache/another"], scratch["cache/\(name)"])
    #expect(try matrix.rows(0..<9) == scratch.expected("pool", 3).flatMap(\.self))
    #expect(throws: FeatureCacheError.self) { try FeatureStore(scratch["cache"]) }
  }

  /// Rows that are gathered are checked as rows in a row are.
  @Test(arguments: [ReadingMode.mapped, .direct])
  func gatheredRowsAreChecked(mode: ReadingMode) async throws {
    for index in 0..<9 { scratch.write("picture \(index)", to: "pictures/\(index).jpg") }
    let dimension = 200_000
    _ = try await scratch.run(FakeExtractor(("pool", dimension)))
    let expected = try scratch.expected("pool", dimension)
    let order = [7, 0, 0, 3, 8, 1]
    let whole = try FeatureStore(scratch["cache"], reading: mode).matrix("pool").selecting(order)
    let areEqual = try whole.rows(0..<6) == order.flatMap { expected[$0] }
    #expect(areEqual)
    let name = try #require(try scratch.list("cache").first { $0.contains(".pool.") })
    var bytes = try scratch.read("cache/\(name)")
    bytes[65536 + 9 * dimension * 4 - 1] ^= 1  // in the last row
    scratch.write(bytes, to: "cache/\(name)")
    let damaged = try FeatureStore(scratch["cache"], reading: mode).matrix("pool")
    let first = try damaged.selecting([3, 0, 1]).rows(0..<3) == [3, 0, 1].flatMap { expected[$0] }
    #expect(first, "blocks that nobody reads are not checked")
    var scratch: [Float] = []
    #expect(try damaged.withRows(1..<3, scratch: &scratch) { $0[0] } == expected[1][0])
    #expect(scratch.isEmpty == (mode == .mapped), "mapped rows are lent where they lie")
    #expect(throws: TensorsError.self) { try damaged.withRows(7..<9, scratch: &scratch) { $0[0] } }
    let error = #expect(throws: TensorsError.self) { try damaged.selecting([0, 8]).rows(0..<2) }
    #expect(error?.code == .malformed)
  }

  /// A row of several blocks shares the outer ones with its neighbours, who may have been read before.
  @Test(arguments: [ReadingMode.mapped, .direct])
  func theInnerBlocksOfALongRowAreChecked(mode: ReadingMode) async throws {
    for index in 0..<3 { scratch.write("picture \(index)", to: "pictures/\(index).jpg") }
    let dimension = 200_000
    _ = try await scratch.run(FakeExtractor(("pool", dimension)))
    let name = try #require(try scratch.list("cache").first { $0.contains(".pool.") })
    var bytes = try scratch.read("cache/\(name)")
    bytes[65536 + dimension * 4 * 3 / 2] ^= 1  // in the middle of the second row
    scratch.write(bytes, to: "cache/\(name)")
    let matrix = try FeatureStore(scratch["cache"], reading: mode).matrix("pool")
    #expect(try matrix.selecting([0, 2]).rows(0..<2).count == 2 * dimension)
    #expect(throws: TensorsError.self) { try matrix.selecting([2, 1]).rows(0..<2) }
  }

  /// The table that rows are compared with is itself compared with the record.
  @Test(arguments: [ReadingMode.mapped, .direct])
  func aDamagedTableIsNoticedWhenRowsAreAskedFor(mode: ReadingMode) async throws {
    scratch.writePictures()
    _ = try await scratch.run(FakeExtractor())
    let name = try #require(try scratch.list("cache").first { $0.contains(".pool.") })
    var bytes = try scratch.read("cache/\(name)")
    bytes[bytes.count - 1] ^= 1
    scratch.write(bytes, to: "cache/\(name)")
    let error = #expect(throws: FeatureCacheError.self) {
      try FeatureStore(scratch["cache"], reading: mode).matrix("pool")
    }
    #expect(error?.code == .damaged)
    #expect(error?.message.contains("bytes 65644 to 65648") == true)
    // Whoever wants no checks needs no table.
    let matrix = try FeatureStore(scratch["cache"], checking: .never, reading: mode).matrix("pool")
    #expect(try matrix.rows(0..<9) == scratch.expected("pool", 3).flatMap(\.self))
  }

  @Test func partsOfTheSamples() async throws {
    scratch.writePictures()
    _ = try await scratch.run(FakeExtractor())
    let store = try FeatureStore(scratch["cache"])
    let (rows, samples) = (try store.rows(of: "pool"), try store.samples)
    let dogs = rows.selecting { samples.label($0) == 1 }
    #expect(dogs.samples == [5, 6, 7, 9])
    #expect(try dogs.matrix.rows(0..<4) == scratch.expected("pool", 3)[5...].flatMap(\.self))
    #expect(rows.selecting { _ in false }.matrix.rowCount == 0)
  }

  @Test func aPlainShardNeedsNoIndex() async throws {
    for index in 0..<6 { scratch.write("picture \(index)", to: "pictures/\(index).jpg") }
    _ = try await scratch.run(FakeExtractor())
    let name = try #require(
      try scratch.list("cache").first { $0.hasPrefix("s1-0-of-1-") && !$0.contains(".pool.") })
    var bytes = try scratch.read("cache/\(name)")
    bytes[bytes.count - 1] ^= 1
    scratch.write(bytes, to: "cache/\(name)")
    // Damage in what is not needed is not met; whoever looks for it finds it.
    #expect(try scratch.stored("pool").count == 6)
    #expect(try FeatureStore.verify(scratch["cache"]).count == 1)
  }
}
