import Backbone
import Testing

/// Each test changes single fields of an archive that PyTorch wrote.
@Suite struct ZipAttackTests {
  private let honest: [UInt8]
  /// Positions of the directory's entries.
  private let entries: [Int]
  private let recordStart: Int
  private let locatorStart: Int
  private let endStart: Int

  init() throws {
    honest = try CheckpointGoldens.bytes("tensors.zip.pth")
    endStart = honest.count - 22
    locatorStart = endStart - 20
    recordStart = locatorStart - 56
    var entries: [Int] = []
    var position = Self.number(honest, recordStart + 48, 8)
    while position < recordStart {
      entries.append(position)
      position += 46
      for lengthOfPart in [28, 30, 32] {
        position += Self.number(honest, entries[entries.count - 1] + lengthOfPart, 2)
      }
    }
    self.entries = entries
    #expect(entries.count == Self.number(honest, recordStart + 24, 8))
  }

  private static func number(_ bytes: [UInt8], _ position: Int, _ width: Int) -> Int {
    bytes[position..<position + width].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  private func name(_ entry: Int) -> String {
    String(decoding: honest[entry + 46..<entry + 46 + Self.number(honest, entry + 28, 2)], as: UTF8.self)
  }

  private func entry(_ suffix: String) throws -> Int {
    try #require(entries.first { name($0).hasSuffix(suffix) })
  }

  private func local(_ entry: Int) -> Int { Self.number(honest, entry + 42, 4) }

  private func changed(_ changes: (position: Int, value: Int, width: Int)...) -> [UInt8] {
    var bytes = honest
    for change in changes {
      for index in 0..<change.width {
        bytes[change.position + index] = UInt8(truncatingIfNeeded: change.value >> (8 * index))
      }
    }
    return bytes
  }

  private func renamed(_ entry: Int, _ characters: String, alsoLocally: Bool = true) -> [UInt8] {
    var bytes = honest
    for (index, byte) in characters.utf8.enumerated() {
      bytes[entry + 46 + index] = byte
      if alsoLocally { bytes[local(entry) + 30 + index] = byte }
    }
    return bytes
  }

  @Test func headersHaveToAgree() throws {
    let data = try entry("/data/0")
    expectRefusal(renamed(data, "other", alsoLocally: false), "two headers")
    expectRefusal(changed((local(data) + 6, 0x0800, 2)), "two headers")
    expectRefusal(changed((local(data) + 8, 8, 2)), "two headers")
    expectRefusal(changed((local(data) + 22, 7, 4)), "two headers")
    expectRefusal(changed((local(data), 0, 4)), "two headers")
  }

  @Test func entriesStayApartAndInside() throws {
    let data = try entry("/data/0")
    let other = try entry("/data/1")
    let size = Self.number(honest, other + 24, 4)
    expectRefusal(changed((data + 20, size + 200, 4), (data + 24, size + 200, 4)), "overlapping")
    expectRefusal(changed((data + 20, 1 << 30, 4), (data + 24, 1 << 30, 4)), "outside it")
    expectRefusal(changed((data + 42, honest.count, 4)), "outside it")
    expectRefusal(changed((data + 42, 0xffff_ffff, 4)), "outside it")
    expectRefusal(changed((data + 24, size + 1, 4)), "two sizes")
  }

  @Test func storagesHaveTheirDeclaredSize() throws {
    let data = try entry("/data/0")
    let size = Self.number(honest, data + 24, 4)
    expectRefusal(
      changed((data + 20, size - 4, 4), (data + 24, size - 4, 4)), "declares \(size) bytes for storage 0")
  }

  @Test func namesAreUniqueAndHarmless() throws {
    let data = try entry("/data/0")
    expectRefusal(renamed(data, "../a"), "unsafe name")
    expectRefusal(renamed(data, "a/../b"), "unsafe name")
    expectRefusal(renamed(data, "/etc"), "unsafe name")
    expectRefusal(renamed(data, "a\u{0}b"), "unsafe name")
    expectRefusal(renamed(data, "C:\\a"), "unsafe name")
    let last = name(data).utf8.count - 1
    let twin = try entry("/data/1")
    expectRefusal(
      changed((twin + 46 + last, 0x30, 1), (local(twin) + 30 + last, 0x30, 1)), "two entries named")
  }

  @Test func compressedAndEncryptedEntriesAreRefused() throws {
    let data = try entry("/data/0")
    expectRefusal(changed((data + 10, 8, 2), (local(data) + 8, 8, 2)), "is compressed")
    expectRefusal(changed((data + 8, 0x0809, 2), (local(data) + 6, 0x0809, 2)), "encrypted")
  }

  @Test func directoryIsWhereItShouldBe() {
    expectRefusal(Array(honest.dropLast(22)), "without the directory at its end")
    expectRefusal(honest + [0], "without the directory at its end")
    for (field, width) in [(24, 8), (32, 8), (40, 8), (48, 8), (4, 8)] {
      for value in [0, -1, 1 << 62] {
        let bytes = changed((recordStart + field, value, width))
        #expect(throws: BackboneError.self, "record field \(field) is \(value)") { _ = try checkpoint(bytes) }
      }
    }
    expectRefusal(changed((locatorStart + 8, -1, 8)), "not where its end record says")
    expectRefusal(changed((endStart + 16, 0, 4)), "not where its end record says")
  }

  @Test func byteOrderAndKindAreChecked() throws {
    let order = try entry("/byteorder")
    let text = local(order) + 30 + name(order).utf8.count + Self.number(honest, local(order) + 28, 2)
    var bytes = honest
    bytes.replaceSubrange(text..<text + 6, with: Array("bigbig".utf8))
    expectRefusal(bytes, "big-endian")

    var script = honest
    for position in [order + 46, local(order) + 30] {
      let length = name(order).utf8.count
      script.replaceSubrange(
        position..<position + length,
        with: Array("\(String(name(order).prefix(length - 9)))code/a.py".prefix(length).utf8))
    }
    expectRefusal(script, "TorchScript")
    expectRefusal(renamed(try entry("/data.pkl"), "x/y/z"), "no data.pkl")
  }
}
