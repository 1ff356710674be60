import Glibc

/// SplitMix64 (Steele, Lea, Flood 2014): the same pictures on every machine for the same seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  /// A stream of its own for every combination of the three numbers.
  init(_ first: UInt64, _ second: UInt64, _ third: UInt64) {
    var mixer = SeededGenerator(seed: first)
    mixer.state = mixer.next() ^ second
    mixer.state = mixer.next() ^ third
    state = mixer.next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in [0, 1), 24 bits.
  mutating func unit() -> Float {
    Float(next() >> 40) * 0x1p-24
  }

  mutating func uniform(_ low: Float, _ high: Float) -> Float {
    low + (high - low) * unit()
  }

  mutating func integer(_ low: Int, _ high: Int) -> Int {
    low + Int(next() % UInt64(high - low + 1))
  }

  mutating func chance(_ probability: Float) -> Bool {
    unit() < probability
  }

  mutating func sign() -> Float {
    chance(0.5) ? 1 : -1
  }

  /// Standard normal, Box and Muller's method.
  mutating func gaussian() -> Float {
    let radius = (-2 * log(max(unit(), 0x1p-24))).squareRoot()
    return radius * cos(2 * .pi * unit())
  }

  /// One element of a list that is not empty.
  mutating func choice<Element>(_ elements: [Element]) -> Element {
    elements[integer(0, elements.count - 1)]
  }
}
