import Foundation
import Testing

@Suite struct BenchCacheTests {
  private let short = [
    "bench", "cache", "--rows", "300", "--dimension", "24", "--rounds", "1", "--most-rounds", "2", "--quiet",
  ]

  @Test func oursAloneGivesALineATaskWithTheStableKeys() throws {
    let outcome = try CommandOutcome.of(short + ["--json", "-"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let objects = try outcome.output.split(separator: "\n").map { line in
      try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    let tasks = ["write", "open", "first-scan", "scan", "epoch", "shuffled", "random"]
    let cases = ["f32", "f16"].flatMap { store in tasks.map { "300x24-\(store) \($0)" } }
    #expect(objects.map { $0["case"] as? String } == cases)
    for object in objects {
      #expect(object["bench"] as? String == "cache")
      #expect(object["engine"] as? String == "permafrost")
      #expect(object["batch"] as? Int == 256)
      #expect(object["threads"] as? Int == 1)
      let rounds = try #require(object["rounds"] as? Int)
      let discarded = try #require(object["discarded"] as? Int)
      // The probes may discard any round, and then there is nothing to say of it.
      if discarded < rounds {
        let median = try #require(object["median_ms"] as? Double)
        let minimum = try #require(object["min_ms"] as? Double)
        #expect(minimum > 0 && minimum <= median)
      }
    }
  }

  @Test func filesGoToTheFolderAndAreRemoved() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let outcome = try CommandOutcome.of(
      short + ["--folder", folder.path, "--store", "f16", "--task", "scan", "random"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("300 rows of 24, f16"))
    #expect(outcome.output.contains("scan") && outcome.output.contains("random"))
    #expect(!outcome.output.contains("shuffled"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func badArgumentsAreTwo() throws {
    for arguments in [
      ["--rows", "10"], ["--dimension", "10"], ["--rows", "0", "--dimension", "4"], ["--store", "bf16"],
      ["--task", "scan", "sort"], ["--rounds", "0"], ["--most-rounds", "4"], ["--batch", "0"],
      ["--rows", "many", "--dimension", "4"],
    ] {
      let outcome = try CommandOutcome.of(["bench", "cache"] + arguments)
      #expect(outcome.status == 2, "\(arguments)")
      #expect(!outcome.errors.isEmpty)
    }
  }

  @Test func whatCannotBeginIsOneLine() throws {
    for (option, value) in [
      ("--peers", "/nonexistent/python"), ("--peers", "false"), ("--folder", "/nonexistent"),
    ] {
      let outcome = try CommandOutcome.of(short + [option, value])
      #expect(outcome.status == 1)
      #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains(value))
    }
  }
}
