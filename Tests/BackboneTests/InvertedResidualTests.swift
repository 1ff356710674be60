import CPermafrostKernels
import Testing

/// The three convolutions of an inverted residual in one, against the same three one after the other: bits.
@Suite struct InvertedResidualTests {
  static let tables = [PF_ISA_PORTABLE, PF_ISA_AVX2, PF_ISA_AVX512, PF_ISA_NEON].filter {
    pf_isa_supported($0)
  }

  struct Block: CustomTestStringConvertible {
    var inputs = 0
    var height = 0
    var width = 0
    var hidden = 0
    var kernel = 3
    var stride = 1
    var outputs = 0
    var expands = true
    var projects = true

    var testDescription: String { "\(self)" }
    var outHeight: Int { (height + 2 * (kernel / 2) - kernel) / stride + 1 }
    var outWidth: Int { (width + 2 * (kernel / 2) - kernel) / stride + 1 }
  }

  /// Bands of lines, whole pictures and several of them; every window that has code of its own, and another.
  static let blocks = [
    Block(inputs: 32, height: 40, width: 112, hidden: 32, outputs: 16, expands: false),
    Block(inputs: 16, height: 30, width: 112, hidden: 96, stride: 2, outputs: 24),
    Block(inputs: 24, height: 56, width: 56, hidden: 144, outputs: 24),
    Block(inputs: 24, height: 56, width: 56, hidden: 144, kernel: 5, stride: 2, projects: false),
    Block(inputs: 40, height: 28, width: 28, hidden: 240, kernel: 5, projects: false),
    Block(inputs: 64, height: 14, width: 14, hidden: 384, outputs: 96),
    Block(inputs: 96, height: 14, width: 14, hidden: 200, stride: 2, outputs: 160),
    Block(inputs: 50, height: 7, width: 7, hidden: 333, outputs: 70),
    Block(inputs: 13, height: 9, width: 5, hidden: 50, kernel: 7, stride: 3, outputs: 21),
    Block(inputs: 21, height: 6, width: 19, hidden: 21, outputs: 7, expands: false, projects: false),
  ]

  @Test(arguments: tables, blocks)
  func fusedIsOneAfterTheOther(isa: pf_isa, block: Block) throws {
    let kernels = unsafe try #require(pf_network_kernels_for(isa)).pointee
    let run = unsafe FusedRun(block, kernels: kernels, pictures: 3)
    run.separately()
    let lines = 3 * block.outHeight
    run.fused([0, lines])
    #expect(run.agrees)
    run.fused([0, 1, lines / 3, lines / 3 + 2, lines / 2, lines - 1, lines])
    #expect(run.agrees)
  }
}

/// One block, its random weights and pictures, and both ways of computing it.
@safe private final class FusedRun {
  let block: InvertedResidualTests.Block
  let kernels: pf_network_kernels
  let pictures: Int
  var (expand, window, project) = (pf_convolution(), pf_window(), pf_convolution())
  let input, bias, residual, expandWeights, depthwiseWeights, projectWeights: [Float]
  private var output, average, fusedOutput, fusedAverage: [UInt32]

  init(_ block: InvertedResidualTests.Block, kernels: pf_network_kernels, pictures: Int) {
    (self.block, self.pictures) = (block, pictures)
    unsafe self.kernels = unsafe kernels
    let (pixels, outPixels) = (block.height * block.width, block.outHeight * block.outWidth)
    expand = Self.pointwise(block.inputs, block.hidden, block.height, block.width)
    project = Self.pointwise(block.hidden, block.outputs, block.outHeight, block.outWidth)
    window.channels = block.hidden
    (window.in_height, window.in_width) = (block.height, block.width)
    (window.out_height, window.out_width) = (block.outHeight, block.outWidth)
    (window.kernel_height, window.kernel_width) = (block.kernel, block.kernel)
    (window.stride_height, window.stride_width) = (block.stride, block.stride)
    (window.padding_height, window.padding_width) = (block.kernel / 2, block.kernel / 2)
    (window.dilation_height, window.dilation_width) = (1, 1)
    (window.in_pixel_stride, window.in_picture_stride) = (block.hidden, block.hidden * pixels)
    (window.out_pixel_stride, window.out_picture_stride) = (block.hidden, block.hidden * outPixels)
    var generator = Dice()
    input = generator.floats(pictures * pixels * block.inputs)
    bias = generator.floats(max(block.hidden, block.outputs))
    residual = generator.floats(pictures * outPixels * max(block.outputs, block.hidden))
    depthwiseWeights = generator.floats(block.kernel * block.kernel * block.hidden)
    var (first, last) = (expand, project)
    expandWeights = unsafe Self.packed(generator.floats(block.inputs * block.hidden), &first, kernels)
    projectWeights = unsafe Self.packed(generator.floats(block.hidden * block.outputs), &last, kernels)
    (output, average, fusedOutput, fusedAverage) = ([], [], [], [])
  }

  private static func pointwise(_ inputs: Int, _ outputs: Int, _ height: Int, _ width: Int) -> pf_convolution
  {
    pf_convolution(
      in_channels: inputs, in_height: height, in_width: width, out_channels: outputs, out_height: height,
      out_width: width, kernel_height: 1, kernel_width: 1, stride_height: 1, stride_width: 1,
      padding_height: 0,
      padding_width: 0, dilation_height: 1, dilation_width: 1, groups: 1, in_pixel_stride: inputs,
      in_picture_stride: inputs * height * width, out_row_stride: outputs)
  }

  private static func packed(
    _ weights: [Float], _ shape: inout pf_convolution, _ kernels: pf_network_kernels
  ) -> [Float] {
    guard !weights.isEmpty else { return [] }
    var packed = [Float](repeating: 0, count: unsafe kernels.packed_convolution_count(&shape))
    unsafe kernels.pack_convolution(&shape, weights, &packed)
    return packed
  }

  /// Compared as a whole, since a list of the differences would have no end.
  var agrees: Bool { fusedOutput == output && fusedAverage == average && !output.isEmpty }

  private func bits(_ floats: [Float]) -> [UInt32] { floats.map(\.bitPattern) }

  private func convolve(
    _ shape: inout pf_convolution, _ input: [Float], _ weights: [Float], residual: [Float]?,
    _ activation: pf_activation
  ) -> [Float] {
    let rows = pictures * shape.out_height * shape.out_width
    var output = [Float](repeating: 0, count: rows * shape.out_channels)
    unsafe withScratch(kernels.convolution_scratch(&shape, rows)) { scratch in
      unsafe withEpilogue(residual, shape.out_channels, activation) { epilogue in
        unsafe kernels.convolve(
          &shape, input, weights, epilogue, &output, 0, rows, 0, kernels.convolution_column_chunks(&shape),
          scratch)
      }
    }
    return output
  }

  private func withScratch(_ bytes: Int, _ body: (UnsafeMutableRawPointer?) -> Void) {
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: max(1, bytes), alignment: 64)
    defer { unsafe scratch.deallocate() }
    unsafe body(scratch)
  }

  private func withEpilogue(
    _ residual: [Float]?, _ channels: Int, _ activation: pf_activation, _ body: (pf_epilogue) -> Void
  ) {
    unsafe bias.withUnsafeBufferPointer { bias in
      unsafe (residual ?? []).withUnsafeBufferPointer { values in
        unsafe body(
          pf_epilogue(
            bias: bias.baseAddress, residual: residual == nil ? nil : values.baseAddress,
            residual_stride: channels, activation: activation))
      }
    }
  }

  /// Expand, depthwise and project with all hidden activations in memory, and the average of the second.
  func separately() {
    let hidden =
      block.expands
      ? convolve(&expand, input, expandWeights, residual: nil, PF_ACTIVATION_RELU6) : input
    var filtered = [Float](repeating: 0, count: pictures * window.out_picture_stride)
    let kept = block.projects ? nil : residual
    unsafe withEpilogue(kept, block.hidden, PF_ACTIVATION_RELU6) { epilogue in
      unsafe kernels.depthwise(
        &window, hidden, depthwiseWeights, epilogue, &filtered, 0, pictures * block.outHeight)
    }
    output = bits(
      block.projects
        ? convolve(&project, filtered, projectWeights, residual: residual, PF_ACTIVATION_NONE) : filtered)
    var pool = window
    (pool.in_height, pool.in_width, pool.out_height, pool.out_width) = (block.outHeight, block.outWidth, 1, 1)
    (pool.in_picture_stride, pool.out_picture_stride) = (window.out_picture_stride, block.hidden)
    var sums = [Float](repeating: 0, count: pictures * block.hidden)
    unsafe kernels.adaptive_average_pool(&pool, filtered, &sums, 0, pictures)
    average = bits(sums)
  }

  /// The same in calls from each of `cuts` to the next.
  func fused(_ cuts: [Int]) {
    let channels = block.projects ? block.outputs : block.hidden
    var output = [Float](repeating: 0, count: pictures * block.outHeight * block.outWidth * channels)
    var sums = [Float](repeating: 0, count: pictures * block.outHeight * block.hidden)
    var average = [Float](repeating: 0, count: pictures * block.hidden)
    unsafe withBlock { whole in
      var whole = unsafe whole
      unsafe withScratch(kernels.inverted_residual_scratch(&whole)) { scratch in
        for (begin, end) in zip(cuts, cuts.dropFirst()) {
          unsafe kernels.inverted_residual(&whole, input, &output, &sums, begin, end, scratch)
        }
      }
    }
    unsafe kernels.average_lines(
      pictures, block.outHeight, block.outWidth, block.hidden, sums, &average, block.hidden)
    (fusedOutput, fusedAverage) = (bits(output), bits(average))
  }

  private func withBlock(_ body: (pf_inverted_residual) -> Void) {
    unsafe withUnsafePointer(to: expand) { expand in
      unsafe withUnsafePointer(to: window) { window in
        unsafe withUnsafePointer(to: project) { project in
          unsafe expandWeights.withUnsafeBufferPointer { first in
            unsafe depthwiseWeights.withUnsafeBufferPointer { second in
              unsafe projectWeights.withUnsafeBufferPointer { third in
                unsafe withEpilogue(nil, 0, PF_ACTIVATION_RELU6) { clamped in
                  unsafe withEpilogue(
                    residual, block.projects ? block.outputs : block.hidden,
                    block.projects ? PF_ACTIVATION_NONE : PF_ACTIVATION_RELU6
                  ) { last in
                    unsafe body(
                      pf_inverted_residual(
                        expand: block.expands ? expand : nil, depthwise: window,
                        project: block.projects ? project : nil, expand_weights: first.baseAddress,
                        depthwise_weights: second.baseAddress, project_weights: third.baseAddress,
                        expand_epilogue: clamped, depthwise_epilogue: block.projects ? clamped : last,
                        project_epilogue: last))
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}

/// Values in -1..<1.
private struct Dice {
  var state: UInt64 = 88_172_645_463_325_252

  mutating func floats(_ count: Int) -> [Float] {
    (0..<count).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return 2 * Float(state >> 40) * 0x1p-24 - 1
    }
  }
}
