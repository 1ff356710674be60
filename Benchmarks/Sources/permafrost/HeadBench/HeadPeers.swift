import Foundation

/// The script that fits heads with other libraries, and the Python that runs the script.
struct HeadPeers {
  private let command: [String]
  /// By engine; `nil` where a package is missing.
  private let versions: [String: String?]
  private let tolerances: [Double]

  static let engines = ["scikit-learn", "pytorch"]

  var missing: [String] { Self.engines.filter { (versions[$0] ?? nil) == nil } }

  /// - Parameter tolerances: tried in this order; empty for the script's own.
  init(python: String, tolerances: [Double]) throws {
    self.tolerances = tolerances
    guard let script = Bundle.module.url(forResource: "peer_heads", withExtension: "py") else {
      throw CommandError.failed("the peers' script is not beside the program")
    }
    command = [python, script.path]
    let text = try programOutput(command + ["check"], failure: "\(python) cannot run the peers")
    do { versions = try JSONDecoder().decode([String: String?].self, from: Data(text.utf8)) } catch {
      throw CommandError.failed("\(python) does not say which peers it has")
    }
  }

  /// Those that are there and can do the task, each in a process of its own.
  ///
  /// - Parameter folder: has the rows.
  func start(_ task: HeadCase, threads: Int, folder: String) throws -> [PeerServer] {
    let engines: [String] =
      switch task.task {
      case .logistic, .svm, .path: ["scikit-learn"]
      case .mlp: Self.engines
      case .stream: []
      }
    let shape = task.shape
    return try engines.filter { !missing.contains($0) }.map { engine in
      try PeerServer(
        engine,
        command: command + [
          "serve", "--engine", engine, "--task", task.task.rawValue, "--folder", folder,
          "--rows", "\(shape.rows)", "--test-rows", "\(shape.testRows)", "--dimension", "\(shape.dimension)",
          "--classes", "\(shape.classes)", "--threads", "\(threads)", "--batch", "\(shape.batch)",
          "--hidden", "\(shape.hidden)", "--epochs", "\(shape.epochs)", "--c",
        ] + task.cs.map { "\($0)" }
          + (tolerances.isEmpty ? [] : ["--tolerances"] + tolerances.map { "\($0)" }))
    }
  }
}
