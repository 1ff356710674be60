import FeatureCache
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a reader does with a cache that is not as it was written.
@Suite struct DamageTests {
  let scratch = Scratch()

  private func prepare(storage: StorageType = .float32) async throws -> [String] {
    scratch.writePictures()
    _ = try await scratch.run(FakeExtractor(), storage: storage)
    return try scratch.list("cache").filter { $0 != "wip" }
  }

  /// Reads everything; `nil` where that throws.
  private func readAll() -> [FeatureRow]? {
    do throws(FeatureCacheError) {
      let store = try FeatureStore(scratch["cache"], checking: .touched)
      guard try store.samples.count == 10 else { return nil }
      let matrix = try store.matrix("pool")
      var rows: [FeatureRow] = []
      for row in 0..<matrix.rowCount {
        guard let row = try? matrix.row(row) else { return nil }
        rows.append(row)
      }
      return rows
    } catch {
      return nil
    }
  }

  /// Fault 12.
  @Test func everyFlippedByteIsNoticed() async throws {
    let names = try await prepare()
    let right = try #require(readAll())
    for name in names {
      let original = try scratch.read("cache/\(name)")
      // Of the padding behind a header, every 97th byte.
      let places = original.indices.filter {
        $0 < 300 || $0 >= 65536 || $0 % 97 == 0 || original.count < 65536
      }
      for place in places {
        for mask: UInt8 in [0x01, 0x80] {
          var bytes = original
          bytes[place] ^= mask
          scratch.write(bytes, to: "cache/\(name)")
          #expect(readAll() == nil, "\(name) with byte \(place) flipped by \(mask)")
        }
      }
      scratch.write(original, to: "cache/\(name)")
    }
    #expect(readAll() == right)
  }

  @Test func verifyNamesTheDamagedFile() async throws {
    let names = try await prepare()
    #expect(try FeatureStore.verify(scratch["cache"]).isEmpty)
    for name in names {
      let original = try scratch.read("cache/\(name)")
      var bytes = original
      bytes[bytes.count - 5] ^= 1
      scratch.write(bytes, to: "cache/\(name)")
      let problems = try FeatureStore.verify(scratch["cache"])
      #expect(problems.count == 1 && problems[0].contains(name), "\(problems)")
      scratch.write(original, to: "cache/\(name)")
    }
  }

  /// Fault 10.
  @Test func otherSizesAreRefusedAtOpening() async throws {
    for name in try await prepare() {
      let original = try scratch.read("cache/\(name)")
      let count = original.count
      let others = [count - 1, count / 2, 4096, 0].map { Array(original.prefix($0)) } + [original + [0]]
      for bytes in others where bytes.count != count {
        scratch.write(bytes, to: "cache/\(name)")
        let error = #expect(throws: FeatureCacheError.self) {
          try FeatureStore(scratch["cache"], checking: .never)
        }
        #expect(
          error?.code == .damaged && error?.message.contains(name) == true, "\(String(describing: error))")
      }
      scratch.write(original, to: "cache/\(name)")
    }
  }

  @Test func missingFilesAreNamed() async throws {
    for name in try await prepare() where name.hasSuffix(".safetensors") {
      let original = try scratch.read("cache/\(name)")
      Scratch.remove(scratch["cache/\(name)"])
      let error = #expect(throws: FeatureCacheError.self) { try FeatureStore(scratch["cache"]) }
      #expect(error?.message.hasSuffix("\(name): No such file or directory") == true)
      scratch.write(original, to: "cache/\(name)")
    }
  }

  /// Records with valid checksums of their own that name files elsewhere.
  /// Fault 15: names.
  @Test(arguments: ["../x", "/etc/passwd", "a/b", "..", ".hidden", "a\\u0000b", "", "wip"])
  func namesThatLeadOutside(_ name: String) async throws {
    let names = try await prepare()
    let record = try #require(names.first { $0.hasPrefix("s1-") && $0.hasSuffix(".json") })
    let index = try #require(
      names.first { $0.hasPrefix("s1-") && !$0.contains("pool") && $0.hasSuffix("tensors") })
    scratch.write("outside", to: "x")
    let text = String(decoding: try scratch.read("cache/\(record)"), as: UTF8.self)
    scratch.write(resealed(text.replacing(index, with: name)), to: "cache/\(record)")
    let error = #expect(throws: FeatureCacheError.self) { try FeatureStore(scratch["cache"]) }
    #expect([.damaged, .io].contains(error?.code), "\(String(describing: error))")
  }

  /// Fault 15: what is no file.
  @Test func linksAndPipesInTheCacheAreRefused() async throws {
    let names = try await prepare()
    let column = try #require(names.first { $0.contains("pool") })
    let bytes = try scratch.read("cache/\(column)")
    scratch.write(bytes, to: "elsewhere")
    Scratch.remove(scratch["cache/\(column)"])
    unsafe symlink(scratch["elsewhere"], scratch["cache/\(column)"])
    #expect(throws: FeatureCacheError.self) { try FeatureStore(scratch["cache"]) }
    Scratch.remove(scratch["cache/\(column)"])
    unsafe mkfifo(scratch["cache/\(column)"], 0o644)
    let error = #expect(throws: FeatureCacheError.self) { try FeatureStore(scratch["cache"]) }
    #expect(error?.message.hasSuffix("is not a regular file") == true)
  }

  @Test(arguments: [
    ("\"contents\":10", "\"contents\":9223372036854775807"), ("\"contents\":10", "\"contents\":-1"),
    ("\"dimension\":3", "\"dimension\":6148914691236517206"), ("\"rows\":9", "\"rows\":8"),
    ("\"samples\":10", "\"samples\":1e400"), ("\"shards\":1", "\"shards\":2"),
    ("\"data_offset\":65536", "\"data_offset\":9223372036854775807"), ("\"format\":2", "\"format\":3"),
    ("\"table_offset\":65644", "\"table_offset\":65640"), (",\"table_offset\":65644", ""),
    ("\"dtype\":\"F32\"", "\"dtype\":\"F16\""), ("\"attempt\"", "\"samples\""), ("{", "[[[["),
  ])
  func contradictoryRecordsAreRefused(_ from: String, _ to: String) async throws {
    let names = try await prepare()
    let record = try #require(names.first { $0.hasPrefix("s1-") && $0.hasSuffix(".json") })
    let text = String(decoding: try scratch.read("cache/\(record)"), as: UTF8.self)
    #expect(text.contains(from))
    scratch.write(resealed(text.replacing(from, with: to)), to: "cache/\(record)")
    let error = #expect(throws: FeatureCacheError.self) { try FeatureStore(scratch["cache"]) }
    #expect(error?.code == (to.contains("format") ? .unsupported : .damaged))
  }

  /// The record with the digest that its new text needs.
  private func resealed(_ text: String) -> String {
    let body = String(text.dropLast(78))
    return body + ",\"sha256\":\"" + FormatPart.digest(of: Array(body.utf8)) + "\"}\n"
  }

  /// Fault 9: another network, weights, preprocessing or type.
  @Test func otherIdentitiesAreRefused() async throws {
    _ = try await prepare()
    var other = FakeExtractor()
    other.resize = "232"
    var error = await #expect(throws: FeatureCacheError.self) { try await scratch.run(other) }
    #expect(error?.code == .identityMismatch)
    #expect(error?.message.hasSuffix("preprocessing.resize is 256, asked for 232") == true)
    other.network = "vgg"
    error = await #expect(throws: FeatureCacheError.self) { try await scratch.run(other) }
    #expect(error?.message.contains("network is fake, asked for vgg; preprocessing.resize") == true)
    error = await #expect(throws: FeatureCacheError.self) {
      try await scratch.run(FakeExtractor(), storage: .bfloat16)
    }
    #expect(error?.message.hasSuffix("storage is f32, asked for bf16") == true)
    error = await #expect(throws: FeatureCacheError.self) {
      try await scratch.run(FakeExtractor(("pool", 4)))
    }
    #expect(error?.message == "column pool has dimension 3, the extractor gives 4")
    #expect(try FeatureStore(scratch["cache"]).identity.extractor.preprocessing["resize"] == "256")
  }

  @Test func foldersWithoutCache() throws {
    let error = #expect(throws: FeatureCacheError.self) { try FeatureStore(scratch.path) }
    #expect(error?.code == .noCache)
    #expect(throws: FeatureCacheError.self) { try FeatureStore(scratch["nothing"]) }
  }
}
