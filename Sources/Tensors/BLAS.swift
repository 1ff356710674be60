internal import COpenBLAS

/// The few BLAS routines that are used, on row-major matrices. OpenBLAS keeps the thread count its host gave
/// it; nothing process-wide is changed here.
package enum BLAS {
  /// c = alpha * op(a) * op(b) + beta * c, where op transposes if asked; `m` x `n` x `k` after transposition.
  package static func gemm(
    transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int, alpha: Float = 1,
    _ a: UnsafePointer<Float>, stride aStride: Int, _ b: UnsafePointer<Float>, stride bStride: Int,
    beta: Float = 0, _ c: UnsafeMutablePointer<Float>, stride cStride: Int
  ) {
    unsafe cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      blasint(m), blasint(n), blasint(k), alpha, a, blasint(aStride), b, blasint(bStride), beta, c,
      blasint(cStride))
  }

  /// The same in double precision.
  package static func gemm(
    transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int, alpha: Double = 1,
    _ a: UnsafePointer<Double>, stride aStride: Int, _ b: UnsafePointer<Double>, stride bStride: Int,
    beta: Double = 0, _ c: UnsafeMutablePointer<Double>, stride cStride: Int
  ) {
    unsafe cblas_dgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      blasint(m), blasint(n), blasint(k), alpha, a, blasint(aStride), b, blasint(bStride), beta, c,
      blasint(cStride))
  }

  /// Vectors are worked on in pieces that OpenBLAS leaves to the calling thread.
  private static let piece = 8192

  /// The scalar product of two vectors of equal length.
  package static func dot(_ a: [Double], _ b: [Double]) -> Double {
    precondition(a.count == b.count)
    return unsafe a.withUnsafeBufferPointer { a in
      unsafe b.withUnsafeBufferPointer { b in
        guard let x = a.baseAddress, let y = b.baseAddress else { return 0 }
        return stride(from: 0, to: a.count, by: piece).reduce(0.0) { sum, start in
          unsafe sum + cblas_ddot(blasint(min(piece, a.count - start)), x + start, 1, y + start, 1)
        }
      }
    }
  }

  /// Adds `a`, times a factor, to a vector of equal length.
  package static func add(_ a: [Double], times factor: Double, to b: inout [Double]) {
    precondition(a.count == b.count)
    unsafe a.withUnsafeBufferPointer { a in
      unsafe b.withUnsafeMutableBufferPointer { b in
        guard let x = a.baseAddress, let y = b.baseAddress else { return }
        for start in stride(from: 0, to: a.count, by: piece) {
          unsafe cblas_daxpy(blasint(min(piece, a.count - start)), factor, x + start, 1, y + start, 1)
        }
      }
    }
  }

  /// Multiplies a vector by a factor.
  package static func scale(_ a: inout [Double], by factor: Double) {
    unsafe a.withUnsafeMutableBufferPointer { a in
      guard let x = a.baseAddress else { return }
      for start in stride(from: 0, to: a.count, by: piece) {
        unsafe cblas_dscal(blasint(min(piece, a.count - start)), factor, x + start, 1)
      }
    }
  }
}
