import Foundation

/// The most memory that a process had resident, in bytes.
struct PeakMemory: Codable, Hashable {
  /// Since its start.
  var whole: Int
  /// Since it was ready to run.
  var running: Int

  /// Of this process since it was started or `restart` was called. The kernel's figure for the memory map
  /// rather than `getrusage`'s, which a process inherits from the one that started it.
  static var now: Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
      if let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) {
        return kibibytes * 1024
      }
    }
    return peakResidentBytes()
  }

  /// Forgets the peak so far, where the system can do that.
  static func restart() {
    guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return }
    try? file.write(contentsOf: Data("5".utf8))
    try? file.close()
  }
}
