/// What a row counts because of its class, on top of its own weight. It means the same in every head: the
/// product of both multiplies the row's loss.
public enum ClassWeights: Hashable, Sendable {
  /// Every class counts one.
  case uniform
  /// Class k counts S / (K S_k), where S_k is the sum of the row weights of class k and S that of all (King
  /// and Zeng, "Logistic regression in rare events data", 2001).
  case balanced
  /// One weight a class.
  case given([Double])
}

extension LabeledFeatures {
  /// s_i, the row's weight times its class's.
  ///
  /// - Throws: `.missingClass` where there are fewer than two classes or a class has no row of positive
  ///   weight, `.invalidArgument` where the class weights do not fit.
  func effectiveWeights(_ classWeights: ClassWeights) throws(HeadsError) -> [Double] {
    guard classes.count >= 2 else {
      throw HeadsError(.missingClass, "a head needs two classes, there is \(classes.count)")
    }
    let rowWeights = weights ?? Array(repeating: 1, count: count)
    var sums = Array(repeating: 0.0, count: classes.count)
    for (label, weight) in zip(labels, rowWeights) { sums[label] += weight }
    let total = sums.reduce(0, +)
    let factors: [Double]
    switch classWeights {
    case .uniform:
      factors = Array(repeating: 1, count: classes.count)
    case .balanced:
      factors = sums.map { total / (Double(classes.count) * $0) }
    case .given(let given):
      guard given.count == classes.count, given.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
        throw HeadsError(.invalidArgument, "class weights must be \(classes.count) numbers, none negative")
      }
      factors = given
    }
    // Unpenalised, the intercept of a class without rows has no finite optimum.
    if let missing = classes.indices.first(where: { !(sums[$0] * factors[$0] > 0) }) {
      throw HeadsError(.missingClass, "class \(classes[missing]) has no training rows")
    }
    guard total.isFinite, factors.allSatisfy(\.isFinite) else {
      throw HeadsError(.invalidLabels, "the weights of the rows sum to \(total)")
    }
    return zip(labels, rowWeights).map { factors[$0] * $1 }
  }
}
