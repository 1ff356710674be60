import Foundation

/// A folder that goes when the object goes.
final class TemporaryFolder {
  let path: String

  /// - Parameter parent: an existing folder; the system's one for temporary files where it is `nil`.
  init(in parent: String? = nil) throws {
    let url = (parent.map { URL(fileURLWithPath: $0) } ?? FileManager.default.temporaryDirectory)
      .appendingPathComponent("permafrost-bench-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: parent == nil)
    } catch {
      throw CommandError.failed("cannot make a folder in \(parent ?? "the temporary folder")")
    }
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
