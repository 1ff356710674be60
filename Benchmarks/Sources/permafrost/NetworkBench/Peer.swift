import Foundation

/// A folder that goes when the object goes.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("permafrost-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Runs a program to its end and returns its standard output; its last line on standard error tells a failure.
func programOutput(_ arguments: [String], failure: String) throws -> String {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = arguments
  process.standardInput = FileHandle.nullDevice
  let errors = FileManager.default.temporaryDirectory
    .appendingPathComponent("permafrost-errors-\(UUID().uuidString)")
  // Opening it says whether this went well.
  _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
  defer { try? FileManager.default.removeItem(at: errors) }
  let (output, errorFile) = (Pipe(), try FileHandle(forWritingTo: errors))
  process.standardOutput = output
  process.standardError = errorFile
  try process.run()
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  guard process.terminationStatus == 0 else {
    let said = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
    let last = said.split(whereSeparator: \.isNewline).last.map(String.init)
    throw CommandError.failed("\(failure): \(last ?? "exit status \(process.terminationStatus)")")
  }
  return text
}

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

/// An engine in a process of its own, which sleeps between commands.
final class PeerServer {
  private struct Answer: Decodable {
    var error: String?
    var version: String?
    var setup: String?
    var milliseconds: [Double]?
    var peakRssBytes: Int?
    var runningRssBytes: Int?
  }

  let engine: String
  /// Its version, and which of its ways to run was fastest.
  private(set) var version = ""
  private(set) var setup = ""
  private let process = Process()
  private let (input, output) = (Pipe(), Pipe())
  private var received = Data()
  private let decoder: JSONDecoder = {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }()

  fileprivate init(_ engine: String, command: [String]) throws {
    self.engine = engine
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let ready = try answer()
    version = ready.version ?? ""
    setup = ready.setup ?? ""
  }

  /// The end of its input ends it.
  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// Milliseconds of each batch for so long; at least one.
  func run(seconds: Double) throws -> [Double] {
    try ask("run \(seconds)").milliseconds ?? []
  }

  /// The logits of the pictures.
  func outputs(folder: String) throws -> [Float] {
    let path = "\(folder)/\(engine).f32"
    _ = try ask("output \(path)")
    return try Data(contentsOf: URL(fileURLWithPath: path)).floats
  }

  func memory() throws -> PeakMemory {
    let answer = try ask("memory")
    return PeakMemory(whole: answer.peakRssBytes ?? 0, running: answer.runningRssBytes ?? 0)
  }

  private func ask(_ command: String) throws -> Answer {
    do { try input.fileHandleForWriting.write(contentsOf: Data((command + "\n").utf8)) } catch {
      throw CommandError.failed("\(engine) has ended")
    }
    return try answer()
  }

  private func answer() throws -> Answer {
    while true {
      if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
        let line = received[..<end]
        received = Data(received[(end + 1)...])
        let answer = try decoder.decode(Answer.self, from: line)
        if let error = answer.error { throw CommandError.failed("\(engine): \(error)") }
        return answer
      }
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { throw CommandError.failed("\(engine) has ended") }
      received += more
    }
  }
}

extension Data {
  /// Little-endian float32.
  init(floats: [Float]) {
    self.init(capacity: floats.count * 4)
    for value in floats {
      let bits = value.bitPattern
      append(contentsOf: [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: bits >> $0) })
    }
  }

  fileprivate var floats: [Float] {
    stride(from: startIndex, to: endIndex - endIndex % 4, by: 4).map { index in
      Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(self[index + $1]) << (8 * $1) })
    }
  }
}
