/// Weights out of a number, so that a network can run, and be compared with another implementation of it,
/// without a file. Each tensor depends on the seed, its name and its shape alone.
///
/// Element i of a tensor starts from 24 bits of `splitmix64(splitmix64(seed) ^ fnv1a64(name) + i)` as a
/// number u in [0, 1); float32 throughout, each step rounded once:
///
/// | name | shape | value |
/// |---|---|---|
/// | `running_var`; `weight` | any; one dimension | u + 0.5 |
/// | `...weight` | two or more dimensions | (2u - 1) sqrt(6 / fan-in) |
/// | `running_mean`; `...bias` | any; one dimension | (2u - 1) 0.1 |
/// | any other | | (2u - 1) 0.02 |
///
/// where the name is what follows the last full stop, and fan-in is the product of all lengths but the first.
public struct SeededWeights: Hashable, Sendable {
  public var seed: UInt64

  public init(seed: UInt64) { self.seed = seed }

  /// The elements of the tensor of this name and shape, in row-major order.
  ///
  /// - Throws: `.invalidArgument` where the shape is impossible.
  public func floats(_ name: String, shape: [Int]) throws(BackboneError) -> [Float] {
    guard let count = elementCount(of: shape) else {
      throw BackboneError(.invalidArgument, "weight \(name) cannot have the shape \(shape)")
    }
    let key = splitMix64(seed) ^ fnv1a64(name)
    let (factor, offset) = Self.range(name, shape: shape)
    return unsafe [Float](unsafeUninitializedCapacity: count) { output, filled in
      if let offset {
        for index in 0..<count { unsafe output[index] = Self.unit(key, index) + offset }
      } else {
        for index in 0..<count { unsafe output[index] = (Self.unit(key, index) * 2 - 1) * factor }
      }
      filled = count
    }
  }

  /// In [0, 1), exact; and so is twice that less one.
  private static func unit(_ key: UInt64, _ index: Int) -> Float {
    let bits = splitMix64(key &+ UInt64(truncatingIfNeeded: index))
    return Float(Int32(truncatingIfNeeded: bits >> 40)) * 0x1p-24
  }

  /// Either a factor for 2u - 1, or an offset for u.
  private static func range(_ name: String, shape: [Int]) -> (factor: Float, offset: Float?) {
    let last = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).last ?? [][...]
    func isCalled(_ text: String) -> Bool { last.elementsEqual(text.utf8) }
    func endsIn(_ text: String) -> Bool { last.reversed().starts(with: text.utf8.reversed()) }

    if isCalled("running_var") || (isCalled("weight") && shape.count == 1) { return (0, 0.5) }
    if endsIn("weight") && shape.count >= 2 {
      let fanIn = shape.dropFirst().reduce(1, *)
      return (Float((6 / Double(fanIn)).squareRoot()), nil)
    }
    if isCalled("running_mean") || (endsIn("bias") && shape.count == 1) { return (0.1, nil) }
    return (0.02, nil)
  }
}

/// One output of SplitMix64 for the state `x` (Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", 2014).
package func splitMix64(_ x: UInt64) -> UInt64 {
  var z = x &+ 0x9e37_79b9_7f4a_7c15
  z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
  z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
  return z ^ (z >> 31)
}

/// FNV-1a, 64 bits, of the text's UTF-8 bytes (draft-eastlake-fnv).
package func fnv1a64(_ text: String) -> UInt64 {
  text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
