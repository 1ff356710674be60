import Backbone
import Testing

@Suite struct CheckpointMutationTests {
  /// Damaged files either open, and then hold what they list, or are refused; the process survives in any
  /// case.
  @Test func damagedFilesNeverTrap() throws {
    let names = CheckpointGoldens.plain + CheckpointGoldens.wrapped
    let originals = try names.map(CheckpointGoldens.bytes)
    var generator = MutationGenerator(state: 1)
    var opened = 0
    var refused = 0
    var wrong = 0
    for round in 0..<24_000 {
      var bytes = originals[round % originals.count]
      for _ in 0...Int.random(in: 0..<4, using: &generator) { generator.damage(&bytes) }
      do {
        let read = try checkpoint(bytes)
        opened += 1
        if read.digest.utf8.count != 64 { wrong += 1 }
        for tensor in read.tensors where [.float32, .float16, .bfloat16, .float64].contains(tensor.type) {
          if try read.floats(tensor.name).count != tensor.shape.reduce(1, *) { wrong += 1 }
        }
      } catch {
        refused += 1
        if error.code != .malformedWeights { wrong += 1 }
      }
    }
    #expect(wrong == 0)
    #expect(opened > 1000)
    #expect(refused > 1000)
  }
}

/// SplitMix64, so that a failure can be repeated.
private struct MutationGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func damage(_ bytes: inout [UInt8]) {
    let position = Int.random(in: 0..<bytes.count, using: &self)
    let run = position..<min(bytes.count, position + Int.random(in: 1...8, using: &self))
    switch Int.random(in: 0..<6, using: &self) {
    case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &self)
    case 1: bytes[position] = [0, 0x7f, 0x80, 0xff].randomElement(using: &self) ?? 0
    case 2: bytes.replaceSubrange(run, with: run.map { _ in UInt8.random(in: 0...255, using: &self) })
    case 3: bytes.replaceSubrange(run, with: run.map { _ in 0xff })
    case 4 where bytes.count > 16: bytes.removeSubrange(run)
    default: bytes.insert(contentsOf: bytes[run], at: position)
    }
  }
}
