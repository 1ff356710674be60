import Heads
import Tensors
import Testing

/// The library's solvers against slow ones that share nothing with them.
@Suite struct SolverPairTests {
  static let cases = GoldenCase.all.filter {
    ["binary", "imbalanced", "collinear", "separable"].contains($0.name)
  }

  @Test(arguments: cases, [1e-2, 1, 30])
  func logisticRegressionMeetsNewtonsMethod(_ golden: GoldenCase, c: Double) async throws {
    for hasIntercept in [true, false] {
      let reference = try ReferenceProblem(
        golden.data, intercept: hasIntercept ? 1 : nil, weights: golden.effectiveWeights(balanced: true))
      let (point, value) = reference.logistic(c: c, hasIntercept: hasIntercept)
      let fitted = try await LogisticRegression(
        regularization: .c(c), classWeights: .balanced, scaling: .none, hasIntercept: hasIntercept,
        tolerance: 1e-10, iterationLimit: 20_000
      ).fit(golden.data)
      #expect(abs(fitted.certificate.objective - value) <= 1e-9 * value, "\(golden), C \(c)")
      let layer = fitted.head.layers[0]
      let largest = point.map(abs).max() ?? 0
      for output in 0..<layer.outputs {
        for column in 0..<layer.inputs {
          let own = Double(layer.weight[output * layer.inputs + column])
          let difference = abs(own - point[output * reference.dimension + column])
          #expect(difference <= 1e-5 * largest, "\(golden), C \(c): \(difference) of \(largest)")
        }
      }
    }
  }

  @Test(arguments: cases.filter { $0.name != "collinear" }, [1e-2, 1])
  func linearSVMMeetsSlowSolversOfTheOtherSide(_ golden: GoldenCase, c: Double) async throws {
    // The barrier method is cubic in the number of rows.
    let data = golden.data.selecting(Array(0..<60))
    for loss in LinearSVM.Loss.allCases {
      let svm = LinearSVM(
        loss: loss, regularization: .c(c), scaling: .none, interceptScaling: 2, tolerance: 1e-9,
        iterationLimit: 20_000)
      let fitted = try await svm.fit(data)
      let reference = try ReferenceProblem(data, intercept: 2)
      let layer = fitted.head.layers[0]
      var total = 0.0
      for output in 0..<layer.outputs {
        let positive = layer.outputs == 1 ? 1 : output
        let (point, value) =
          loss == .hinge
          ? reference.hinge(c: c, positive: positive) : reference.squaredHinge(c: c, positive: positive)
        total += value
        let largest = point.map(abs).max() ?? 0
        for column in 0..<layer.inputs {
          let difference = abs(Double(layer.weight[output * layer.inputs + column]) - point[column])
          #expect(difference <= 1e-3 * largest, "\(golden), \(loss), C \(c): \(difference) of \(largest)")
        }
        let intercept = abs(Double(layer.bias[output]) - 2 * (point.last ?? 0))
        #expect(intercept <= 2e-3 * largest, "\(golden), \(loss), C \(c): \(intercept)")
      }
      #expect(abs(fitted.certificate.objective - total) <= 1e-7 * total, "\(golden), \(loss), C \(c)")
    }
  }
}
