import Backbone
import Testing

@Suite struct LoadingTests {
  private static let expected = [
    ParameterSpec(name: "conv.weight", shape: [2, 1, 1, 1]), ParameterSpec(name: "bn.bias", shape: [2]),
    ParameterSpec(name: "fc.weight", shape: [3, 2]),
  ]

  private static func source(_ items: [SafetensorsWriter.Item]) throws -> WeightSource {
    .checkpoint(try checkpoint(SafetensorsWriter.file(items), name: "my.safetensors"))
  }

  private static let conv = SafetensorsWriter.Item("conv.weight", shape: [2, 1, 1, 1], [1, 2])
  private static let bias = SafetensorsWriter.Item("bn.bias", shape: [2], [3, 4])
  private static let fc = SafetensorsWriter.Item("fc.weight", shape: [3, 2], [5, 6, 7, 8, 9, 10])
  private static let counter = SafetensorsWriter.Item(
    "bn.num_batches_tracked", .int64, shape: [], [4] as [Int64])

  @Test func strictTakesExactlyWhatTheNetworkNeeds() throws {
    let source = try Self.source([Self.conv, Self.bias, Self.fc, Self.counter])
    let parameters = try source.load(expected: Self.expected)
    #expect(parameters.missing.isEmpty && parameters.unexpected.isEmpty)
    #expect(try parameters.floats("conv.weight") == [1, 2])
    #expect(try parameters.floats("fc.weight") == [5, 6, 7, 8, 9, 10])
    try parameters.require(Self.expected.map(\.name))
    let counted = Self.expected + [ParameterSpec(name: "bn.num_batches_tracked", shape: [])]
    #expect(try Self.source([Self.conv, Self.bias, Self.fc]).load(expected: counted).missing.isEmpty)
  }

  @Test func strictListsEveryProblemAtOnce() throws {
    let source = try Self.source([
      .init("conv.weight", shape: [2, 1, 3, 3], [Float](repeating: 0, count: 18)),
      .init("bn.bias", .int32, shape: [2], [1, 2] as [Int32]), .init("head.weight", shape: [1], [0]),
    ])
    let error = #expect(throws: BackboneError.self) { _ = try source.load(expected: Self.expected) }
    #expect(error?.code == .weightsMismatch)
    #expect(
      error?.message
        == "my.safetensors does not fit the network: "
        + "weight conv.weight has shape [2, 1, 3, 3], expected [2, 1, 1, 1]; "
        + "weight bn.bias has type I32, expected a float type; "
        + "weight fc.weight is missing; weight head.weight is unexpected")
  }

  @Test func partialFailsOnlyForWhatIsAskedFor() throws {
    let source = try Self.source([Self.conv, .init("head.weight", shape: [1], [0])])
    let parameters = try source.load(expected: Self.expected, policy: .partial)
    #expect(parameters.missing == ["bn.bias", "fc.weight"])
    #expect(parameters.unexpected == ["head.weight"])
    #expect(try parameters.floats("conv.weight") == [1, 2])
    try parameters.require(["conv.weight"])
    let one = #expect(throws: BackboneError.self) { _ = try parameters.floats("fc.weight") }
    #expect(one == BackboneError(.missingWeights, "my.safetensors does not hold weight fc.weight"))
    let all = #expect(throws: BackboneError.self) { try parameters.require(Self.expected.map(\.name)) }
    #expect(all?.message == "my.safetensors does not hold weights bn.bias, fc.weight")
  }

  @Test func partialStillRefusesOtherNetworks() throws {
    let misshapen = try Self.source([Self.conv, .init("bn.bias", shape: [3], [0, 0, 0])])
    #expect(throws: BackboneError.self) { _ = try misshapen.load(expected: Self.expected, policy: .partial) }
    let foreign = try Self.source([.init("features.0.weight", shape: [1], [0])])
    let error = #expect(throws: BackboneError.self) {
      _ = try foreign.load(expected: Self.expected, policy: .partial)
    }
    #expect(error?.message.contains("weight features.0.weight is unexpected") == true)
  }

  @Test func seedsFitEveryNetworkAndHaveTheDigestOfAFile() throws {
    let parameters = try WeightSource("seed:3").load(expected: Self.expected)
    #expect(parameters.origin == "seed:3")
    let items = try Self.expected.map {
      SafetensorsWriter.Item($0.name, shape: $0.shape, try parameters.floats($0.name))
    }
    let stored = try Self.source(items).load(expected: Self.expected)
    #expect(try stored.digest() == parameters.digest())
    #expect(try parameters.digest() == parameters.digest())
    #expect(try parameters.digest() != WeightSource("seed:4").load(expected: Self.expected).digest())
  }

  @Test func sourcesAreReadFromText() throws {
    guard case .seed(.max) = try WeightSource("seed:18446744073709551615") else {
      Issue.record("the largest seed was not read")
      return
    }
    guard case .file("seeds/resnet.pth") = try WeightSource("seeds/resnet.pth") else {
      Issue.record("a path was not taken for one")
      return
    }
    for text in ["seed:", "seed:-1", "seed:+1", "seed:x", "seed:18446744073709551616", "seed: 1"] {
      let error = #expect(throws: BackboneError.self) { _ = try WeightSource(text) }
      #expect(error?.code == .invalidArgument)
    }
  }
}
