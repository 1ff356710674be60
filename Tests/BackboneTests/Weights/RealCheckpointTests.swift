import Backbone
import Testing

/// Needs the environment variable PERMAFROST_DATA; skipped, and reported as skipped, where it is not set.
@Suite(.enabled(if: RealData.folder != nil, "PERMAFROST_DATA names no folder of real checkpoints"))
struct RealCheckpointTests {
  private func path(_ name: String) -> String { RealData.path("weights/\(name)") }

  @Test(arguments: [
    ("cifar-resnet/resnet20-12fca82f.th", Checkpoint.Format.torchLegacy, 97),
    ("cifar-resnet/resnet56-4bfd9763.th", .torchLegacy, 277),
    ("mobilenet_v1_0.25-legacy.pth.tar", .torchLegacy, 164),
    ("mobilenet_v2.safetensors", .safetensors, 314),
    ("squeezenet1_1.safetensors", .safetensors, 52),
  ])
  func publishedFilesOpen(name: String, format: Checkpoint.Format, count: Int) throws {
    let checkpoint = try Checkpoint(path: path(name))
    #expect(checkpoint.format == format)
    #expect(checkpoint.tensors.count == count)
    for tensor in checkpoint.tensors where tensor.type == .float32 {
      let floats = try checkpoint.floats(tensor.name)
      #expect(floats.count == tensor.shape.reduce(1, *))
      #expect(floats.allSatisfy { $0.isFinite })
    }
  }

  @Test func trainingScriptsWrappersAreTakenOff() throws {
    let mobile = try Checkpoint(path: path("mobilenet_v1_0.25-legacy.pth.tar"))
    #expect(mobile.wrapper.keys == ["state_dict"] && mobile.wrapper.prefix == "module.")
    #expect(mobile.metadata["arch"] != nil && mobile.metadata["epoch"] != nil)
    let residual = try Checkpoint(path: path("cifar-resnet/resnet20-12fca82f.th"))
    #expect(residual.wrapper.keys == ["state_dict"] && residual.wrapper.prefix == "module.")
    #expect(residual.tensors.contains { $0.name == "conv1.weight" && $0.shape == [16, 3, 3, 3] })
  }

  @Test(arguments: [
    ("resnet18-5c106cde.truncated-1MiB.pth", "is a tar archive"),
    ("resnet18-f37072fd.truncated.pth", "is truncated or damaged"),
    ("torchscript-vit4mnist.pth", "is a TorchScript archive"),
  ])
  func unusableFilesAreRefusedByNameAndReason(name: String, reason: String) throws {
    let error = #expect(throws: BackboneError.self) { _ = try Checkpoint(path: path("refuse/\(name)")) }
    #expect(error?.code == .malformedWeights)
    #expect(error?.message.hasPrefix(path("refuse/\(name)")) == true)
    #expect(error?.message.contains(reason) == true)
  }

  /// A file that lacks the last stage's 3 x 3 convolutions.
  @Test func incompleteFileNamesWhatItLacks() throws {
    let names = try JSONParser.parse(
      FileBytes.read("\(CheckpointGoldens.directory)/names.json", limit: 1 << 20))
    let expected = try #require(names["resnet18"]?["weights"]?.array).map { row in
      ParameterSpec(
        name: row.array?.first?.string ?? "", shape: row.array?.last?.array?.compactMap(\.integer) ?? [])
    }
    let source = WeightSource.file(path("resnet18_to_layer3.safetensors"))
    let error = #expect(throws: BackboneError.self) { _ = try source.load(expected: expected) }
    #expect(error?.message.contains("weight layer4.1.conv2.weight is missing") == true)
    let parameters = try source.load(expected: expected, policy: .partial)
    #expect(parameters.missing.contains("layer4.0.conv1.weight"))
    #expect(try parameters.floats("conv1.weight").count == 64 * 3 * 49)
    #expect(throws: BackboneError.self) { try parameters.require(["layer4.0.conv1.weight"]) }
  }
}
