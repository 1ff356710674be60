import Heads

/// The kinds of heads that a command line can ask for.
enum HeadKind: String, CaseIterable {
  case logistic
  case mlp
  case svm
  case svmHinge = "svm-hinge"
  case softmax
  case ridge
  case lda
  case classMean = "class-mean"
  case knn

  /// For people.
  var title: String {
    switch self {
    case .logistic: "Logistic regression"
    case .mlp: "MLP"
    case .svm: "Linear SVM"
    case .svmHinge: "Linear SVM, hinge"
    case .softmax: "Softmax by AdamW"
    case .ridge: "Ridge classifier"
    case .lda: "Discriminant analysis"
    case .classMean: "Nearest class mean"
    case .knn: "k-nearest neighbours"
    }
  }

  /// Whether the head is computed in one go, so that nobody asks for its iterations.
  var isClosedForm: Bool { [.ridge, .lda, .classMean].contains(self) }

  /// Reads `logistic,mlp,svm`, or `all`.
  static func list(_ text: String) throws -> [HeadKind] {
    if text == "all" { return allCases }
    let kinds = try text.split(separator: ",").map { try HeadKind(named: String($0)) }
    guard !kinds.isEmpty, Set(kinds).count == kinds.count else {
      throw CommandError.arguments("--heads \(text) names no head, or one twice")
    }
    return kinds
  }

  init(named name: String) throws {
    guard let kind = HeadKind(rawValue: name) else {
      let known = HeadKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw CommandError.arguments("no head is named \(name); there are \(known)")
    }
    self = kind
  }
}

/// Settings of heads that are trained by epochs.
struct PerceptronSettings {
  var hidden = [128]
  var epochs = 60
  var dropout = 0.5
  var learningRate = 1e-3

  func configuration(_ kind: HeadKind) -> MultilayerPerceptron {
    MultilayerPerceptron(
      hidden: kind == .softmax ? [] : hidden, dropout: kind == .softmax ? 0 : dropout,
      learningRate: learningRate, epochs: epochs, earlyStopping: EarlyStopping(patience: 10))
  }

  /// For people; none of heads that are not trained by epochs.
  func settings(_ kind: HeadKind) -> [(name: String, value: Double)] {
    guard [.mlp, .softmax].contains(kind) else { return [] }
    let configuration = configuration(kind)
    let widths = configuration.hidden.enumerated().map { index, width in
      (name: index == 0 ? "hidden" : "hidden \(index + 1)", value: Double(width))
    }
    let dropout = kind == .softmax ? [] : [(name: "dropout", value: configuration.dropout)]
    return widths + dropout + [("learning rate", configuration.learningRate)]
  }
}
