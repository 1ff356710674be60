import Backbone
import Testing

@Suite struct SeededWeightsTests {
  @Test func agreeBitForBitWithTheDefinition() throws {
    let cases = try #require(CheckpointGoldens.json("seeded.json").array)
    #expect(cases.count == 17)
    for row in cases.compactMap(\.array) {
      let seed = try #require(row[0].string.flatMap { UInt64($0) })
      let name = try #require(row[1].string)
      let shape = try #require(row[2].array).compactMap(\.integer)
      let expected = try #require(row[3].array).compactMap(\.integer)
      let floats = try SeededWeights(seed: seed).floats(name, shape: shape)
      #expect(floats.map { Int($0.bitPattern) } == expected, "\(name)")
    }
  }

  @Test func impossibleShapesAreRefused() {
    for shape in [[-1], [1 << 40, 1 << 40], [.max, 2]] {
      let error = #expect(throws: BackboneError.self) {
        _ = try SeededWeights(seed: 0).floats("weight", shape: shape)
      }
      #expect(error?.code == .invalidArgument)
    }
  }
}
