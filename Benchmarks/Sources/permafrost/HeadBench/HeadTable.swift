import Foundation

extension BenchOutput {
  func add(_ outcome: HeadOutcome) throws {
    show(outcome)
    try record(outcome.lines)
  }

  private func show(_ outcome: HeadOutcome) {
    let ceilings = outcome.rounds.flatMap { [$0.before, $0.after] }
    let kept = outcome.lines[0].rounds - outcome.lines[0].discarded
    write(
      "\(outcome.task.title) (\(outcome.task.name)): \(kept) rounds kept, \(outcome.lines[0].discarded) discarded"
    )
    write(
      "  machine: \(range(ceilings.map(\.fma), 0)) GFLOPS of multiply-adds, "
        + "\(range(ceilings.map(\.copy), 1)) GB/s of copying")
    write("  " + row("ms", "median", "minimum", "ratio", "excess", "accuracy"))
    for line in outcome.lines {
      let row = row(
        line.engine, number(line.medianMs, 1), number(line.minMs, 1), number(line.ratio, 2),
        line.objectiveExcess.map { String(format: "%.1e", $0) } ?? "",
        line.accuracy.map { formatted(100 * $0, decimals: 1) + " %" } ?? "")
      var details = [line.version, line.setup].filter { !$0.isEmpty }
      if let bytes = line.peakRssBytes { details.append("\(bytes / 1_000_000) MB resident") }
      write("  " + row + "  " + details.joined(separator: ", "))
    }
  }
}
