/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014): the source of
/// every random choice in this module, so that a seed means the same bits everywhere.
package struct SeededGenerator: RandomNumberGenerator {
  /// All there is to know of what comes.
  package private(set) var state: UInt64

  /// - Parameter stream: tells the uses of one seed apart.
  package init(seed: UInt64, stream: UInt64 = 0) {
    state = seed
    guard stream > 0 else { return }
    state = next() ^ (stream &* 0x9e37_79b9_7f4a_7c15)
  }

  /// Goes on where another one was.
  package init(resuming state: UInt64) { self.state = state }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// Uniform in [0, 1), from the 53 upper bits.
  package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform below `bound`, without bias (Lemire, "Fast random integer generation in an interval", 2019).
  package mutating func below(_ bound: Int) -> Int {
    let bound = UInt64(bound)
    while true {
      let product = next().multipliedFullWidth(by: bound)
      // The second condition decides; the first spares most calls its division.
      if product.low >= bound || product.low >= (0 &- bound) % bound { return Int(product.high) }
    }
  }

  /// Fisher and Yates' shuffle. Written out because the standard library does not promise to keep its own.
  package mutating func shuffle<Element>(_ values: inout [Element]) {
    guard values.count > 1 else { return }
    for last in stride(from: values.count - 1, to: 0, by: -1) {
      values.swapAt(last, below(last + 1))
    }
  }
}
