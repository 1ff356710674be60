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

/// Every part of the format, changed at random and then signed again as if it were right: whatever comes out,
/// reading it must end, with an error or without.
///
/// `PERMAFROST_FUZZ` is the number of changes; by default few.
@Suite struct FuzzTests {
  let scratch = Scratch()

  private static var changes: Int {
    unsafe getenv("PERMAFROST_FUZZ").flatMap { unsafe Int(String(cString: $0)) } ?? 14_000
  }

  /// A small cache with one of everything, and the journal of a run that broke off.
  private func parts() async throws -> [FormatPart: [UInt8]] {
    scratch.writePictures()
    _ = try await scratch.run(FakeExtractor(("pool", 3), ("fc:max", 2)), storage: .int8)
    let names = try scratch.list("cache")
    func file(_ matches: (String) -> Bool) throws -> [UInt8] {
      try scratch.read("cache/\(names.first(where: matches) ?? "")")
    }
    var parts: [FormatPart: [UInt8]] = [
      .config: try scratch.read("cache/config.json"), .plan: try scratch.read("cache/plan-1.json"),
      .shard: try scratch.read("cache/s1-0-of-1.json"),
      .index: try file { $0.hasPrefix("s1-") && $0.split(separator: ".").count == 2 && $0.hasSuffix("s") },
      .table: try file { $0.hasPrefix("plan-1-") },
    ]
    try FeatureStore.compact(scratch["cache"])
    parts[.manifest] = try scratch.read("cache/manifest-1.json")
    Scratch.remove(scratch["cache"])
    let folder = scratch
    let task = Task {
      try await FeatureStore.precompute(
        .folder(folder["pictures"]), with: FakeExtractor(), into: folder["cache"], batch: 2,
        journal: .everyBatch,
        progress: { if $0.done >= 6 { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } } })
    }
    await #expect(throws: FeatureCacheError.self) { try await task.value }
    let attempt = try #require(try scratch.list("cache/wip").first)
    parts[.journal] = try scratch.read("cache/wip/\(attempt)/journal")
    return parts
  }

  @Test func nothingThatIsReadCrashes() async throws {
    let parts = try await parts()
    #expect(Set(parts.keys) == Set(FormatPart.allCases))
    let record = try #require(parts[.shard])
    for (part, bytes) in parts { try part.read(bytes, record: record) }
    var generator = SeededGenerator(seed: 20_240_229)
    var refused = 0
    for number in 0..<Self.changes {
      let part = FormatPart.allCases[number % FormatPart.allCases.count]
      guard let original = parts[part] else { continue }
      var bytes = original
      for _ in 0...generator.below(3) { Self.change(&bytes, &generator) }
      do throws(FeatureCacheError) {
        try part.read(Self.signed(bytes, part), record: record)
      } catch {
        refused += 1
      }
    }
    #expect(refused > Self.changes / 4, "most changes of a file of \(parts.count) kinds break a rule")
  }

  private static func change(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
    guard bytes.count > 2 else { return }
    let place = generator.below(bytes.count)
    switch generator.below(8) {
    case 0: bytes[place] ^= 1 << UInt8(generator.below(8))
    case 1: bytes[place] = UInt8(generator.below(256))
    case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + generator.below(40)))
    case 3: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + generator.below(60))], at: place)
    case 4: bytes = Array(bytes.prefix(place))
    case 5:
      // A number somewhere becomes another one.
      let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
      guard let first = bytes[place...].firstIndex(where: digits.contains) else { return }
      let last = bytes[first...].firstIndex { !digits.contains($0) } ?? bytes.count
      let numbers = [
        "0", "-1", "1e400", "9223372036854775807", "18446744073709551616", "4294967296", "00", "1.5",
      ]
      bytes.replaceSubrange(first..<last, with: Array(numbers[generator.below(numbers.count)].utf8))
    case 6:
      for index in place..<min(bytes.count, place + 8) { bytes[index] = generator.below(2) == 0 ? 0xFF : 0 }
    default:
      let tokens = ["{", "}", "[", "]", "\"", ",", ":", "\\u0000", "null", "\u{FFFD}", "\n", "[[[[[[[[[[["]
      bytes.insert(contentsOf: Array(tokens[generator.below(tokens.count)].utf8), at: place)
    }
  }

  /// The bytes with the digests that they ought to end with, so that what is behind those is reached.
  private static func signed(_ bytes: [UInt8], _ part: FormatPart) -> [UInt8] {
    switch part {
    case .index, .table: return bytes
    case .journal:
      return bytes.split(separator: UInt8(ascii: "\n")).flatMap { line -> [UInt8] in
        let body = Array(line.dropLast(#","crc32c":"00000000"}"#.utf8.count))
        return body + Array(#","crc32c":"\#(FormatPart.checksum(of: body))"}\#n"#.utf8)
      }
    default:
      let body = Array(bytes.dropLast(78))
      return body + Array(#","sha256":"\#(FormatPart.digest(of: body))"}\#n"#.utf8)
    }
  }
}
