extension ComparisonReport {
  /// The report as one HTML file: styles, figures and pictures are inside, nothing is fetched, nothing is
  /// run.
  ///
  /// It shows light or dark as the reader's system asks, fits a telephone, a wide screen and paper, and every
  /// figure has its numbers in words for readers who do not see it.
  public func html() -> String {
    let ranking = Ranking(self)
    let policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    let head = element(
      "head", [:],
      [
        element("meta", ["charset": "utf-8"]),
        element("meta", ["http-equiv": "Content-Security-Policy", "content": policy]),
        element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        element("meta", ["name": "color-scheme", "content": "light dark"]),
        element("title", text: title.isEmpty ? "Comparison of heads" : title),
        element("style", text: PageStyle.sheet),
      ])
    let sections = [
      HeaderSection(ranking: ranking).markup,
      PairSection(ranking: ranking).markup,
      LayerSection(ranking: ranking).markup,
      MistakeSection(ranking: ranking).markup,
      ReliabilitySection(ranking: ranking).markup,
      LearningSection(ranking: ranking).markup,
      ExampleSection(report: self).markup,
      FittingSection(ranking: ranking).markup,
      NumbersSection(ranking: ranking).markup,
      OriginSection(report: self).markup,
    ].compactMap { $0 }
    let footer = element(
      "footer", text: "Made by Permafrost. This page is complete in itself: it loads nothing.")
    let contents = HeaderSection.contents(sections).map { [$0] } ?? []
    let content = sections.prefix(1) + contents + sections.dropFirst() + [footer]
    let body = element("body", [:], [element("main", [:], Array(content))])
    return "<!DOCTYPE html>\n" + element("html", ["lang": "en"], [head, body]).source + "\n"
  }
}
