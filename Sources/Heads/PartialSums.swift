/// Sums of one thread's share of the rows. Only that thread touches it while a pass is under way.
final class PartialSums {
  var values: [Double]
  var loss = 0.0
  var scratch: [Double] = []

  init(count: Int) { values = Array(repeating: 0, count: count) }

  func reset() {
    for index in values.indices { values[index] = 0 }
    loss = 0
  }

  /// The sum over all parts, in their order.
  static func total(_ parts: [PartialSums]) -> [Double] {
    guard var total = parts.first?.values else { return [] }
    for part in parts.dropFirst() {
      for index in total.indices { total[index] += part.values[index] }
    }
    return total
  }
}

/// Room for one thread's tile.
final class Scratch {
  var floats: [Float] = []

  static func make(_ count: Int) -> [Scratch] { (0..<count).map { _ in Scratch() } }
}

/// What went wrong on each thread of a parallel pass; a thread writes only its own slot.
final class FailureBox {
  private final class Slot { var error: HeadsError? }
  private let slots: [Slot]

  init(_ count: Int) { slots = (0..<count).map { _ in Slot() } }

  func record(_ error: HeadsError, _ slot: Int) {
    if slots[slot].error == nil { slots[slot].error = error }
  }

  func isEmpty(_ slot: Int) -> Bool { slots[slot].error == nil }

  func rethrow() throws(HeadsError) {
    for slot in slots { if let error = slot.error { throw error } }
  }
}
