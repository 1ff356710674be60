import Foundation
import Report

extension ComparisonReport {
  /// Writes the page, its figures as SVG and PNG, the table as Markdown and as text, and what else is given, into
  /// a folder, which is made where it is missing.
  func write(to folder: String, json: Data? = nil) throws {
    let figures = folder + "/figures"
    do {
      try FileManager.default.createDirectory(atPath: figures, withIntermediateDirectories: true)
    } catch {
      throw CommandError.failed("cannot make the folder \(figures): \(error.localizedDescription)")
    }
    let files = [("report.html", html()), ("report.md", markdown()), ("report.txt", text())]
    for (name, text) in files { try writeFile(Data(text.utf8), to: folder + "/" + name) }
    if let json { try writeFile(json, to: folder + "/report.json") }
    let drawsPNG = FigurePNG.isPossible
    if !drawsPNG { writeError("the figures are SVG files only: this libvips was built without librsvg") }
    for (name, text) in figureFiles {
      try writeFile(Data(text.utf8), to: "\(figures)/\(name).svg")
      if drawsPNG { try writeFile(FigurePNG.draw(text), to: "\(figures)/\(name).png") }
    }
  }

  /// The best of the heads with something.
  private func first(_ has: (HeadResult) -> Bool) -> Int? {
    heads.indices.filter { has(heads[$0]) }.max { heads[$0].accuracy < heads[$1].accuracy }
  }

  /// Every figure of the whole, and those of the best head that has such a figure.
  private var figureFiles: [(name: String, text: String)] {
    let best = first { _ in true }
    let single: [(String, String?)] = [
      ("accuracy", accuracySVG()), ("recall", recallSVG()), ("significance", significanceSVG()),
      ("difference", differenceSVG()), ("time", timeSVG()), ("memory", memorySVG()),
      ("confusion", best.map { confusionSVG(head: $0) }),
      ("reliability", best.flatMap { reliabilitySVG(head: $0) }),
      ("selection", first { $0.selection != nil }.flatMap { selectionSVG(head: $0) }),
    ]
    let several = [
      ("layers", layerSVGs()), ("learning", learningSVGs()),
      ("training", first { $0.training != nil }.map { trainingSVGs(head: $0) } ?? []),
    ]
    return single.compactMap { name, text in text.map { (name, $0) } }
      + several.flatMap { name, texts in texts.enumerated().map { ("\(name)-\($0.offset + 1)", $0.element) } }
  }
}
