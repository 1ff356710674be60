import Backbone
import Testing

@Suite struct CheckpointTests {
  /// Every number of every tensor, whatever its type, layout, wrapper and container.
  @Test(arguments: CheckpointGoldens.plain + CheckpointGoldens.wrapped)
  func holdsWhatPyTorchSaved(name: String) throws {
    let expected = try CheckpointGoldens.json("expected.json")
    let rows = try #require(expected["tensors"]?.object)
    let checkpoint = try Checkpoint(path: CheckpointGoldens.path(name))
    #expect(checkpoint.tensors.count == rows.count)
    #expect(
      checkpoint.tensors.map(\.name)
        == rows.map(\.name).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    for tensor in checkpoint.tensors {
      let row = try #require(expected["tensors"]?[tensor.name]?.array)
      #expect(row[0].string == tensor.type.rawValue)
      #expect(row[1].array?.map(\.integer) == tensor.shape)
      let values = try #require(row[2].array).compactMap(\.number)
      if tensor.type.rawValue.contains("F") {
        #expect(try checkpoint.floats(tensor.name) == values.map { Float($0) })
      } else {
        let error = #expect(throws: BackboneError.self) { _ = try checkpoint.floats(tensor.name) }
        #expect(error?.code == .weightsMismatch)
        #expect(error?.message.contains("weight \(tensor.name)") == true)
      }
    }
  }

  @Test(arguments: CheckpointGoldens.plain + CheckpointGoldens.wrapped)
  func digestDependsOnTheTensorsAlone(name: String) throws {
    let expected = try CheckpointGoldens.json("expected.json")
    #expect(try Checkpoint(path: CheckpointGoldens.path(name)).digest == expected["digest"]?.string)
  }

  @Test func digestChangesWithEveryPart() throws {
    func digest(_ items: SafetensorsWriter.Item...) throws -> String {
      try checkpoint(SafetensorsWriter.file(items)).digest
    }
    let digests = [
      try digest(.init("ab", shape: [2], [1, 2])),
      try digest(.init("ac", shape: [2], [1, 2])),
      try digest(.init("ab", shape: [1, 2], [1, 2])),
      try digest(.init("ab", shape: [2], [1, 3])),
      try digest(.init("ab", .int32, shape: [2], [1, 2] as [Int32])),
      try digest(.init("a", shape: [1], [1]), .init("b", shape: [1], [2])),
      try digest(.init("a", shape: [1], [2]), .init("b", shape: [1], [1])),
    ]
    #expect(Set(digests).count == digests.count)
    #expect(
      try digest(.init("ab", shape: [2], [1, 2]))
        == digest(
          .init("num_batches_tracked", .int64, shape: [1], [5] as [Int64]), .init("ab", shape: [2], [1, 2])))
  }

  @Test func tellsFormatsAndWrappers() throws {
    let formats = try CheckpointGoldens.plain.map { try Checkpoint(path: CheckpointGoldens.path($0)).format }
    #expect(formats == [.safetensors, .torchZip, .torchLegacy, .torchZip])
    for name in CheckpointGoldens.wrapped {
      let checkpoint = try Checkpoint(path: CheckpointGoldens.path(name))
      #expect(checkpoint.wrapper.keys == ["state_dict"] && checkpoint.wrapper.prefix == "module.")
      #expect(checkpoint.metadata == ["epoch": "7", "arch": "tiny", "lr": "0.1"])
    }
    let plain = try Checkpoint(path: CheckpointGoldens.path("tensors.safetensors"))
    #expect(plain.metadata == ["format": "pt"])
    #expect(plain.wrapper.keys == [] && plain.wrapper.prefix == "")
  }

  @Test func prefixIsRemovedOnlyWhereAllNamesHaveIt() throws {
    let mixed = try checkpoint(
      SafetensorsWriter.file([.init("module.a", shape: [1], [1]), .init("b", shape: [1], [2])]))
    #expect(mixed.tensors.map(\.name) == ["b", "module.a"])
    let twice = try checkpoint(
      SafetensorsWriter.file([
        .init("_orig_mod.module.a", shape: [1], [1]), .init("_orig_mod.module.b", shape: [1], [2]),
      ]))
    #expect(twice.tensors.map(\.name) == ["a", "b"])
    #expect(twice.wrapper.prefix == "_orig_mod.module.")
    let endless = String(repeating: "module.", count: 6)
    let stacked = try checkpoint(SafetensorsWriter.file([.init(endless, shape: [1], [1])]))
    #expect(stacked.tensors.map(\.name) == ["module.module."])
  }

  @Test func aTransformersOldNamesAreThoseThatTorchvisionGivesThem() throws {
    let layer = "encoder.layers.encoder_layer_0.mlp."
    let old = try checkpoint(
      SafetensorsWriter.file([
        .init(layer + "linear_1.weight", shape: [1], [1]), .init(layer + "linear_2.bias", shape: [1], [2]),
        .init("other.mlp.linear_1.weight", shape: [1], [3]),
      ]))
    #expect(old.tensors.map(\.name) == [layer + "0.weight", layer + "3.bias", "other.mlp.linear_1.weight"])
    #expect(try old.floats(layer + "3.bias") == [2])
  }

  @Test(arguments: CheckpointGoldens.plain + CheckpointGoldens.wrapped)
  func truncatedAnywhereIsRefused(name: String) throws {
    let bytes = try CheckpointGoldens.bytes(name)
    let survivors = (0..<bytes.count).filter { (try? checkpoint(Array(bytes.prefix($0)))) != nil }
    #expect(survivors == [])
    #expect(throws: BackboneError.self) { _ = try checkpoint(bytes + [0]) }
  }

  @Test func refusesWhatIsNoCheckpoint() throws {
    expectRefusal([], "neither")
    expectRefusal(Array("GIF89a, certainly no weights".utf8), "neither")
    expectRefusal([0x80, 2, 0x7d, 0x2e], "not one that torch.save wrote")
    expectRefusal([UInt8](repeating: 0, count: 257) + Array("ustar".utf8), "tar archive")
    let missing = #expect(throws: BackboneError.self) { _ = try Checkpoint(path: "/nowhere/weights.pth") }
    #expect(missing?.code == .io)
    let folder = #expect(throws: BackboneError.self) { _ = try Checkpoint(path: "/") }
    #expect(folder?.message == "/ is not a regular file")
  }

  /// A safetensors file starts with the length of its header, here the first byte of a pickle.
  @Test func headerLengthDoesNotDisguiseAFile() throws {
    let padded = try SafetensorsWriter.header([("weight", .float32, [1])], dataOffset: 8 + 0x80)
    let read = try checkpoint(padded + bytesInMemory([1.5 as Float]))
    #expect(try read.floats("weight") == [1.5])
  }

  @Test func namesEqualByUnicodeAreRefused() throws {
    let twins = try SafetensorsWriter.file([
      .init("\u{e9}", shape: [1], [1]), .init("e\u{301}", shape: [1], [2]),
    ])
    expectRefusal(twins, "equal names")
  }
}
