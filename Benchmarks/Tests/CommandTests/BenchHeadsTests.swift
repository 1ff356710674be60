import Foundation
import Testing

@Suite struct BenchHeadsTests {
  private let short = ["bench", "heads", "--quick", "--rounds", "1", "--most-rounds", "2", "--quiet"]

  @Test func oursAloneGivesLinesWithTheStableKeys() throws {
    let outcome = try CommandOutcome.of(short + ["--json", "-"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let objects = try outcome.output.split(separator: "\n").map { line in
      try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    #expect(
      objects.map { $0["case"] as? String } == [
        "240x48x3 logistic C=0.001", "240x48x3 logistic C=1.0", "240x48x3 svm C=0.001", "240x48x3 svm C=1.0",
        "240x48x3 mlp 16 epoch", "240x48x3 logistic path of 3 x 3 folds", "400x24x8 logistic C=1.0",
        "400x24x8 svm C=1.0", "1000x32x4 f16 mapped logistic C=1.0", "1000x32x4 f16 mapped logistic C=1.0",
      ])
    for object in objects {
      #expect(object["bench"] as? String == "heads")
      #expect(["permafrost", "streaming"].contains(object["engine"] as? String))
      #expect(object["threads"] as? Int == 2)
      #expect(try #require(object["batch"] as? Int) > 0)
      // A guess is right one time in three to eight.
      #expect(try #require(object["accuracy"] as? Double) > 0.4)
      let rounds = try #require(object["rounds"] as? Int)
      let discarded = try #require(object["discarded"] as? Int)
      // The probes may discard any round, and then there is nothing to say of it.
      if discarded < rounds {
        let median = try #require(object["median_ms"] as? Double)
        let minimum = try #require(object["min_ms"] as? Double)
        #expect(minimum > 0 && minimum <= median)
      }
    }
    #expect(objects.last?["engine"] as? String == "streaming")
  }

  @Test func casesCanBeChosenAndFilesAreRemoved() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let outcome = try CommandOutcome.of(short + ["--folder", folder.path, "--case", "svm-1", "stream"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("240x48x3 svm C=1.0 (svm-1)"))
    #expect(outcome.output.contains("streaming"))
    #expect(!outcome.output.contains("mlp"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func badArgumentsAreTwo() throws {
    for arguments in [
      ["--case", "forest"], ["--rounds", "0"], ["--most-rounds", "2"], ["--threads", "0"], ["rows"],
    ] {
      let outcome = try CommandOutcome.of(["bench", "heads"] + arguments)
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
