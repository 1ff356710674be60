import CPermafrostKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Every instruction set of this machine against the definitions, in float64.
@Suite struct LinearKernelTests {
  private static let supported = (0..<UInt32(PF_ISA_COUNT)).map { pf_isa(rawValue: $0) }
    .filter { pf_isa_supported($0) }.map(\.rawValue)

  private static let sizes: [(rows: Int, dimension: Int, outputs: Int)] =
    [1, 3, 4, 16, 37].flatMap { rows in
      [1, 15, 16, 70, 1100].flatMap { dimension in
        [1, 2, 5, 7, 11].map { (rows, dimension, $0) }
      }
    }

  private func numbers(_ count: Int, _ seed: Int) -> [Float] {
    (0..<count).map { Float(($0 * 7919 + seed * 104_729) % 2003 - 1001) / 700 }
  }

  private func stride(_ rows: Int) -> Int {
    (rows + Int(PF_LINEAR_ROWS) - 1) / Int(PF_LINEAR_ROWS) * Int(PF_LINEAR_ROWS)
  }

  @Test(arguments: supported)
  func products(_ isa: UInt32) throws {
    let kernels = unsafe try #require(pf_linear_kernels_for(pf_isa(rawValue: isa)))
    for (rows, d, outputs) in Self.sizes {
      let stride = stride(rows)
      let (x, w) = (numbers(rows * d, 1), numbers(outputs * d, 2))
      var z = [Float](repeating: 0, count: outputs * stride)
      unsafe kernels.pointee.scores(x, rows, d, w, outputs, &z, stride)
      let r = numbers(outputs * stride, 3)
      var sums = w
      unsafe kernels.pointee.accumulate(x, rows, d, r, stride, outputs, &sums)
      for k in 0..<outputs {
        for t in 0..<rows {
          let wanted = (0..<d).reduce(0.0) { $0 + Double(x[t * d + $1]) * Double(w[k * d + $1]) }
          #expect(abs(Double(z[k * stride + t]) - wanted) < 2e-7 * Double(d) + 1e-6)
        }
        for j in 0..<d {
          let wanted = (0..<rows).reduce(Double(w[k * d + j])) {
            $0 + Double(r[k * stride + $1]) * Double(x[$1 * d + j])
          }
          #expect(abs(Double(sums[k * d + j]) - wanted) < 2e-5)
        }
      }
    }
  }

  @Test(arguments: supported)
  func aScoreDoesNotDependOnItsNeighbours(_ isa: UInt32) throws {
    let kernels = unsafe try #require(pf_linear_kernels_for(pf_isa(rawValue: isa)))
    let (rows, d, outputs) = (21, 1100, 7)
    let stride = stride(rows)
    let (x, w) = (numbers(rows * d, 1), numbers(outputs * d, 2))
    var together = [Float](repeating: 0, count: outputs * stride)
    unsafe kernels.pointee.scores(x, rows, d, w, outputs, &together, stride)
    for t in 0..<rows {
      for k in 0..<outputs {
        var alone = [Float](repeating: 0, count: Int(PF_LINEAR_ROWS))
        let (row, column) = (Array(x[t * d..<(t + 1) * d]), Array(w[k * d..<(k + 1) * d]))
        unsafe kernels.pointee.scores(row, 1, d, column, 1, &alone, alone.count)
        #expect(alone[0] == together[k * stride + t])
      }
    }
  }

  /// Probabilities, residuals and losses by their definition, in float64.
  private func expected(
    _ z: [Double], label: Int, share: Double
  ) -> (probabilities: [Double], residuals: [Double], loss: Double) {
    guard z.count > 1 else {
      let loss = max(z[0], 0) - Double(label) * z[0] + log1p(exp(-abs(z[0])))
      let wrong = 1 / (1 + exp(label == 1 ? z[0] : -z[0]))
      return ([1 / (1 + exp(-z[0]))], [share * (label == 1 ? -wrong : wrong)], share * loss)
    }
    let relative = z.map { exp($0 - z[label]) }
    let others = relative.indices.reduce(0.0) { $0 + ($1 == label ? 0 : relative[$1]) }
    let probabilities = relative.map { $0 / (1 + others) }
    var residuals = probabilities.map { share * $0 }
    residuals[label] = -share * others / (1 + others)
    return (probabilities, residuals, share * log1p(others))
  }

  @Test(arguments: supported)
  func lossesKeepTheirRelativePrecision(_ isa: UInt32) throws {
    let kernels = unsafe try #require(pf_linear_kernels_for(pf_isa(rawValue: isa)))
    for rows in [1, 5, 16, 19] {
      for outputs in [1, 3, 10] {
        let stride = stride(rows)
        // From undecided to nearly certain, right and wrong.
        var scores = [Float](repeating: 0, count: outputs * stride)
        for k in 0..<outputs {
          for t in 0..<rows { scores[k * stride + t] = Float((t * 7 + k * 5) % 11 - 5) * Float(t % 5) }
        }
        let bias = numbers(outputs, 2)
        var shares = [Float](repeating: 0, count: stride)
        var labels = [Int32](repeating: 0, count: stride)
        for t in 0..<rows {
          shares[t] = Float(t % 4) / 4
          labels[t] = Int32((t * 3) % max(outputs, 2))
        }
        var (z, p) = (scores, scores)
        var sums = [Double](repeating: 1, count: outputs)
        let targets = unsafe shares.withUnsafeBufferPointer { shares in
          unsafe labels.withUnsafeBufferPointer { labels in
            unsafe pf_linear_targets(shares: shares.baseAddress, labels: labels.baseAddress, rows: rows)
          }
        }
        let loss = withExtendedLifetime((shares, labels)) {
          unsafe kernels.pointee.losses(targets, bias, &z, stride, outputs, &p, &sums)
        }
        var (total, residualSums) = (0.0, [Double](repeating: 1, count: outputs))
        for t in 0..<rows {
          let row = (0..<outputs).map { Double(scores[$0 * stride + t] + bias[$0]) }
          let wanted = expected(row, label: Int(labels[t]), share: Double(shares[t]))
          total += wanted.loss
          for k in 0..<outputs {
            #expect(
              abs(Double(p[k * stride + t]) - wanted.probabilities[k]) <= 6e-6 * wanted.probabilities[k])
            #expect(
              abs(Double(z[k * stride + t]) - wanted.residuals[k]) <= 6e-6 * abs(wanted.residuals[k]))
            residualSums[k] += wanted.residuals[k]
          }
        }
        #expect(abs(loss - total) <= 3e-6 * total)
        for k in 0..<outputs { #expect(abs(sums[k] - residualSums[k]) < 1e-5) }
      }
    }
  }

  /// Products with denormal numbers take a hundred times as long.
  @Test(arguments: supported)
  func residualsOfFarClassesAreNotDenormal(_ isa: UInt32) throws {
    let kernels = unsafe try #require(pf_linear_kernels_for(pf_isa(rawValue: isa)))
    let stride = stride(16)
    for outputs in [1, 4] {
      var z = (0..<outputs * stride).map { -Float($0 % stride) * 8 - Float($0 / stride) }
      if outputs > 1 { for t in 0..<stride { z[t] = 0 } }
      var p = z
      var sums = [Double](repeating: 0, count: outputs)
      let shares = [Float](repeating: 1e-6, count: stride)
      let labels = [Int32](repeating: 0, count: stride)
      _ = unsafe shares.withUnsafeBufferPointer { shares in
        unsafe labels.withUnsafeBufferPointer { labels in
          unsafe kernels.pointee.losses(
            pf_linear_targets(shares: shares.baseAddress, labels: labels.baseAddress, rows: 16),
            [Float](repeating: 0, count: outputs), &z, stride, outputs, &p, &sums)
        }
      }
      for k in 0..<outputs { #expect((0..<16).allSatisfy { !z[k * stride + $0].isSubnormal }) }
      #expect(z[(outputs - 1) * stride + 1] != 0 && z[(outputs - 1) * stride + 15] == 0)
    }
  }

  @Test(arguments: supported)
  func standardizedRowsKeepTheirDigits(_ isa: UInt32) throws {
    let kernels = unsafe try #require(pf_linear_kernels_for(pf_isa(rawValue: isa)))
    for (rows, d) in [(1, 1), (3, 17), (9, 64)] {
      let mean = (0..<d).map { 1000 + Double($0) / 3 }
      let x = (0..<rows * d).map { Float(mean[$0 % d]) + Float($0 % 7) / 8 }
      let center = mean.map { Float($0) }
      let rest = zip(mean, center).map { Float($0 - Double($1)) }
      let factor = (0..<d).map { Float(1 + $0 % 3) }
      var y = x
      unsafe kernels.pointee.standardize(&y, rows, d, center, rest, factor)
      var sums = [Double](repeating: 0, count: d)
      var squares = sums
      unsafe kernels.pointee.moments(x, rows, d, center, &sums, &squares)
      for j in 0..<d {
        let column = (0..<rows).map { Double(x[$0 * d + j]) }
        for t in 0..<rows {
          let wanted = (column[t] - mean[j]) * Double(factor[j])
          #expect(abs(Double(y[t * d + j]) - wanted) <= 3e-7 * abs(wanted) + 1e-9)
        }
        let deviations = column.map { $0 - Double(center[j]) }
        #expect(abs(sums[j] - deviations.reduce(0, +)) < 1e-12)
        #expect(abs(squares[j] - deviations.reduce(0) { $0 + $1 * $1 }) < 1e-12)
      }
    }
  }
}
