import Report
import Testing

@Suite struct AxisTests {
  static let ranges: [(Double, Double)] = [
    (0, 1), (0.831, 0.848), (0.2, 0.97), (1e-9, 2e-9), (-5, 5), (0, 12345), (0.5, 0.5), (0, 0),
    (7, 7.0000001),
  ]

  @Test(arguments: ranges) func linearTicksAreRoundEvenAndCover(_ low: Double, _ high: Double) throws {
    for count in 2...8 {
      let axis = Axis(covering: [low, high], ticks: count)
      #expect(axis.low <= low && axis.high >= high && axis.low < axis.high)
      #expect(axis.ticks.count >= 2 && axis.ticks.count <= 2 * count + 3)
      let step = axis.ticks[1] - axis.ticks[0]
      let mantissa = step / Logarithm.power(Logarithm.exponent(ofTenAtMost: step * 1.000001))
      #expect([1.0, 2, 5].contains { abs(mantissa - $0) < 1e-5 })
      for (a, b) in zip(axis.ticks, axis.ticks.dropFirst()) { #expect(abs(b - a - step) < step * 1e-6) }
      for tick in axis.ticks { #expect(tick >= axis.low - step * 1e-6 && tick <= axis.high + step * 1e-6) }
      #expect(Set(axis.labels).count == axis.ticks.count, "\(axis.labels)")
    }
  }

  @Test func limitsHold() {
    let axis = Axis(covering: [0.02, 0.99], ticks: 4, within: 0...1)
    #expect(axis.low == 0 && axis.high == 1)
    #expect(axis.percentLabels.first == "0\u{A0}%" && axis.percentLabels.last == "100\u{A0}%")
  }

  @Test(arguments: [[Double](), [.nan], [.infinity, -.infinity], [.nan, 0.5], [1e308, -1e308]])
  func strangeValuesGiveAnAxis(_ values: [Double]) {
    for axis in [Axis(covering: values), Axis(logarithmicCovering: values)] {
      #expect(axis.low < axis.high)
      #expect(axis.ticks.count <= 100)
      for value in values + [0, -1, .nan, .infinity] {
        #expect((0...1).contains(axis.position(value)))
      }
    }
  }

  @Test func logarithmicTicksArePowersOfTen() {
    let axis = Axis(logarithmicCovering: [1e-5, 1e2], ticks: 4)
    #expect(axis.low == 1e-5 && axis.high == 100)
    #expect(axis.labels == ["10⁻⁴", "10⁻²", "1", "10²"])
    #expect(abs(axis.position(1e-5 * 1e3.squareRoot() * 1e2) - 0.5) < 1e-9)
    #expect(Axis(logarithmicCovering: [0.1, 10]).labels == ["0.1", "1", "10"])
  }

  @Test func labelsMoveApart() {
    let places = LabelSpacing.spread([10, 11, 50, 98, 99], distance: 15, within: 0...100)
    for (a, b) in zip(places, places.dropFirst()) { #expect(b - a >= 15) }
    #expect(places[2] == 50 && places[4] == 100)
  }
}
