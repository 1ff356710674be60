import ArgumentParser
import Heads

struct BenchHeads: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "heads",
    abstract: "Milliseconds to fit heads, beside scikit-learn and PyTorch.",
    discussion: """
      Every engine fits the same seeded rows, given as float32: 64 latent numbers mixed, lowered and rectified,
      with classes that overlap. The cases:

        logistic-0.001  logistic regression, 4500 rows of 4096, 5 classes, C = 0.001
        logistic-1      the same, C = 1
        svm-0.001       linear SVM with squared hinge, the same rows, C = 0.001
        svm-1           the same, C = 1
        mlp             an epoch of a perceptron with 512 hidden units, the same rows in batches of 64, Adam
        path            45 values of C from 1e-6 to 1e5 on 5 folds each, and the best fitted to all rows; the peer
                        fits three single heads, C = 0.001, 1 and 1000
        many-logistic   logistic regression, 50000 rows of 768, 100 classes, C = 1
        many-svm        linear SVM, the same rows, C = 1
        stream          logistic regression, 300000 rows of 512 mapped from a cache as float16, 10 classes: with
                        rows kept in memory, and (streaming) read again on every pass in 32 MiB

      Before anything is timed each engine settles for the loosest of its tolerances whose objective is at most
      1e-4 above the least, relatively; all objectives are computed by one function in float64 (excess). LinearSVC
      is tried in its primal and its dual form, Adam of PyTorch in all its forms, and the fastest is taken. Within
      a round each peer runs right after a run of ours. Printed are the median over the kept rounds, the shortest
      run, and the ratio (the peer's time over that of ours right before, median over the kept rounds). Which
      rounds are kept is decided as in `bench network`.

      Peers need --peers: a Python that has scikit-learn; it may have PyTorch (`pip install scikit-learn torch`).
      Calibrating them takes a multiple of their fits: for many-svm that is an hour, which --peer-tolerances
      shortens where it is known what suffices. One that does not shows in the excess.

      Examples:
        permafrost bench heads
        permafrost bench heads --peers ~/peers/bin/python --case logistic-1 svm-1 --json bench.jsonl
      """)

  @Option(name: .customLong("case"), parsing: .upToNextOption, help: "The cases; all by default.")
  var cases: [String] = []

  @Option(help: "Threads of every engine.")
  var threads = 2

  @Option(help: "How often all engines take their turn, discarded rounds not counted.")
  var rounds = 3

  @Option(help: "How many rounds there may be in all; three times as many by default.")
  var mostRounds: Int?

  @Option(help: "A Python with the peers' packages.")
  var peers: String?

  @Option(
    parsing: .upToNextOption,
    help: "Tolerances of the peers, tried in this order; by default from 0.1 down by half powers of ten.")
  var peerTolerances: [Double] = []

  @Option(help: "The folder in which a folder for all files is made; by default that for temporary files.")
  var folder: String?

  @Option(help: "A file for the measurements, one JSON object a line; - for standard output.")
  var json: String?

  @Flag(help: "Tiny rows, to see that everything runs.")
  var quick = false

  @Flag(help: "No progress.")
  var quiet = false

  func validate() throws {
    guard (1...1024).contains(threads), rounds > 0, rounds < 100_000 else {
      throw ValidationError("--threads must be from 1 to 1024, --rounds at least 1")
    }
    guard mostRounds.map({ $0 >= rounds }) ?? true else {
      throw ValidationError("--most-rounds must not be less than --rounds")
    }
    guard peerTolerances.allSatisfy({ $0 > 0 && $0 < 1 }) else {
      throw ValidationError("--peer-tolerances must lie between 0 and 1")
    }
    let names = HeadCase.all(quick: true).map(\.name)
    for name in cases where !names.contains(name) {
      throw ValidationError("--case \(name) is none of \(names.joined(separator: ", "))")
    }
  }

  func run() async throws {
    let peers = try self.peers.map { try HeadPeers(python: $0, tolerances: peerTolerances) }
    let benchmark = HeadBenchmark(
      settings: .init(
        threads: threads, rounds: rounds, mostRounds: mostRounds ?? 3 * rounds, quiet: quiet),
      peers: peers, probe: try MachineProbe(threads: threads))
    for engine in peers?.missing ?? [] {
      writeError("\(engine) is skipped: a package that it needs is missing")
    }
    let output = BenchOutput(json: json)
    for task in HeadCase.all(quick: quick) where cases.isEmpty || cases.contains(task.name) {
      try output.add(try await benchmark.run(task, in: folder))
    }
  }
}
