import ArgumentParser
import FeatureCache
import Foundation

struct BenchCache: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache",
    abstract: "Milliseconds to write, open and read rows, beside NumPy, safetensors, datasets and LMDB.",
    discussion: """
      Every engine keeps the same rows in the same type in the same folder, and reads them on one thread from
      the system's page cache. The tasks:

        write       all rows, given as float32. Ours is durable at the end; peers are measured with
                    (+fsync) and without syncing their files and folder
        open        from nothing to the first row. NumPy's memory map checks nothing and is left out
        first-scan  opens and sums all values, widened to float32; ours compares checksums meanwhile
        scan        sums all values again
        epoch       sums all rows in order, in batches of float32
        shuffled    the same with blocks of 4 MiB in random order, and random order within a block; ours mixes
                    the rows of four blocks with one another, in runs of neighbours of up to 16 KiB
        random      sums 10 000 random rows, in batches of float32

      Peers work on whole blocks and in buffers that are used again, and sum float32 where it lies. Within a
      round each peer runs right after a run of ours (where files are written, ours runs once a round).
      Printed are the median over the kept rounds, the shortest run, and the ratio (the peer's time over that
      of ours right before, median over the kept rounds). Which rounds are kept is decided as in `bench network`.
      % of copying: bytes read from the file and written as float32 by a scan, a second, over bytes read and
      written by the machine's own copying on one thread before and after it.

      Peers need --peers: a Python that has numpy. It may have safetensors, datasets and lmdb (`pip install
      numpy safetensors datasets lmdb`); a peer that it lacks is skipped. A million rows of 512 take up to 12 GB
      of disk with all peers, and as much memory to stay in the page cache.

      Examples:
        permafrost bench cache
        permafrost bench cache --peers ~/peers/bin/python --task scan epoch shuffled --store f16
        permafrost bench cache --rows 50000 --dimension 4096 --store f32 --peers python3 --json bench.jsonl
      """)

  @Option(help: "Rows; with --dimension. By default 1000000 of 512 and 50000 of 4096.")
  var rows: Int?

  @Option(help: "Numbers a row.")
  var dimension: Int?

  @Option(parsing: .upToNextOption, help: "How numbers are stored: f32, f16 or both.")
  var store = ["f32", "f16"]

  @Option(parsing: .upToNextOption, help: "The tasks; all by default.")
  var task: [String] = []

  @Option(help: "Rows that a consumer takes at once.")
  var batch = 256

  @Option(help: "How often all engines take their turn, discarded rounds not counted.")
  var rounds = 5

  @Option(help: "How many rounds there may be in all; three times as many by default.")
  var mostRounds: Int?

  @Option(help: "A Python with the peers' packages.")
  var peers: String?

  @Option(help: "The folder in which a folder for all files is made; by default that for temporary files.")
  var folder: String?

  @Option(help: "A file for the measurements, one JSON object a line; - for standard output.")
  var json: String?

  @Flag(help: "No progress.")
  var quiet = false

  private static let published = [(rows: 1_000_000, dimension: 512), (rows: 50_000, dimension: 4096)]

  func validate() throws {
    guard batch > 0, batch <= 1 << 20, rounds > 0, rounds < 100_000 else {
      throw ValidationError("--batch and --rounds must be at least 1")
    }
    guard mostRounds.map({ $0 >= rounds }) ?? true else {
      throw ValidationError("--most-rounds must not be less than --rounds")
    }
    guard (rows == nil) == (dimension == nil) else {
      throw ValidationError("--rows and --dimension belong together")
    }
    guard (1...100_000_000).contains(rows ?? 1), (1...1_000_000).contains(dimension ?? 1) else {
      throw ValidationError("--rows and --dimension must be from 1 to 100000000 and to 1000000")
    }
    guard !store.isEmpty, store.allSatisfy({ ["f32", "f16"].contains($0) }) else {
      throw ValidationError("--store takes f32 and f16")
    }
    for name in task where CacheTask(rawValue: name) == nil {
      throw ValidationError(
        "--task \(name) is none of \(CacheTask.allCases.map(\.rawValue).joined(separator: ", "))")
    }
  }

  func run() throws {
    let peers = try self.peers.map { try CachePeers(python: $0) }
    let tasks = CacheTask.allCases.filter { task.isEmpty || task.contains($0.rawValue) }
    let benchmark = CacheBenchmark(
      settings: .init(tasks: tasks, rounds: rounds, mostRounds: mostRounds ?? 3 * rounds, quiet: quiet),
      peers: peers, probe: try MachineProbe(threads: 1))
    for engine in peers?.missing ?? [] {
      writeError("\(engine) is skipped: a package that it needs is missing")
    }

    let output = BenchOutput(json: json)
    for storage in [StorageType.float32, .float16] where store.contains(storage.rawValue) {
      for shape in shapes {
        let shape = CacheCase(rows: shape.rows, dimension: shape.dimension, storage: storage, batch: batch)
        try output.add(try benchmark.run(shape, in: folder))
      }
    }
  }

  private var shapes: [(rows: Int, dimension: Int)] {
    guard let rows, let dimension else { return Self.published }
    return [(rows, dimension)]
  }
}
