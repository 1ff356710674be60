internal import CPermafrostKernels

/// The products that training a dense layer consists of. A panel of the result is the work of one thread and
/// summed in one order, so that bits do not depend on threads. Shapes that do not fit trap.
package enum PanelProducts {
  /// c = a b
  package static func multiply(
    _ a: PanelMatrix, _ b: PanelMatrix, into c: inout PanelMatrix, on pool: WorkerPool
  ) {
    precondition(a.columns == b.rows && b.columns == c.columns)
    c.resize(rows: a.rows)
    let (weights, sums) = (b.layout, c.layout)
    let (x, w, z) = unsafe (a.panels, b.start, c.uniqueStart())
    pool.forEach(weights.panels) { panel, _ in
      unsafe LinearTiles.kernels.pointee.panel_products(
        x, w + weights.start(ofPanel: panel), weights.width(ofPanel: panel), z + sums.start(ofPanel: panel))
    }
  }

  /// What an optimizer remembers of a layer's weights, in their shape.
  package struct Moments {
    package var first: PanelMatrix
    /// `nil` where the optimizer has none.
    package var second: PanelMatrix?

    package init(of weights: PanelMatrix, hasSecond: Bool) {
      first = PanelMatrix(rows: weights.rows, columns: weights.columns)
      second = hasSecond ? first : nil
    }
  }

  /// One step of an optimizer on a layer's weights against their gradient, inputs^T delta. The gradient is not
  /// written anywhere: its numbers are used where they are found.
  ///
  /// - Parameters:
  ///   - weights: inputs x outputs
  ///   - inputs: B x inputs
  ///   - delta: B x outputs
  ///   - next: the inputs of the batch to follow. Their product with the new weights goes to `sums`, at less cost
  ///     than afterwards: weights are in the cache when a step has just written them.
  package static func step(
    _ step: OptimizerStep, _ weights: inout PanelMatrix, _ moments: inout Moments, inputs: PanelMatrix,
    delta: PanelMatrix, next: PanelMatrix?, sums: inout PanelMatrix, on pool: WorkerPool
  ) {
    precondition(inputs.columns == weights.rows && delta.columns == weights.columns)
    precondition(inputs.rows == delta.rows && moments.first.layout == weights.layout)
    precondition(moments.second?.layout == weights.layout || !step.hasSecondMoments)
    if let next {
      precondition(next.columns == weights.rows && sums.columns == weights.columns)
      sums.resize(rows: next.rows)
    }
    let (layout, deltas, nextSums) = (weights.layout, delta.layout, sums.layout)
    let (x, slopes, following) = unsafe (inputs.panels, delta.start, next?.panels ?? pf_panels())
    let (w, m, v) = unsafe (
      weights.uniqueStart(), moments.first.uniqueStart(), moments.second?.uniqueStart()
    )
    let z = unsafe sums.uniqueStart()
    let kernelStep = step.kernelStep
    pool.forEach(layout.panels) { panel, _ in
      let start = layout.start(ofPanel: panel)
      let part = unsafe pf_optimized(w: w + start, m: m + start, v: v.map { unsafe $0 + start })
      unsafe withUnsafePointer(to: kernelStep) { step in
        unsafe LinearTiles.kernels.pointee.panel_step(
          x, slopes + deltas.start(ofPanel: panel), layout.width(ofPanel: panel), part, step, following,
          z + nextSums.start(ofPanel: panel))
      }
    }
  }
}
