import Heads
import Tensors
import Testing

/// scikit-learn 1.9's `LogisticRegression` and `LinearSVC` (liblinear) at their tightest tolerance on six data
/// sets. Where a minimum is unique, so are the weights: of the hinge losses everywhere, since liblinear penalises
/// the intercept, of logistic regression up to a number added to all intercepts.
///
/// One difference comes from float32 and not from the solvers: standardised rows are rounded to it, which gives
/// columns that depend on one another exactly a little of their own, and a weak penalty lets weights follow.
@Suite struct ParityTests {
  @Test func goldensAreRead() {
    #expect(ParityProblem.all.count == 11)
    for problem in ParityProblem.all {
      #expect(abs(problem.magnitude - problem.checksum) <= 1e-9 * problem.checksum, "\(problem)")
      #expect(problem.fits["logistic"]?.count == 6 && problem.fits["svm"]?.count == 7)
    }
  }

  @Test(arguments: ParityProblem.all)
  func logisticRegressionMeetsScikitLearn(_ problem: ParityProblem) async throws {
    var measured = ParityRecord(problem, "logistic regression", answers: "probability")
    for fit in problem.fits["logistic"] ?? [] {
      let configuration = LogisticRegression(
        regularization: .c(fit.c), classWeights: fit.classWeights, scaling: fit.scaling,
        hasIntercept: fit.hasIntercept, tolerance: 1e-9, iterationLimit: 20_000)
      let result = try await configuration.fit(problem.data)
      let settings = "\(problem), C \(fit.c), \(fit.classWeights), intercept \(fit.hasIntercept)"
      let own = problem.logisticObjective(result.head, fit)
      #expect(abs(own - fit.objective) <= 1e-6 * fit.objective, "\(settings): \(own), \(fit.objective)")
      #expect(abs(result.certificate.objective - own) <= 1e-6 * own, "\(settings)")
      guard case .gradient(let gradient) = result.certificate.optimality else {
        Issue.record("no gradient")
        continue
      }
      #expect(gradient <= 1e-8, "\(settings): \(result.certificate)")
      let answers = try #require(try result.head.probabilities(problem.data.features))
      let difference = measured.add(problem, fit, result.head, objective: own, answers)
      #expect(difference.answers <= 1e-4, "\(settings): \(difference)")
      let isWeak = fit.c >= 1e3 && problem.name.hasPrefix("collinear")
      #expect(difference.weights <= (isWeak ? 2e-2 : 1e-3), "\(settings): \(difference)")
      #expect(difference.intercepts <= 2e-3, "\(settings): \(difference)")
    }
    ParityTable.add(measured)
  }

  @Test(arguments: ParityProblem.all)
  func linearSVMMeetsLiblinear(_ problem: ParityProblem) async throws {
    for loss in LinearSVM.Loss.allCases {
      let name = loss == .hinge ? "SVM, hinge" : "SVM, squared hinge"
      var measured = ParityRecord(problem, name, answers: "margin")
      for fit in problem.fits["svm"] ?? [] where (fit.json["loss"]?.string == "hinge") == (loss == .hinge) {
        let svm = LinearSVM(
          loss: loss, regularization: .c(fit.c), classWeights: fit.classWeights, scaling: fit.scaling,
          hasIntercept: fit.hasIntercept,
          interceptScaling: try #require(fit.json["interceptScaling"]?.number),
          tolerance: 1e-8, iterationLimit: 400_000)
        let result = try await svm.fit(problem.data)
        let settings = "\(problem), \(loss), C \(fit.c), \(fit.classWeights), intercept \(fit.hasIntercept)"
        let own = problem.svmObjective(result.head, fit, svm)
        #expect(abs(own - fit.objective) <= 1e-6 * fit.objective, "\(settings): \(own), \(fit.objective)")
        #expect(
          abs(result.certificate.objective - fit.objective) <= 1e-6 * fit.objective,
          "\(settings): \(result.certificate), \(fit.objective)")
        guard case .dualityGap(let gap) = result.certificate.optimality else {
          Issue.record("no duality gap")
          continue
        }
        #expect(gap <= 1e-6 * fit.objective, "\(settings): \(result.certificate)")
        let answers = try result.head.decision(problem.data.features)
        let difference = measured.add(problem, fit, result.head, objective: own, answers)
        #expect(difference.answers <= 1e-3, "\(settings): \(difference)")
        #expect(difference.weights <= 2e-3 && difference.intercepts <= 1e-3, "\(settings): \(difference)")
      }
      ParityTable.add(measured)
    }
  }
}
