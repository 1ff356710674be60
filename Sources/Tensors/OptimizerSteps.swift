internal import CPermafrostKernels

/// One step of an optimizer on float32 parameters, in place.
package enum OptimizerSteps {
  private nonisolated(unsafe) static let kernels: UnsafePointer<pf_optimizer_kernels> = {
    let best = unsafe pf_optimizer_kernels_for(pf_isa_best())
    return unsafe best ?? pf_optimizer_kernels_for(PF_ISA_PORTABLE)
  }()

  /// The numbers of an Adam step whose meaning does not depend on the parameter.
  package struct Adam {
    /// Weight of the squared norm in the gradient, and what is left of a parameter by decoupled decay.
    package var l2: Float
    package var keep: Float
    package var beta1: Float
    package var beta2: Float
    /// Learning rate over the first moment's bias correction.
    package var rate: Float
    /// 1 over the root of the second moment's bias correction.
    package var rootScale: Float
    package var epsilon: Float

    package init(
      l2: Float, keep: Float, beta1: Float, beta2: Float, rate: Float, rootScale: Float, epsilon: Float
    ) {
      self.l2 = l2
      self.keep = keep
      self.beta1 = beta1
      self.beta2 = beta2
      self.rate = rate
      self.rootScale = rootScale
      self.epsilon = epsilon
    }
  }

  /// Traps unless all arrays have one length, here and below. With a pool its threads share the parameters;
  /// the bits are the same.
  package static func adam(
    _ parameters: inout [Float], gradient: [Float], first: inout [Float], second: inout [Float], _ step: Adam,
    on pool: WorkerPool? = nil
  ) {
    let count = parameters.count
    precondition(gradient.count == count && first.count == count && second.count == count)
    unsafe parameters.withUnsafeMutableBufferPointer { parameters in
      unsafe gradient.withUnsafeBufferPointer { gradient in
        unsafe first.withUnsafeMutableBufferPointer { first in
          unsafe second.withUnsafeMutableBufferPointer { second in
            guard let w = parameters.baseAddress, let g = gradient.baseAddress, let m = first.baseAddress,
              let v = second.baseAddress
            else { return }
            func run(_ range: Range<Int>) {
              let start = range.lowerBound
              unsafe kernels.pointee.adam(
                w + start, g + start, m + start, v + start, range.count, step.l2, step.beta1, step.beta2,
                step.keep, step.rate, step.rootScale, step.epsilon)
            }
            if let pool, count > piece {
              pool.forEach((count + piece - 1) / piece) { index, _ in
                run(index * piece..<min((index + 1) * piece, count))
              }
            } else {
              run(0..<count)
            }
          }
        }
      }
    }
  }

  /// Parameters that a thread takes at once: many vectors, so that only the last piece ends within one.
  private static let piece = 1 << 16

  package static func momentum(
    _ parameters: inout [Float], gradient: [Float], velocity: inout [Float], l2: Float, momentum: Float,
    rate: Float
  ) {
    let count = parameters.count
    precondition(gradient.count == count && velocity.count == count)
    unsafe kernels.pointee.momentum(&parameters, gradient, &velocity, count, l2, momentum, rate)
  }
}
