import CPermafrostKernels
import Glibc
import Testing

/// The activations that are no clamps, on every instruction set, against the C library in float64.
@Suite struct CurveTests {
  /// A function, its kernel, and whether its values are held relative to themselves rather than to their input.
  struct Curve: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let kernel: pf_activation
    let isRelative: Bool
    let value: @Sendable (Double) -> Double
  }

  static let curves = [
    Curve(testDescription: "SiLU", kernel: PF_ACTIVATION_SILU, isRelative: true) { $0 / (1 + exp(-$0)) },
    Curve(testDescription: "sigmoid", kernel: PF_ACTIVATION_SIGMOID, isRelative: true) { 1 / (1 + exp(-$0)) },
    Curve(testDescription: "GELU", kernel: PF_ACTIVATION_GELU, isRelative: false) {
      $0 * erfc(-$0 / 2.0.squareRoot()) / 2
    },
    Curve(testDescription: "hard swish", kernel: PF_ACTIVATION_HARD_SWISH, isRelative: true) {
      $0 * min(max($0 + 3, 0), 6) / 6
    },
    Curve(testDescription: "hard sigmoid", kernel: PF_ACTIVATION_HARD_SIGMOID, isRelative: false) {
      min(max($0 + 3, 0), 6) / 6
    },
  ]

  @Test(arguments: curves, KernelTableTests.tables)
  func everyValueIsNearTheExactOne(curve: Curve, isa: pf_isa) throws {
    // Dense about zero, and out to where e^x has no float.
    let steps: [Float] = [1 / 4096, 1 / 128, 1 / 32, 1 / 5.5]
    let inputs = steps.flatMap { step in (-501...501).map { Float($0) * step } }
    let outputs = try Self.apply(curve, inputs, isa)
    for (x, y) in zip(inputs, outputs) {
      let exact = curve.value(Double(x))
      let error = abs(Double(y) - exact)
      // Relative accuracy ends where e^-x is too large for a float, and the result so small that it becomes 0.
      let allowed = curve.isRelative ? abs(exact) + 1e-30 : max(1, abs(Double(x)))
      // A hard swish loses what x + 3 loses near -3.
      let slack = curve.kernel == PF_ACTIVATION_HARD_SWISH ? 1e-6 : 0
      #expect(error <= 3e-7 * (allowed + slack), "\(x)")
    }
  }

  @Test(arguments: curves, KernelTableTests.tables)
  func farOutItTendsToItsLimits(curve: Curve, isa: pf_isa) throws {
    let inputs: [Float] = [-3e38, -200, -100, 100, 200, 1e30, .infinity, .nan]
    let outputs = try Self.apply(curve, inputs, isa)
    let isGate = curve.kernel == PF_ACTIVATION_SIGMOID || curve.kernel == PF_ACTIVATION_HARD_SIGMOID
    for (x, y) in zip(inputs.dropLast(), outputs) {
      #expect(y == (x < 0 ? 0 : isGate ? 1 : x), "\(x)")
    }
    #expect(outputs.last?.isNaN == true)
    if isGate || curve.kernel == PF_ACTIVATION_GELU {
      #expect(try Self.apply(curve, [-.infinity], isa) == [0])
    }
  }

  /// Rows of seven channels with gaps between them: the gaps stay as they were.
  @Test(arguments: curves, KernelTableTests.tables)
  func aStridedPixelHasTheSameBits(curve: Curve, isa: pf_isa) throws {
    let inputs = (0..<21).map { Float($0) / 4 - 2 }
    let whole = try Self.apply(curve, inputs, isa)
    let kernels = try unsafe #require(pf_network_kernels_for(isa)).pointee
    var spread = [Float](repeating: 9, count: 3 * 10)
    unsafe spread.withUnsafeMutableBufferPointer { spread in
      unsafe kernels.affine(3, 7, inputs, 7, nil, nil, curve.kernel, spread.baseAddress, 10)
    }
    for row in 0..<3 {
      #expect(Array(spread[row * 10..<row * 10 + 7]) == Array(whole[row * 7..<row * 7 + 7]))
      #expect(spread[row * 10 + 7..<row * 10 + 10].allSatisfy { $0 == 9 })
    }
  }

  private static func apply(_ curve: Curve, _ inputs: [Float], _ isa: pf_isa) throws -> [Float] {
    let kernels = try unsafe #require(pf_network_kernels_for(isa)).pointee
    var outputs = inputs
    let count = inputs.count
    unsafe outputs.withUnsafeMutableBufferPointer { outputs in
      unsafe kernels.affine(
        1, count, outputs.baseAddress, count, nil, nil, curve.kernel, outputs.baseAddress, count)
    }
    return outputs
  }
}
