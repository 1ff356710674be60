import Foundation

/// What is fitted to which rows.
struct HeadCase {
  /// `peer_heads.py` knows them by the same names, but for the last.
  enum Task: String {
    case logistic
    case svm
    case mlp
    /// Many values of C on folds, and the best fitted to all rows, beside three single fits of a peer.
    case path
    /// Logistic regression on mapped rows, read again on every pass.
    case stream
  }

  /// How the command line names it.
  let name: String
  let task: Task
  let shape: HeadShape
  /// One, or what a path's peer fits.
  var cs: [Double] = [1]

  /// How a line of JSON names it.
  var title: String {
    let rows = "\(shape.rows)x\(shape.dimension)x\(shape.classes)"
    return switch task {
    case .logistic, .svm: "\(rows) \(task.rawValue) C=\(cs[0])"
    case .mlp: "\(rows) mlp \(shape.hidden) epoch"
    case .path: "\(rows) logistic path of \(shape.candidates.count) x \(shape.folds) folds"
    case .stream: "\(rows) f16 mapped logistic C=\(cs[0])"
    }
  }

  /// Rows of a training step, or all of them.
  var batch: Int { task == .mlp ? shape.batch : shape.rows }

  /// The published cases, or the same of tiny rows.
  static func all(quick: Bool) -> [HeadCase] {
    let (small, many, mapped) =
      quick ? (HeadShape.tiny, HeadShape.tinyMany, HeadShape.tinyMapped) : (.small, .many, .mapped)
    return [
      HeadCase(name: "logistic-0.001", task: .logistic, shape: small, cs: [1e-3]),
      HeadCase(name: "logistic-1", task: .logistic, shape: small),
      HeadCase(name: "svm-0.001", task: .svm, shape: small, cs: [1e-3]),
      HeadCase(name: "svm-1", task: .svm, shape: small),
      HeadCase(name: "mlp", task: .mlp, shape: small),
      HeadCase(name: "path", task: .path, shape: small, cs: [1e-3, 1, 1e3]),
      HeadCase(name: "many-logistic", task: .logistic, shape: many),
      HeadCase(name: "many-svm", task: .svm, shape: many),
      HeadCase(name: "stream", task: .stream, shape: mapped),
    ]
  }
}

/// Rows of features as a network's rectified layer gives them, and the sizes of what is fitted to them.
struct HeadShape: Hashable {
  let rows: Int
  let testRows: Int
  let dimension: Int
  let classes: Int
  /// How far classes lie apart; about 83 % of the small shape's test rows can be told.
  let spread: Double
  var folds = 5
  /// Of the linear-evaluation literature (Kornblith, Shlens and Le, "Do better ImageNet models transfer
  /// better?", 2019): 45 values from 1e-6 to 1e5.
  var candidates = (0..<45).map { 1e-6 * pow(10, 11 * Double($0) / 44) }
  var hidden = 512
  let batch = 64
  var epochs = 8
  /// Bytes for the rows of the fit that streams.
  var streamingBudget = 32 << 20

  static let small = HeadShape(rows: 4500, testRows: 1752, dimension: 4096, classes: 5, spread: 0.32)
  static let many = HeadShape(rows: 50_000, testRows: 5000, dimension: 768, classes: 100, spread: 0.6)
  static let mapped = HeadShape(rows: 300_000, testRows: 2000, dimension: 512, classes: 10, spread: 0.4)

  static let tiny = HeadShape(
    rows: 240, testRows: 60, dimension: 48, classes: 3, spread: 0.6, folds: 3, candidates: [1e-3, 1e-1, 10],
    hidden: 16, epochs: 20)
  static let tinyMany = HeadShape(rows: 400, testRows: 60, dimension: 24, classes: 8, spread: 0.8)
  static let tinyMapped = HeadShape(
    rows: 1000, testRows: 60, dimension: 32, classes: 4, spread: 0.6, streamingBudget: 0)
}
