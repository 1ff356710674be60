import Foundation
import Testing

@Suite struct BenchNetworkTests {
  private let short = [
    "bench", "network", "--network", "squeezenet1_1", "--batch", "2", "--threads", "2", "--rounds", "2",
    "--most-rounds", "2", "--seconds", "0", "--warm-up", "0",
  ]

  @Test func oursAloneGivesALineWithTheStableKeys() throws {
    let outcome = try CommandOutcome.of(short + ["--quiet", "--json", "-"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 1)
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any])
    #expect(object["bench"] as? String == "network")
    #expect(object["case"] as? String == "squeezenet1_1")
    #expect(object["engine"] as? String == "permafrost")
    #expect(object["batch"] as? Int == 2)
    #expect(object["threads"] as? Int == 2)
    #expect(object["rounds"] as? Int == 2)
    #expect(object["busy"] as? Bool == false)
    let discarded = try #require(object["discarded"] as? Int)
    // The probes may discard any round, and then there is nothing to say of it.
    if discarded < 2 {
      let median = try #require(object["median_ms"] as? Double)
      let minimum = try #require(object["min_ms"] as? Double)
      #expect(minimum > 0 && minimum <= median)
    }
    // More than the packed weights, which are more than the file's 1.2 million parameters.
    let packed = try #require(object["packed_bytes"] as? Int)
    #expect(packed > 4_900_000)
    #expect(try #require(object["peak_rss_bytes"] as? Int) > packed)
  }

  @Test func theProfileListsLayers() throws {
    let outcome = try CommandOutcome.of(short + ["--profile", "--busy", "--quiet"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("2 rounds"))
    for layer in ["input", "features.0", "features.12.expand3x3", "classifier.1"] {
      #expect(outcome.output.contains("  \(layer) "), "\(layer)")
    }
  }

  @Test func badArgumentsAreTwo() throws {
    for arguments in [
      ["--network", "squeezenet9"], ["--rounds", "0"], ["--batch", "0"], ["--threads", "-1"],
      ["--seconds", "-1"], ["--warm-up", "nan"], ["--rounds", "few"], ["--most-rounds", "6"],
    ] {
      let outcome = try CommandOutcome.of(["bench", "network"] + arguments)
      #expect(outcome.status == 2, "\(arguments)")
      #expect(!outcome.errors.isEmpty)
    }
  }

  @Test func aPythonWithoutThePackagesIsOneLine() throws {
    for python in ["/nonexistent/python", "false"] {
      let outcome = try CommandOutcome.of(short + ["--peers", python])
      #expect(outcome.status == 1)
      #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains(python))
    }
  }
}
