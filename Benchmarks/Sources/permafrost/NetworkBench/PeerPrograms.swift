import Foundation

/// The script that runs networks on other engines, and the Python that runs the script.
struct PeerPrograms {
  static let engines = ["onnxruntime", "openvino", "pytorch"]

  private let command: [String]
  let folder: String

  /// Checks that the packages are there.
  init(python: String, folder: String) throws {
    guard let script = Bundle.module.url(forResource: "peer_network", withExtension: "py") else {
      throw CommandError.failed("the peers' script is not beside the program")
    }
    command = [python, script.path]
    self.folder = folder
    _ = try programOutput(command + ["check"], failure: "\(python) cannot run the peers")
  }

  /// Writes the network for all of them; returns a PyTorch checkpoint of its weights.
  func export(_ options: [String], network: String) throws -> String {
    _ = try programOutput(
      command + ["export", "--folder", folder] + options, failure: "\(network) cannot be exported")
    return "\(folder)/\(network).pt"
  }

  func start(_ engine: String, _ options: [String]) throws -> PeerServer {
    try PeerServer(engine, command: command + ["serve", "--engine", engine, "--folder", folder] + options)
  }
}
