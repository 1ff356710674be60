import FeatureCache
import Foundation

/// The script that keeps rows by other means, and the Python that runs the script.
struct CachePeers {
  static let engines = ["numpy", "safetensors", "datasets", "lmdb"]

  private let command: [String]
  /// By engine; `nil` where a package is missing.
  private let versions: [String: String?]

  var available: [String] { Self.engines.filter { isAvailable($0) } }
  var missing: [String] { Self.engines.filter { !isAvailable($0) } }

  private func isAvailable(_ engine: String) -> Bool { (versions[engine] ?? nil) != nil }

  init(python: String) throws {
    guard let script = Bundle.module.url(forResource: "peer_cache", withExtension: "py") else {
      throw CommandError.failed("the peers' script is not beside the program")
    }
    command = [python, script.path]
    let text = try programOutput(command + ["check"], failure: "\(python) cannot run the peers")
    do { versions = try JSONDecoder().decode([String: String?].self, from: Data(text.utf8)) } catch {
      throw CommandError.failed("\(python) does not say which peers it has")
    }
  }

  func start(_ engine: String, _ shape: CacheCase, folder: String, rows: String, indices: String) throws
    -> PeerServer
  {
    try PeerServer(
      engine,
      command: command + [
        "serve", "--engine", engine, "--folder", folder, "--source", rows, "--random", indices,
        "--rows", "\(shape.rows)", "--dimension", "\(shape.dimension)", "--store", shape.storage.rawValue,
        "--batch", "\(shape.batch)", "--block", "\(shape.blockRows)",
      ])
  }
}
