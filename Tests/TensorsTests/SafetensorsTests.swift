import Tensors
import TestSupport
import Testing

@Suite struct SafetensorsTests {
  private static func file(_ header: String, data: Int = 0) -> [UInt8] {
    let header = Array(header.utf8)
    return bytesInMemory([UInt64(header.count).littleEndian]) + header + Array(repeating: 0, count: data)
  }

  private static func read(_ bytes: [UInt8]) throws(TensorsError) -> SafetensorsFile {
    try SafetensorsFile(FileBytes(copying: bytes, name: "test.safetensors"))
  }

  @Test func whatIsWrittenIsRead() throws {
    let bytes = try SafetensorsWriter.file(
      [
        .init("small", .int8, shape: [3], [Int8(-1), 0, 1]),
        .init("b", shape: [2, 2], [1, -2, 3.5, .infinity]),
        .init("wide", .int64, shape: [1], [Int64.max]),
      ], metadata: ["a": "1", "ü": "\"quoted\"\n"])
    let file = try Self.read(bytes)
    #expect(file.entries.map(\.name) == ["wide", "b", "small"])  // by falling element size
    #expect(file.metadata == ["a": "1", "ü": "\"quoted\"\n"])
    #expect(try file.floats(#require(file["b"])) == [1, -2, 3.5, .infinity])
    #expect(try file.integers(#require(file["small"])) == [-1, 0, 1])
    #expect(try file.integers(#require(file["wide"])) == [Int.max])
    #expect(throws: TensorsError.self) { try file.floats(#require(file["wide"])) }
  }

  /// Fault 14 of Docs/Faults.md: numbers and shapes that nobody can have.
  @Test(arguments: [
    "[]", "{", "{\"a\":1}", "{\"a\":{\"dtype\":\"F33\",\"shape\":[1],\"data_offsets\":[0,4]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
      + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
      + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1e400],\"data_offsets\":[0,4]}}",
    "{\"__metadata__\":{\"a\":1},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
  ])
  func brokenHeadersAreRefused(header: String) {
    let error = #expect(throws: TensorsError.self) { try Self.read(Self.file(header, data: 4)) }
    #expect(error?.code == .malformed)
    #expect(error?.message.hasPrefix("test.safetensors") == true)
  }

  @Test func lengthsThatLieAreRefused() throws {
    let good = try SafetensorsWriter.file([.init("a", shape: [2], [1, 2])])
    for cut in good.indices { #expect(throws: TensorsError.self) { try Self.read(Array(good[..<cut])) } }
    #expect(throws: TensorsError.self) { try Self.read(good + [0]) }
    for length in [UInt64.max, 1 << 63, 100_000_001, UInt64(good.count)] {
      let bytes = bytesInMemory([length.littleEndian]) + good[8...]
      #expect(throws: TensorsError.self) { try Self.read(bytes) }
    }
  }

  @Test func changedBytesThrowOrParse() throws {
    let good = try SafetensorsWriter.file(
      [.init("a", shape: [2], [1, 2]), .init("b", .int32, shape: [1], [Int32(7)])], metadata: ["k": "v"])
    var generator = SeededNumbers(1)
    var parsed = 0
    for _ in 0..<20_000 {
      var bytes = good
      for _ in 0...generator.next(upTo: 3) {
        bytes[generator.next(upTo: bytes.count)] = UInt8(generator.next(upTo: 256))
      }
      if let file = try? Self.read(bytes) {
        parsed += 1
        #expect(file.entries.allSatisfy { $0.range.upperBound <= bytes.count })
      }
    }
    #expect(parsed > 0 && parsed < 20_000)
  }
}

/// A small seeded generator.
struct SeededNumbers {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next(upTo bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }
}
