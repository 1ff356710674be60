import Foundation

/// Shows outcomes to people and, as lines of JSON, to programs.
final class BenchOutput {
  private let json: String?
  private var written = ""

  init(json: String?) { self.json = json }

  func add(_ outcome: NetworkOutcome) throws {
    show(outcome)
    try record(outcome.lines)
  }

  func record(_ lines: [some Encodable]) throws {
    guard let json else { return }
    let text = try lines.map { try encodedLine($0) + "\n" }.joined()
    written += text
    if json == "-" {
      print(text, terminator: "")
    } else {
      try writeFile(Data(written.utf8), to: json)  // each time: a long run may not come to its end
    }
  }

  /// The table goes where the JSON does not.
  func write(_ text: String) {
    var text = text[...]
    while text.last == " " { text.removeLast() }  // of empty cells
    if json == "-" { writeError(String(text)) } else { print(text) }
  }

  private func show(_ outcome: NetworkOutcome) {
    let settings = outcome.settings
    let ceilings = outcome.rounds.flatMap { [$0.before, $0.after] }
    write(
      "\(outcome.network), batch \(settings.batch), \(count(settings.threads, "thread"))"
        + "\(settings.busy ? ", one core busy elsewhere" : ""): \(count(outcome.rounds.count, "round")), "
        + "\(outcome.rounds.count - outcome.kept.count) discarded")
    write(
      "  machine: \(range(ceilings.map(\.fma), 0)) GFLOPS of multiply-adds, "
        + "\(range(ceilings.map(\.copy), 1)) GB/s of copying")
    write("  " + row("ms a picture", "median", "minimum", "ratio", "difference", "peak MB", "running MB"))
    for line in outcome.lines {
      let row = row(
        line.engine, number(line.medianMs, 3), number(line.minMs, 3), number(line.ratio, 2),
        line.maxDifference.map { String(format: "%.1e", $0) } ?? "", megabytes(line.peakRssBytes),
        megabytes(line.runningRssBytes))
      let details = [line.version, line.setup].compactMap { $0 }.joined(separator: ", ")
      write("  " + row + (details.isEmpty ? "" : "  " + details))
    }
    write("  " + loading(outcome.load))
  }

  private func loading(_ load: LoadOutcome) -> String {
    let facts = load.facts
    var text =
      "loaded in \(formatted(facts.loadSeconds, decimals: 3)) s, \(megabytes(facts.packedBytes)) MB packed"
    if let hash = load.hashSeconds {
      let limit = formatted(3 * hash + facts.touchSeconds, decimals: 3)
      text +=
        "; 3 x \(formatted(hash, decimals: 3)) s of sha256sum"
        + " + \(formatted(facts.touchSeconds, decimals: 3)) s of first touch = \(limit) s"
    }
    return text
  }

  func show(_ layers: [LayerProfile], of network: String) {
    let total = layers.reduce(0) { $0 + $1.minimum }
    let width = (layers.map(\.layer.count).max() ?? 0) + 1
    write("\(network) by layer, ms a picture; shares and GFLOPS are of the minima")
    write(
      "  " + padded("layer", width)
        + ["median", "minimum", "share", "GFLOPS"].map { padded($0, -9) }.joined())
    for layer in layers {
      let rate = layer.minimum > 0 ? 2e-6 * Double(layer.multiplyAdds) / layer.minimum : 0
      let share = total > 0 ? 100 * layer.minimum / total : 0
      let cells = [
        formatted(layer.median, decimals: 4), formatted(layer.minimum, decimals: 4),
        formatted(share, decimals: 1) + " %", layer.multiplyAdds == 0 ? "" : formatted(rate, decimals: 0),
      ]
      write("  " + padded(layer.layer, width) + cells.map { padded($0, -9) }.joined())
    }
    let median = layers.reduce(0) { $0 + $1.median }
    write(
      "  " + padded("sum", width) + [median, total].map { padded(formatted($0, decimals: 4), -9) }.joined())
  }

  func row(_ first: String, _ cells: String...) -> String {
    padded(first, 18) + cells.map { padded($0, -11) }.joined()
  }

  func number(_ value: Double?, _ decimals: Int) -> String {
    value.map { formatted($0, decimals: decimals) } ?? "-"
  }

  private func megabytes(_ bytes: Int) -> String { formatted(Double(bytes) / 1e6, decimals: 0) }

  private func count(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }

  func range(_ values: [Double], _ decimals: Int) -> String {
    guard let low = values.min(), let high = values.max() else { return "-" }
    return "\(formatted(low, decimals: decimals)) to \(formatted(high, decimals: decimals))"
  }
}
