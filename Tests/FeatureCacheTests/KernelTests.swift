import CPermafrostKernels
import Testing

/// Every table that this machine can run, against definitions written here a second time (fault 21 of
/// Docs/Faults.md).
@Suite struct RowKernelTests {

  private static let codes = (0...UInt16.max).map { $0 }

  /// IEEE 754-2008, 3.4: sign, 5 bits of exponent biased by 15, 10 bits of fraction. A NaN becomes quiet.
  private static func widenedHalf(_ code: UInt16) -> UInt32 {
    let sign: Float = code & 0x8000 == 0 ? 1 : -1
    let exponent = Int(code >> 10) & 31
    let fraction = Float(code & 1023)
    switch exponent {
    case 0: return (sign * fraction / 16_777_216).bitPattern
    case 31 where fraction == 0: return (sign * .infinity).bitPattern
    case 31: return UInt32(code & 0x8000) << 16 | 0x7fc0_0000 | UInt32(code & 1023) << 13
    default:
      return (sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)).bitPattern
    }
  }

  @Test func everyHalfCodeWidens() {
    let expected = Self.codes.map(Self.widenedHalf)
    for table in RowTable.all {
      let output = table.widenHalves(Self.codes)
      #expect(output.map(\.bitPattern) == expected, "\(table.name)")
    }
  }

  @Test func everyBfloatCodeWidens() {
    let expected = Self.codes.map { UInt32($0) << 16 }
    for table in RowTable.all {
      let output = table.widenBfloats(Self.codes)
      #expect(output.map(\.bitPattern) == expected, "\(table.name)")
    }
  }

  @Test func everyInt8Widens() {
    let codes = (Int8.min...Int8.max).map { $0 }
    let scale: Float = 0.3712
    let expected = codes.map { Float($0) * scale }
    for table in RowTable.all {
      let output = table.widenIntegers(codes, scale)
      #expect(output == expected, "\(table.name)")
    }
  }

  /// Counts that are no multiple of any vector, at addresses that are aligned to nothing.
  @Test func tailsStayInside() {
    for table in RowTable.all {
      for count in 0...70 {
        // The wrapper hands over buffers that start one element in and end in a guard.
        let input = Array(Self.codes[0x3c02..<0x3c02 + count])
        let floats = table.widenHalves(input)
        #expect(floats.map(\.bitPattern) == input.map(Self.widenedHalf))
        #expect(table.narrowToHalves(floats) == input)
        #expect(table.widenBfloats(table.narrowToBfloats(floats)).count == count)
        let integers = (0..<count).map { Int8($0) }
        #expect(table.widenIntegers(integers, 2) == integers.map { Float($0) * 2 })
      }
    }
  }

  /// Codes, the midpoints between neighbours, and the numbers just beside those, where rounding is decided.
  @Test func narrowingRoundsToNearestEven() {
    for table in RowTable.all {
      check(
        table.name, infinity: 0x7c00, widen: { Float(bitPattern: Self.widenedHalf($0)) },
        narrow: table.narrowToHalves)
      check(
        table.name, infinity: 0x7f80, widen: { Float(bitPattern: UInt32($0) << 16) },
        narrow: table.narrowToBfloats)
    }
  }

  private func check(
    _ name: String, infinity: UInt16, widen: (UInt16) -> Float, narrow: ([Float]) -> [UInt16]
  ) {
    var inputs: [Float] = []
    var expected: [UInt16] = []
    for code in 0..<infinity {
      let value = widen(code)
      inputs.append(value)
      expected.append(code)
      guard code + 1 < infinity else { continue }
      let middle = value + (widen(code + 1) - value) / 2
      guard middle > value, middle < widen(code + 1) else { continue }
      inputs += [middle.nextDown, middle, middle.nextUp]
      expected += [code, code & 1 == 0 ? code : code + 1, code + 1]
    }
    inputs += inputs.map { -$0 }
    expected += expected.map { $0 | 0x8000 }
    inputs += [.infinity, -.infinity, .greatestFiniteMagnitude]
    expected += [infinity, infinity | 0x8000, infinity]
    let wrong = zip(inputs, zip(narrow(inputs), expected)).first { $1.0 != $1.1 }
    #expect(wrong == nil, "\(name)")
    #expect(narrow([.nan]).allSatisfy { widen($0).isNaN }, "\(name)")
  }

  @Test func largestMagnitudes() {
    let values: [Float] = (0..<70).map { index in
      let magnitude = Float(index * 37 % 71)
      return index % 3 == 0 ? -magnitude : magnitude
    }
    for table in RowTable.all {
      for count in 0...70 {
        for start in 0..<min(3, 71 - count) {
          let part = Array(values[start..<start + count])
          let expected = part.map(\.magnitude).max() ?? 0
          #expect(table.largestMagnitude(part) == expected.bitPattern, "\(table.name) \(count)")
        }
        guard count > 0 else { continue }
        for (odd, place) in [
          (Float.infinity, count / 2), (-.infinity, count - 1), (.nan, 0), (-.nan, count - 1),
        ] {
          var part = Array(values[..<count])
          part[place] = odd
          #expect(table.largestMagnitude(part) == odd.magnitude.bitPattern, "\(table.name) \(count)")
        }
      }
    }
  }

  /// RFC 3720, appendix B.4, and the check value of the CRC catalogue.
  @Test func crc32cKnownVectors() {
    let vectors: [([UInt8], UInt32)] = [
      (Array(repeating: 0, count: 32), 0x8a91_36aa), (Array(repeating: 0xff, count: 32), 0x62a8_ab43),
      (Array(0..<32), 0x46dd_794e), (Array((0..<32).reversed()), 0x113f_db5c),
      (Array("123456789".utf8), 0xe306_9283), ([], 0),
    ]
    for table in RowTable.all {
      for (bytes, expected) in vectors {
        #expect(table.crc32c(bytes) == expected)
      }
    }
  }

  @Test func crc32cOfLongAndSplitInputs() {
    var state: UInt32 = 1
    let bytes = (0..<100_003).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
    var expected = UInt32.max
    for byte in bytes {
      expected ^= UInt32(byte)
      for _ in 0..<8 { expected = expected >> 1 ^ (expected & 1 == 1 ? 0x82f6_3b78 : 0) }
    }
    expected = ~expected
    for table in RowTable.all {
      #expect(table.crc32c(bytes) == expected)
      for cut in [1, 7, 4096, 12_287, 12_289, 50_000] {
        let first = table.crc32c(Array(bytes[..<cut]))
        #expect(table.crc32c(Array(bytes[cut...]), continuing: first) == expected)
      }
    }
    #expect(unsafe pf_crc32c(0, bytes, bytes.count) == expected)
    for cut in [0, 1, 7, 4096, 50_000, bytes.count] {
      let (first, second) = (
        RowTable.all[0].crc32c(Array(bytes[..<cut])), RowTable.all[0].crc32c(Array(bytes[cut...]))
      )
      #expect(pf_crc32c_joined(first, second, bytes.count - cut) == expected)
    }
  }
}

/// A kernel table over arrays. Inputs and outputs start one element into their memory, so that they are
/// aligned to nothing, and an element after the output tells whether it was overrun.
@safe private struct RowTable: @unchecked Sendable {  // the tables are constants
  let name: String
  private let kernels: UnsafePointer<pf_row_kernels>

  static let all: [RowTable] = [PF_ISA_PORTABLE, PF_ISA_AVX2, PF_ISA_AVX512, PF_ISA_NEON].compactMap {
    RowTable($0)
  }

  private init?(_ isa: pf_isa) {
    guard let kernels = unsafe pf_row_kernels_for(isa) else { return nil }
    unsafe self.kernels = kernels
    name = unsafe String(cString: kernels.pointee.name)
  }

  func widenHalves(_ codes: [UInt16]) -> [Float] {
    unsafe run(codes, filler: -1) { unsafe kernels.pointee.widen_f16($0, $1, $2) }
  }

  func widenBfloats(_ codes: [UInt16]) -> [Float] {
    unsafe run(codes, filler: -1) { unsafe kernels.pointee.widen_bf16($0, $1, $2) }
  }

  func widenIntegers(_ codes: [Int8], _ scale: Float) -> [Float] {
    unsafe run(codes, filler: -1) { unsafe kernels.pointee.widen_i8($0, scale, $1, $2) }
  }

  func narrowToHalves(_ values: [Float]) -> [UInt16] {
    unsafe run(values, filler: 0xabcd) { unsafe kernels.pointee.narrow_f16($0, $1, $2) }
  }

  func narrowToBfloats(_ values: [Float]) -> [UInt16] {
    unsafe run(values, filler: 0xabcd) { unsafe kernels.pointee.narrow_bf16($0, $1, $2) }
  }

  func largestMagnitude(_ values: [Float]) -> UInt32 {
    unsafe kernels.pointee.largest_magnitude(values, values.count)
  }

  func crc32c(_ bytes: [UInt8], continuing crc: UInt32 = 0) -> UInt32 {
    unsafe kernels.pointee.crc32c(crc, bytes, bytes.count)
  }

  private func run<Input: Numeric, Output: Equatable>(
    _ input: [Input], filler: Output,
    _ kernel: (UnsafePointer<Input>?, UnsafeMutablePointer<Output>?, Int) -> Void
  ) -> [Output] {
    let shifted = [0] + input
    var output = [Output](repeating: filler, count: input.count + 2)
    unsafe shifted.withUnsafeBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { target in
        unsafe kernel(source.baseAddress?.advanced(by: 1), target.baseAddress?.advanced(by: 1), input.count)
      }
    }
    #expect(output.first == filler && output.last == filler, "\(name) wrote outside its output")
    return Array(output.dropFirst().dropLast())
  }
}
