import Heads

/// How a kind of head is made: what decides between its settings.
enum HeadRecipe {
  /// Fitted for every C, of which the criterion takes one.
  case path(any RegularizedConfiguration)
  /// Trained until the validation part says stop.
  case epochs(any HeadConfiguration)
  /// Fitted once, with the settings it has.
  case once(any HeadConfiguration)
  /// Not fitted at all; tried with every k, of which the criterion takes one.
  case neighbors(NearestNeighbors)

  /// What is fitted; `nil` for neighbours.
  var configuration: (any HeadConfiguration)? {
    switch self {
    case .path(let configuration): configuration
    case .epochs(let configuration), .once(let configuration): configuration
    case .neighbors: nil
    }
  }
}

extension HeadKind {
  func recipe(_ perceptron: PerceptronSettings) -> HeadRecipe {
    switch self {
    case .logistic: .path(LogisticRegression())
    case .svm: .path(LinearSVM(loss: .squaredHinge))
    case .svmHinge: .path(LinearSVM(loss: .hinge))
    case .ridge: .path(RidgeClassifier())
    case .mlp, .softmax: .epochs(perceptron.configuration(self))
    case .lda: .once(LinearDiscriminantAnalysis())
    case .classMean: .once(NearestClassMean())
    case .knn: .neighbors(NearestNeighbors())
    }
  }
}
