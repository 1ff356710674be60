import Foundation

/// An engine in a process of its own, which sleeps between commands.
final class PeerServer {
  private struct Answer: Decodable {
    var error: String?
    var version: String?
    var setup: String?
    var milliseconds: [Double]?
    var sum: Double?
    var peakRssBytes: Int?
    var runningRssBytes: Int?
  }

  let engine: String
  /// Its version, and which of its ways to run was fastest.
  private(set) var version = ""
  private(set) var setup = ""
  /// By how much the objective it was asked for is missed, over that objective; negative where it is met.
  private(set) var excess: Double?
  private let process = Process()
  private let (input, output) = (Pipe(), Pipe())
  private var received = Data()
  private let decoder: JSONDecoder = {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }()

  init(_ engine: String, command: [String]) throws {
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

  /// One run of a task of the cache's or the heads' benchmark.
  func measure(_ task: String) throws -> CacheRun {
    let answer = try ask(task)
    guard let milliseconds = answer.milliseconds?.first, let sum = answer.sum else {
      throw CommandError.failed("\(engine) does not say how long \(task) took")
    }
    return CacheRun(milliseconds: milliseconds, sum: sum)
  }

  /// Has it choose how to fit heads.
  func calibrate(_ targets: [Double]) throws {
    let answer = try ask((["calibrate"] + targets.map { "\($0)" }).joined(separator: " "))
    setup = answer.setup ?? ""
    excess = targets.isEmpty ? nil : answer.sum
  }

  /// A number that it computes.
  func value(_ command: String) throws -> Double {
    guard let sum = try ask(command).sum else {
      throw CommandError.failed("\(engine) has no answer to \(command)")
    }
    return sum
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
    defer { waitUntilIdle() }
    do { try input.fileHandleForWriting.write(contentsOf: Data((command + "\n").utf8)) } catch {
      throw CommandError.failed("\(engine) has ended")
    }
    return try answer()
  }

  /// Threads of some libraries look for work for a while after they had some; whoever is measured next shall not
  /// pay for that.
  private func waitUntilIdle() {
    var before = processorTicks
    for _ in 0..<50 {
      usleep(100_000)
      let now = processorTicks
      if now == before { break }
      before = now
    }
  }

  /// The time that its threads have had so far, as Linux counts it (proc_pid_stat(5)); `nil` elsewhere.
  private var processorTicks: Int? {
    guard let line = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8),
      let name = line.lastIndex(of: ")")
    else { return nil }
    let fields = line[name...].split(separator: " ")
    guard fields.count > 13, let user = Int(fields[12]), let system = Int(fields[13]) else { return nil }
    return user + system
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
