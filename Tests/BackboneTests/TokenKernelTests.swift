import Backbone
import CPermafrostKernels
import Glibc
import Tensors
import Testing

/// Layer norm and attention, on every instruction set, against sums in float64.
@Suite struct TokenKernelTests {
  @Test(arguments: [1, 7, 16, 33, 200], KernelTableTests.tables)
  func layerNormIsItsDefinition(channels: Int, isa: pf_isa) throws {
    let kernels = try unsafe #require(pf_network_kernels_for(isa)).pointee
    let rows = 3
    // Far from zero: a variance out of the mean of squares would be lost.
    let input = Self.values(rows * channels).map { $0 + 100 }
    let weight = Self.values(channels)
    let bias = weight.map { 1 - $0 }
    var output = [Float](repeating: 0, count: rows * channels)
    unsafe output.withUnsafeMutableBufferPointer { output in
      unsafe kernels.layer_norm(
        rows, channels, input, channels, weight, bias, 1e-5, output.baseAddress, channels)
    }
    for row in 0..<rows {
      let x = input[row * channels..<(row + 1) * channels].map { Double($0) }
      let mean = x.reduce(0, +) / Double(channels)
      let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(channels)
      for channel in 0..<channels {
        let normal = (x[channel] - mean) / (variance + 1e-5).squareRoot()
        let exact = normal * Double(weight[channel]) + Double(bias[channel])
        #expect(abs(Double(output[row * channels + channel]) - exact) <= 1e-4)
      }
    }
  }

  struct Shape: Sendable {
    var tokens, heads, channels: Int
  }

  /// Fewer tokens than a tile has rows, more than a block of queries, and channels that no vector divides.
  static let shapes = [
    Shape(tokens: 1, heads: 1, channels: 1), Shape(tokens: 5, heads: 3, channels: 7),
    Shape(tokens: 50, heads: 2, channels: 64), Shape(tokens: 197, heads: 2, channels: 64),
    Shape(tokens: 600, heads: 1, channels: 40),
  ]

  @Test(arguments: shapes, KernelTableTests.tables)
  func attentionIsItsDefinition(shape: Shape, isa: pf_isa) throws {
    let width = shape.heads * shape.channels
    // A gap behind each row, which stays as it was.
    let stride = 3 * width + 5
    let pictures = 2
    let input = Self.values(pictures * shape.tokens * stride).map { 3 * $0 }
    let output = try Self.attention(shape, stride, input, cuts: [0, pictures * shape.heads], isa)
    for picture in 0..<pictures {
      for head in 0..<shape.heads {
        func value(_ token: Int, _ part: Int, _ channel: Int) -> Double {
          let row = (picture * shape.tokens + token) * stride
          return Double(input[row + part * width + head * shape.channels + channel])
        }
        for query in Swift.stride(from: 0, to: shape.tokens, by: 7) {
          let scores = (0..<shape.tokens).map { key in
            (0..<shape.channels).reduce(0.0) { $0 + value(query, 0, $1) * value(key, 1, $1) }
              / Double(shape.channels).squareRoot()
          }
          let greatest = scores.max() ?? 0
          let shares = scores.map { exp($0 - greatest) }
          let sum = shares.reduce(0, +)
          for channel in 0..<shape.channels {
            let exact = (0..<shape.tokens).reduce(0.0) { $0 + shares[$1] * value($1, 2, channel) } / sum
            let place = (picture * shape.tokens + query) * stride + head * shape.channels + channel
            #expect(abs(Double(output[place]) - exact) <= 2e-5, "\(shape) \(isa)")
          }
        }
      }
    }
    // Keys, values and gaps are left alone.
    for row in Swift.stride(from: 0, to: input.count, by: stride) {
      #expect(output[row + width..<row + stride] == input[row + width..<row + stride])
    }
  }

  /// However the heads are cut into calls.
  @Test(arguments: KernelTableTests.tables)
  func aCutChangesNoBit(isa: pf_isa) throws {
    let shape = Shape(tokens: 70, heads: 3, channels: 20)
    let input = Self.values(2 * shape.tokens * 180)
    let whole = try Self.attention(shape, 180, input, cuts: [0, 6], isa)
    #expect(try Self.attention(shape, 180, input, cuts: [0, 1, 2, 5, 6], isa) == whole)
  }

  private static func attention(
    _ shape: Shape, _ stride: Int, _ input: [Float], cuts: [Int], _ isa: pf_isa
  ) throws -> [Float] {
    let kernels = try unsafe #require(pf_network_kernels_for(isa)).pointee
    var layout = pf_attention(
      tokens: shape.tokens, heads: shape.heads, head_channels: shape.channels, queries: shape.tokens,
      row_stride: stride)
    var rows = input
    let scratch = unsafe UnsafeMutableRawPointer.allocate(
      byteCount: kernels.attention_scratch(&layout), alignment: 64)
    defer { unsafe scratch.deallocate() }
    unsafe rows.withUnsafeMutableBufferPointer { rows in
      for (begin, end) in zip(cuts, cuts.dropFirst()) {
        unsafe kernels.attention(&layout, rows.baseAddress, begin, end, scratch)
      }
    }
    return rows
  }

  /// In -1..<1.
  private static func values(_ count: Int) -> [Float] {
    (0..<count).map { Float(splitMix64(UInt64($0)) >> 40) * 0x1p-23 - 1 }
  }
}
