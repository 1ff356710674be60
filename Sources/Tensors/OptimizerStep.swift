internal import CPermafrostKernels

/// One step of an optimizer on float32 parameters and what it remembers of them.
package struct OptimizerStep {
  package enum Method {
    /// Leaves the parameters, and puts the gradient where the first moments are.
    case none
    /// The heavy ball's, or Nesterov's.
    case momentum(Float, isNesterov: Bool)
    /// With the first moment's bias correction in the rate.
    ///
    /// - Parameters:
    ///   - rootScale: 1 over the root of the second moment's bias correction.
    ///   - keep: what decoupled decay leaves of a parameter.
    case adam(beta1: Float, beta2: Float, rootScale: Float, epsilon: Float, keep: Float)
  }

  package var method: Method
  package var rate: Float
  /// Weight of the parameters in the gradient.
  package var l2: Float

  package init(_ method: Method, rate: Float = 0, l2: Float = 0) {
    (self.method, self.rate, self.l2) = (method, rate, l2)
  }

  package var hasSecondMoments: Bool { if case .adam = method { true } else { false } }

  /// The form that kernels read.
  var kernelStep: pf_step {
    var step = pf_step()
    (step.rate, step.l2) = (rate, l2)
    switch method {
    case .none:
      step.optimizer = PF_OPTIMIZER_NONE
    case .momentum(let momentum, let isNesterov):
      step.optimizer = isNesterov ? PF_OPTIMIZER_NESTEROV : PF_OPTIMIZER_MOMENTUM
      step.beta1 = momentum
    case .adam(let beta1, let beta2, let rootScale, let epsilon, let keep):
      step.optimizer = PF_OPTIMIZER_ADAM
      (step.beta1, step.beta2, step.keep) = (beta1, beta2, keep)
      (step.root_scale, step.epsilon) = (rootScale, epsilon)
    }
    return step
  }

  /// Moves parameters. Traps where the arrays differ in length; without second moments `second` may be empty.
  package func move(
    _ parameters: inout [Float], gradient: [Float], first: inout [Float], second: inout [Float]
  ) {
    let count = parameters.count
    precondition(gradient.count == count && first.count == count)
    precondition(second.count == count || !hasSecondMoments)
    var step = kernelStep
    unsafe parameters.withUnsafeMutableBufferPointer { w in
      unsafe first.withUnsafeMutableBufferPointer { m in
        unsafe second.withUnsafeMutableBufferPointer { v in
          let all = unsafe pf_optimized(w: w.baseAddress, m: m.baseAddress, v: v.baseAddress)
          unsafe LinearTiles.kernels.pointee.optimize(&step, gradient, count, all)
        }
      }
    }
  }
}
