import Testing
import permafrost

/// Which shard a worker takes, by what the engine that started it says.
@Suite struct ShardChoiceTests {
  private func automatic(_ environment: [String: String]) throws -> ShardChoice {
    try ShardChoice("auto", environment: environment)
  }

  @Test func oneIsNamed() throws {
    #expect(try ShardChoice("3/8", environment: ["SLURM_ARRAY_TASK_ID": "5"]) == .part(3, of: 8))
    for text in ["8/8", "-1/8", "3", "3/", "/8", "3/8/9", "a/b", "", "3 /8"] {
      #expect(throws: (any Error).self) { try ShardChoice(text, environment: [:]) }
    }
  }

  @Test func enginesSayTheNumber() throws {
    // An array that was sent again in part says nothing of how many shards there are.
    let array = [
      "SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_COUNT": "2", "SLURM_PROCID": "0", "SLURM_NTASKS": "1",
    ]
    #expect(try automatic(array) == .part(7, of: nil))
    #expect(try automatic(["JOB_COMPLETION_INDEX": "0"]) == .part(0, of: nil))
    #expect(try automatic(["OMPI_COMM_WORLD_RANK": "2", "OMPI_COMM_WORLD_SIZE": "4"]) == .part(2, of: 4))
    #expect(try automatic(["PMI_RANK": "0", "PMI_SIZE": "1"]) == .part(0, of: 1))
    #expect(try automatic(["SLURM_PROCID": "3", "SLURM_NTASKS": "6"]) == .part(3, of: 6))
    let both = ["SLURM_PROCID": "3", "SLURM_NTASKS": "6", "PMI_RANK": "3", "PMI_SIZE": "6"]
    #expect(try automatic(both) == .part(3, of: 6))
  }

  @Test func whatIsUnclearIsAnError() {
    for environment in [
      [:], ["SLURM_PROCID": "0", "SLURM_NTASKS": "1"], ["SLURM_ARRAY_TASK_ID": "x"],
      ["OMPI_COMM_WORLD_RANK": "4", "OMPI_COMM_WORLD_SIZE": "4"], ["JOB_COMPLETION_INDEX": "-1"],
      ["SLURM_ARRAY_TASK_ID": "1", "OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "2"],
    ] {
      #expect(throws: (any Error).self, "\(environment)") { try automatic(environment) }
    }
  }
}
