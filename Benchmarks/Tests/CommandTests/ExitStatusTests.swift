import Testing

/// The command line as a script sees it: 0 for success, 2 for bad arguments, 1 for what fails later.
@Suite struct ExitStatusTests {
  private let extract = ["extract", "--network", "alexnet", "--weights"]

  @Test func helpAndVersionSucceed() throws {
    for arguments in [
      ["--help"], ["--version"], ["extract", "--help"], ["networks"], ["bench", "network", "--help"],
      ["bench", "cache", "--help"], ["bench", "heads", "--help"],
    ] {
      let outcome = try CommandOutcome.of(arguments)
      #expect(outcome.status == 0, "\(arguments)")
      #expect(!outcome.output.isEmpty)
    }
    #expect(try CommandOutcome.of(["networks"]).output.contains("mobilenet_v2"))
  }

  @Test func badArgumentsAreTwo() throws {
    for arguments in [
      ["nonsense"], ["layers"], ["layers", "--network", "resnet19"], ["networks", "--unknown"],
      extract + ["pretrained", "--images", "x", "--layer", "input", "--cache", "c"],
      extract + ["seed:0", "--images", "x", "--layer", "nine", "--cache", "c"],
      extract + ["seed:0", "--layer", "input", "--cache", "c", "--views", "2"],
      extract + ["seed:0", "--layer", "input", "--cache", "c", "--store", "f8"],
      ["compare", "--cache", "c", "--heads", "forest"],
      ["plan", "--images", "x", "--cache", "c", "--shards", "0"],
      extract + ["seed:0", "--layer", "input", "--cache", "c", "--shard", "2/2"],
      extract + ["seed:0", "--layer", "input", "--cache", "c", "--shard", "3"],
      extract + ["seed:0", "--images", "x", "--layer", "input", "--cache", "c", "--shard", "0/2"],
      extract + ["seed:0", "--layer", "input", "--cache", "c", "--journal", "-1"],
      ["bench", "pipeline"],
      ["cache", "gc"], ["cache", "compact", "--force"],
    ] {
      let outcome = try CommandOutcome.of(arguments)
      #expect(outcome.status == 2, "\(arguments)")
      #expect(!outcome.errors.isEmpty)
    }
  }

  @Test func laterFailuresAreOneWithOneLine() throws {
    for arguments in [
      ["compare", "--cache", "/nonexistent/cache"], ["verify", "--cache", "/nonexistent/cache"],
      extract + ["/nonexistent", "--images", "x", "--layer", "input", "--cache", "c"],
      [
        "predict", "--head", "/nonexistent", "--network", "alexnet", "--weights", "seed:0", "--images",
        "/tmp",
      ],
    ] {
      let outcome = try CommandOutcome.of(arguments)
      #expect(outcome.status == 1, "\(arguments)")
      #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains("/nonexistent"))
    }
  }
}
