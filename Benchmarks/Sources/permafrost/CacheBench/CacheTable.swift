import FeatureCache
import Foundation

extension BenchOutput {
  func add(_ outcome: CacheOutcome) throws {
    show(outcome)
    try record(outcome.lines)
  }

  private func show(_ outcome: CacheOutcome) {
    let shape = outcome.shape
    let copies = outcome.tasks.flatMap { $0.rounds.flatMap { [$0.before.copy, $0.after.copy] } }
    write(
      "\(grouped(shape.rows)) rows of \(shape.dimension), \(shape.storage.rawValue): "
        + "\(grouped(shape.storedBytes / 1_000_000)) MB, one thread")
    write("  machine: \(range(copies, 1)) GB/s of copying")
    write("  " + padded("ms", 11) + row("engine", "median", "minimum", "ratio", "kept", "discarded"))
    for task in outcome.tasks {
      for line in outcome.lines where line.case == "\(shape.name) \(task.task.rawValue)" {
        let row = row(
          line.engine, number(line.medianMs, 2), number(line.minMs, 2), number(line.ratio, 2),
          "\(line.rounds - line.discarded)", "\(line.discarded)")
        let details = [
          line.version, line.percentOfCopy.map { "\(formatted($0, decimals: 0)) % of copying" },
          line.shuffledOverEpoch.map { "\(formatted($0, decimals: 2)) of an epoch in order" },
        ].compactMap { $0 }
        write("  " + padded(task.task.rawValue, 11) + row + "  " + details.joined(separator: ", "))
      }
    }
  }
}
